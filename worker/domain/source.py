"""What is known of source code by reading it, without running it."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Edit:
    """Something else in the place of a part of a text."""

    start: int
    """Characters of the file's text before what is replaced."""
    end: int
    replacement: str

    def applied(self, text: str) -> str:
        """The file's text with the change in it."""
        return text[: self.start] + self.replacement + text[self.end :]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small change to a file that a good test would notice."""

    path: str
    line: int
    """From 1: the first line that is changed."""
    kind: str
    """``comparison``, ``arithmetic``, ``boundary``, ``constant``, ``condition``, ``statement``,
    ``return``, ``logic``.
    """
    before: str
    """What stands there, cut to one short line, for people."""
    after: str
    edit: Edit
    probe: Edit | None = None
    """Ends the tests' process where the code comes to what the mutant changes: to the statement, to
    a condition that holds, to two sides of a comparison that are equal. None where none is known.
    """


class Check(StrEnum):
    """What one assertion of a test looks at."""

    VALUE = "value"
    """Equality, order, approximate equality, or a match with what is expected."""
    RAISES = "raises"
    """That an error comes, of a named type."""
    MEMBERSHIP = "membership"
    """Only that a result is one of several, or is contained in something fixed."""
    BOUND = "bound"
    """Only that it is more or less than a number that is written out."""
    TYPE = "type"
    """Only its type, or that it is there at all (not None, not undefined, callable)."""
    TRUTH = "truth"
    """Only that it is true or false in a wide sense, where the result is no boolean by name."""
    MIRROR = "mirror"
    """That it is what the code itself has in a table."""
    CONSTANT = "constant"
    """Nothing that depends on the code: ``assert True``, ``assert x == x``."""


@dataclass(frozen=True, slots=True)
class TestFacts:
    """One test as it is written."""

    __test__ = False

    name: str
    """``test_adds``, ``TestCart::test_total``, ``cart > adds``."""
    line: int
    checks: tuple[Check, ...] = ()
    """One for each assertion, in order; of helper functions in the same file too."""
    swallows: bool = False
    """Whether an assertion stands where a failure of it would be caught and ignored."""
    skipped: bool = False
    """Marked as skipped, expected to fail, or to do."""


@dataclass(frozen=True, slots=True)
class OutcomeSet:
    """A closed set of outcomes that code declares: an enum, a ``Literal``, a union of literals."""

    name: str
    line: int
    members: tuple[str, ...]
    """``Verdict.GREEN_FAIL``, or the literal as it is written (``"green"``)."""
    unproduced: tuple[str, ...] = ()
    """Those of the members that no code in the given files mentions besides the declaration."""


@dataclass(frozen=True, slots=True)
class Smell:
    """A place that hides what goes wrong, or was made for one example."""

    kind: str
    """``swallowed error``, ``broad except``, ``hard-coded example``, ``unused parameter``, ``one
    value``.
    """
    line: int
    text: str
    """The code, cut to one short line."""
