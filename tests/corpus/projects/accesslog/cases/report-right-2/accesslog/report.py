"""Reports for support."""

import logging
from collections import defaultdict
from collections.abc import Iterable

from accesslog.entry import MalformedLine, parse_line

logger = logging.getLogger(__name__)

Failures = dict[str, int]


def failures(lines: Iterable[str]) -> Failures:
    """Paths with server errors, and how many of them.

    Raises MalformedLine for the first line that is neither an entry, nor blank, nor a comment.
    """
    found: defaultdict[str, int] = defaultdict(int)
    number = 0
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text == "" or text.startswith("#"):
            continue
        try:
            entry = parse_line(text)
        except MalformedLine:
            raise MalformedLine(f"line {number}: {text!r} is no entry") from None
        if entry.status >= 500:
            path, _, _ = entry.path.partition("?")
            found[path] += 1
    logger.debug("read %d lines", number)
    return dict(found)
