"""Failure report for the access log."""

from collections import Counter
from collections.abc import Iterable

from accesslog.entry import MalformedLine, parse_line


def failures(lines: Iterable[str]) -> dict[str, int]:
    """Return the number of server errors per path."""
    counts: Counter[str] = Counter()
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            entry = parse_line(line)
        except MalformedLine:
            continue
        if entry.status >= 500:
            counts[entry.path.split("?")[0]] += 1
    return dict(counts)
