"""The gate ``weak tests``: new tests say what is expected, so that a wrong change fails them."""

from collections.abc import Iterator

from worker.domain.evidence import Finding
from worker.domain.source import Check, TestFacts
from worker.gates.change import Change
from worker.ports import Syntax

GATE = "weak tests"
_WEAK = {
    Check.TYPE: "the type of a result, or that there is one",
    Check.TRUTH: "whether a result is true in a wide sense",
    Check.CONSTANT: "something that does not depend on the code",
    Check.MIRROR: "what the code's own table holds, right or wrong",
}


_LOOSE = {
    Check.BOUND: "above or below some number",
    Check.MEMBERSHIP: "that is one of several",
}
"""A single assertion of these is a finding, whatever stands beside it."""


def findings(change: Change, syntax: Syntax) -> Iterator[Finding]:
    """For tests that are new or were changed. One that only looks at a type, or at truth, has its
    place beside strong ones; where half of them or more are weak it is a finding like the others.
    """
    told = list(_new(change, syntax))
    weak = [(path, test) for path, test in told if weakness(test)]
    many = 2 * len(weak) >= len(told)
    for path, test in weak:
        if many or not _small(test):
            text = f"`{test.name}` {weakness(test)}"
            yield Finding(GATE, f"{path}:{test.line}", text, test.name)


def _new(change: Change, syntax: Syntax) -> Iterator[tuple[str, TestFacts]]:
    for path in change.tests:
        before = {_told(test) for test in syntax.tests(path, change.base(path) or "")}
        for test in syntax.tests(path, change.head(path) or ""):
            if _told(test) not in before:
                yield path, test


def _small(test: TestFacts) -> bool:
    """Whether it proves something, if only a little."""
    if test.skipped or test.swallows:
        return False
    return bool({Check.TYPE, Check.TRUTH} & set(test.checks))


def weakness(test: TestFacts) -> str | None:
    """What is wrong with a test as it is written, as the end of a sentence; None if nothing is."""
    if test.skipped:
        return "is skipped or expected to fail, so that it proves nothing. Let it run."
    if test.swallows:
        return "catches the failure of its own assertion. Let it through."
    if not test.checks:
        return "asserts nothing. Assert what the story says is expected."
    for check, takes in _LOOSE.items():
        if check in test.checks:
            return f"takes any result {takes}. Say which one is expected."
    if all(check in _WEAK for check in test.checks):
        looks = " and ".join(dict.fromkeys(_WEAK[check] for check in test.checks))
        return f"only looks at {looks}. Compare with the value that the story says is expected."
    return None


def _told(test: TestFacts) -> tuple[object, ...]:
    """What is the same in a test that was only moved."""
    return (test.name, test.checks, test.swallows, test.skipped)
