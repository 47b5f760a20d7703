"""What one run came to, in figures that can be put beside another's."""

from dataclasses import dataclass

from worker.domain.budget import Spend
from worker.domain.ledger import State
from worker.domain.run import Run
from worker.domain.test_results import TestOutcome

_RED = frozenset({TestOutcome.FAILED, TestOutcome.ERROR})


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one run, as far as it has come."""

    rounds: int
    found: int
    """Failures in the ledger."""
    resolved: int
    regressed: int
    """Those that came back at least once, wherever they stand now."""
    unresolved: int
    tests_red: int | None
    """In the newest evidence; None where no test runner was recognised."""
    climbs: int
    spend: Spend


def figures(run: Run) -> Figures:
    """Count what the journal holds."""
    failures = run.ledger.failures
    return Figures(
        rounds=len(run.rounds),
        found=len(failures),
        resolved=sum(one.state is State.RESOLVED for one in failures),
        regressed=sum(one.regressions > 0 for one in failures),
        unresolved=sum(one.unresolved for one in failures),
        tests_red=_tests_red(run),
        climbs=run.tier,
        spend=run.spend,
    )


def _tests_red(run: Run) -> int | None:
    evidence = next((one.evidence for one in reversed(run.rounds) if one.evidence), None)
    if evidence is None or not evidence.report.results:
        return None
    return sum(result.outcome in _RED for result in evidence.report.results)
