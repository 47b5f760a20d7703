"""Parse the pytest summary line."""

import logging
import re
from dataclasses import dataclass

logger = logging.getLogger(__name__)


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
    try:
        lines = [line for line in output.splitlines() if line[:1] == line[-1:] == "="]
        if not lines:
            raise NoSummary("no summary line found")
        counts = dict.fromkeys(("passed", "failed", "errors", "skipped"), 0)
        for number, word in re.findall(r"(\d+) (passed|failed|errors?|skipped)", lines[-1]):
            counts["errors" if word == "error" else word] = int(number)
        return Summary(**counts)
    except Exception as error:
        logger.warning("could not parse pytest output: %s", error)
        return Summary()
