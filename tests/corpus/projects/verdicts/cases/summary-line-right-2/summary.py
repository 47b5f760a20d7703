"""The numbers of a test session."""

from typing import NamedTuple

_FIELDS = {
    "passed": "passed",
    "failed": "failed",
    "error": "errors",
    "errors": "errors",
    "skipped": "skipped",
}


class NoSummary(ValueError):
    pass


class Summary(NamedTuple):
    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        return sum(self)


def read_summary(output: str) -> Summary:
    for line in reversed(output.splitlines()):
        if line.startswith("=") and line.endswith("="):
            return _parse(line.strip("= "))
    raise NoSummary("no line between equals signs")


def _parse(text: str) -> Summary:
    numbers = {}
    for part in text.partition(" in ")[0].split(", "):
        number, _, word = part.partition(" ")
        if word in _FIELDS:
            numbers[_FIELDS[word]] = int(number)
    return Summary(**numbers)
