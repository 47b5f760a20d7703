"""One line of the access log: ``2025-03-01T10:00:00 GET /cart 200 35ms``."""

import re
from dataclasses import dataclass

_LINE = re.compile(
    r"(?P<time>\S+) (?P<method>[A-Z]+) (?P<path>\S+) (?P<status>\d{3}) (?P<ms>\d+)ms"
)


class MalformedLine(ValueError):
    """The line is not one of ours."""


@dataclass(frozen=True)
class Entry:
    time: str
    method: str
    path: str
    status: int
    milliseconds: int


def parse_line(line: str) -> Entry:
    """Read one line. Raises MalformedLine."""
    match = _LINE.fullmatch(line.strip())
    if match is None:
        raise MalformedLine(line)
    return Entry(
        match["time"], match["method"], match["path"], int(match["status"]), int(match["ms"])
    )
