"""The ledger: everything found wrong in a run, followed from round to round.

A finding that comes again is the same failure. One that goes away is resolved, if the round's
evidence could have shown it; one that comes back is regressed, which weighs more.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from worker.domain.evidence import Evidence, Finding
from worker.domain.round import Round
from worker.domain.test_results import TestOutcome
from worker.domain.verdict import Status, Verdict

TESTS = "tests"
COMMAND = "execution command"
JUDGE = "judge"
REGRESSED_WEIGHT = 3
_LINE = re.compile(r":\d+(?:-\d+)?$")


class State(StrEnum):
    """Where a failure stands after the newest round."""

    OPEN = "open"
    RESOLVED = "resolved"
    REGRESSED = "regressed"
    """It had been resolved, and came back."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The same thing wrong, over all rounds."""

    finding: Finding
    """As it was found last."""
    state: State
    first: int
    """Number of the round that it was first found in."""
    last: int
    """Number of the round that it was last found in."""
    resolved: int | None = None
    """Number of the round that last resolved it."""
    regressed: int | None = None
    """Number of the round that it last came back in."""
    regressions: int = 0

    @property
    def unresolved(self) -> bool:
        """Whether it is open or regressed."""
        return self.state is not State.RESOLVED


@dataclass(frozen=True, slots=True)
class Ledger:
    """All failures of a run, in the order in which they were first found."""

    failures: tuple[Failure, ...] = ()

    @property
    def unresolved(self) -> tuple[Failure, ...]:
        """What is to be mended, the regressed first."""
        wrong = [failure for failure in self.failures if failure.unresolved]
        return tuple(sorted(wrong, key=lambda failure: failure.state is State.OPEN))

    @property
    def weight(self) -> int:
        """How much is wrong: a regressed failure counts as several."""
        return sum(
            REGRESSED_WEIGHT if failure.state is State.REGRESSED else 1
            for failure in self.unresolved
        )

    def kept_in_mind(self, since: int) -> tuple[Failure, ...]:
        """What must not come back: resolved in round ``since`` or later, or regressed before. What
        stays mended drops out, so that the list shrinks.
        """
        return tuple(
            failure
            for failure in self.failures
            if failure.state is State.RESOLVED
            and (failure.regressions > 0 or (failure.resolved or 0) >= since)
        )


def ledger(rounds: Sequence[Round]) -> Ledger:
    """Follow every failure through the rounds."""
    known: dict[str, Failure] = {}
    for one in rounds:
        known = _after(known, one)
    return Ledger(tuple(known.values()))


def key(finding: Finding) -> str:
    """What is the same for the same failure in every round: gate, path without the line, kind."""
    return "|".join((finding.gate, _LINE.sub("", finding.place), finding.kind))


def found(one: Round) -> Iterator[Finding]:
    """Everything wrong in a round: by the tests, the gates and the judge."""
    evidence, verdict = one.evidence, one.verdict
    if evidence is not None:
        yield from _by_command(evidence)
        yield from evidence.findings
    if verdict is not None and verdict.by_judge and evidence is not None:
        for criterion in verdict.criteria:
            if criterion.status is Status.NOT_MET or (
                criterion.status is Status.UNKNOWN and evidence.green
            ):
                note = criterion.note or f"The judge says: {criterion.status}."
                yield Finding(JUDGE, f"criterion {criterion.number}", note, "unmet")


def _by_command(evidence: Evidence) -> Iterator[Finding]:
    if evidence.passed or evidence.failure_wanted:
        return
    broken = [
        Finding(TESTS, one.name, one.message or one.error or str(one.outcome))
        for one in evidence.report.results
        if one.outcome in {TestOutcome.FAILED, TestOutcome.ERROR}
    ]
    yield from broken
    if not broken:
        how = str(evidence.breach) if evidence.breach else f"it exited {evidence.exit_code}"
        yield Finding(COMMAND, evidence.command, how)


def _after(known: dict[str, Failure], one: Round) -> dict[str, Failure]:
    seen = {key(finding): finding for finding in found(one)}
    after = {
        name: _again(failure, seen[name], one.number) if name in seen else _gone(failure, one)
        for name, failure in known.items()
    }
    for name, finding in seen.items():
        after.setdefault(name, Failure(finding, State.OPEN, one.number, one.number))
    return after


def _again(failure: Failure, finding: Finding, number: int) -> Failure:
    if failure.state is State.RESOLVED:
        return replace(
            failure,
            finding=finding,
            state=State.REGRESSED,
            last=number,
            regressed=number,
            regressions=failure.regressions + 1,
        )
    return replace(failure, finding=finding, last=number)


def _gone(failure: Failure, one: Round) -> Failure:
    if failure.state is State.RESOLVED or not _would_show(failure.finding, one):
        return failure
    return replace(failure, state=State.RESOLVED, resolved=one.number)


def _would_show(finding: Finding, one: Round) -> bool:
    """Whether the round's evidence would hold the finding if it were still so. What was not looked
    at is unknown, never mended.
    """
    evidence = one.evidence
    if evidence is None:
        return False
    if finding.gate == JUDGE:
        return _judged_met(finding.place, one.verdict)
    if evidence.green:
        return True
    if finding.gate == TESTS:
        passed = evidence.report.of(TestOutcome.PASSED)
        return any(result.name == finding.place for result in passed)
    if finding.gate == COMMAND:
        return evidence.passed or bool(evidence.report.results)
    return not evidence.gates or finding.gate in evidence.gates


def _judged_met(place: str, verdict: Verdict | None) -> bool:
    return verdict is not None and any(
        f"criterion {one.number}" == place and one.status is Status.MET for one in verdict.criteria
    )
