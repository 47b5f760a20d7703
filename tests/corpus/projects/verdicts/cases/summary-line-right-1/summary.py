"""The numbers that pytest prints in its last line."""

import re
from dataclasses import dataclass

_LINE = re.compile(r"^=+ (.*) =+$", re.MULTILINE)
_COUNT = re.compile(r"(\d+) (passed|failed|error|skipped)")


class NoSummary(ValueError):
    """pytest did not come to its end."""


@dataclass(frozen=True)
class Summary:
    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        return self.passed + self.failed + self.errors + self.skipped


def read_summary(output: str) -> Summary:
    """Read the last summary line. Raises NoSummary where there is none."""
    lines = _LINE.findall(output)
    if not lines:
        raise NoSummary("pytest wrote no summary line")
    found = {word: int(number) for number, word in _COUNT.findall(lines[-1])}
    return Summary(
        passed=found.get("passed", 0),
        failed=found.get("failed", 0),
        errors=found.get("error", 0),
        skipped=found.get("skipped", 0),
    )
