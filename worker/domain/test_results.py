"""What the tests of a repository did, one by one, as their runner reported it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class TestOutcome(StrEnum):
    """How one test ended."""

    __test__ = False

    PASSED = "passed"
    FAILED = "failed"
    """An assertion did not hold, or the code under test raised."""
    ERROR = "error"
    """It never came to a result: it could not be collected or set up, or the runner broke."""
    SKIPPED = "skipped"
    XFAILED = "xfailed"
    """Expected to fail, and did; so it proves nothing."""


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test, once."""

    __test__ = False

    name: str
    """As its runner names it, the same in every run: ``tests/test_cart.py::TestCart::test_total``,
    ``cart > adds``, ``example.com/cart.TestAdd``.
    """
    outcome: TestOutcome
    file: str = ""
    """Path of the file that holds it, from the checkout's top; empty where that is not told."""
    error: str = ""
    """Type of the error where it is told: ``AssertionError``, ``NameError``."""
    message: str = ""
    """The first lines of what went wrong."""


@dataclass(frozen=True, slots=True)
class TestReport:
    """What could be read of one run of the tests."""

    __test__ = False

    runner: str = ""
    """``pytest``, ``unittest``, ``jest``, ``vitest``, ``node``, ``go``, ``cargo``, ``junit``; empty
    where none was recognised, and then there are no results: exit code and output are all.
    """
    results: tuple[TestResult, ...] = ()

    def of(self, outcome: TestOutcome) -> tuple[TestResult, ...]:
        """The tests that ended so."""
        return tuple(result for result in self.results if result.outcome is outcome)


@dataclass(frozen=True, slots=True)
class Reporting:
    """How a command is made to tell more: variables for its environment, and where it writes."""

    variables: Mapping[str, str] = field(default_factory=dict)
    path: str | None = None
    """A JUnit XML file that it is asked to write; absolute, in the sandbox."""
