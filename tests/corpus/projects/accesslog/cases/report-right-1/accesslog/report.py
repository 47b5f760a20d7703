"""Which paths fail."""

from collections import Counter
from collections.abc import Iterable, Iterator

from accesslog.entry import Entry, MalformedLine, parse_line


def failures(lines: Iterable[str]) -> dict[str, int]:
    """How often each path failed on the server. Raises MalformedLine, which names the line."""
    failed = (entry for entry in _entries(lines) if entry.status >= 500)
    return dict(Counter(entry.path.partition("?")[0] for entry in failed))


def _entries(lines: Iterable[str]) -> Iterator[Entry]:
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            yield parse_line(line)
        except MalformedLine as error:
            raise MalformedLine(f"line {number}: {error}") from error
