"""Parse the pytest summary line."""

import re
from dataclasses import dataclass


class NoSummary(ValueError):
    """Raised when the output has no summary line."""


@dataclass(frozen=True)
class Summary:
    """Counts from a pytest run."""

    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        return self.passed + self.failed + self.errors + self.skipped


def read_summary(output: str) -> Summary:
    """Parse the last summary line of pytest output."""
    lines = [line for line in output.splitlines() if re.fullmatch(r"=+ .* =+", line)]
    if not lines:
        raise NoSummary("no summary line found")
    match = re.search(r"(\d+) failed, (\d+) passed", lines[-1])
    if match is None:
        return Summary()
    return Summary(passed=int(match.group(2)), failed=int(match.group(1)))
