"""The two phases of test-first work, and what a test run looked like."""

from dataclasses import dataclass
from enum import Enum


class Phase(Enum):
    RED = "red"
    GREEN = "green"


@dataclass(frozen=True)
class TestRun:
    """One run of pytest."""

    __test__ = False

    exit_code: int
    output: str = ""

    @property
    def passed(self) -> bool:
        return self.exit_code == 0

    @property
    def failed(self) -> bool:
        """Tests ran, and at least one failed."""
        return self.exit_code == 1
