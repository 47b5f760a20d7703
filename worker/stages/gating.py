"""All gates on a round's commit, in one place and order, but for mutation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from worker.domain.command import CommandResult
from worker.domain.evidence import SECRETS, Finding
from worker.domain.mode import Phase
from worker.domain.run import Run
from worker.domain.test_results import TestOutcome, TestReport
from worker.gates import (
    checks,
    examples,
    hidden,
    named_tests,
    outcomes,
    protected,
    rails,
    red,
    secrets,
    steady,
    test_runner,
    weak_tests,
    weakened,
)
from worker.gates.change import Change
from worker.ports import SecretScanner, Syntax

KEPT_RESULTS = 2_000
KEPT_MESSAGE = 600


@dataclass(frozen=True, slots=True)
class Ran:
    """What the clean room saw."""

    result: CommandResult
    report: TestReport
    checks: tuple[tuple[str, CommandResult], ...] = ()
    again: TestReport | None = None
    """Of a second run in another order, while only tests are written."""
    base: TestReport | None = None
    """Of a run on the base, where that is needed."""


@dataclass(frozen=True, slots=True)
class Given:
    """What gates look at."""

    run: Run
    change: Change
    files: Sequence[str]
    """All paths of the round's commit."""
    restored: Sequence[str]
    """Protected paths that had been changed."""
    ran: Ran
    scanner: SecretScanner
    syntax: Syntax

    @property
    def red(self) -> bool:
        """Whether the round was to write tests only."""
        return self.run.require_round().phase is Phase.RED


def findings(given: Given) -> Iterator[Finding]:
    """Of every gate, in the order of ``GATES``."""
    change, plan, syntax = given.change, given.run.require_plan(), given.syntax
    ticket = given.run.require_ticket()
    yield from protected.findings(given.restored)
    yield from test_runner.findings(
        change.files, change.base, change.head, plan.protection.except_for
    )
    yield from secrets.findings(change.files, change.base, change.head, given.scanner)
    yield from checks.findings(given.ran.checks, change.tests, red=given.red)
    story = f"{ticket.title}\n{ticket.description}"
    yield from named_tests.findings(story, given.files, change.head)
    yield from rails.findings(change, plan.rails)
    criteria = [criterion.text for criterion in plan.criteria]
    yield from examples.findings(criteria, story, change, given.files)
    yield from weak_tests.findings(change, syntax)
    yield from weakened.findings(change, syntax)
    yield from hidden.findings(change, syntax)
    if given.red:
        yield from _of_tests_alone(given)
    else:
        yield from outcomes.findings(change, given.files, syntax)


def _of_tests_alone(given: Given) -> Iterator[Finding]:
    ran, tests = given.ran, red.new_tests(given.change, given.syntax)
    yield from red.findings(
        given.change, ran.report, given.syntax, given.files, ran.result.exit_code
    )
    if ran.again is not None:
        yield from steady.findings(tests, ran.report, ran.again)
    if ran.base is not None:
        yield from steady.broken(tests, ran.report, ran.base)


def looked(*, tests_alone: bool) -> tuple[str, ...]:
    """The gates that ``findings`` asks."""
    always = (
        *(protected.GATE, test_runner.GATE, SECRETS, checks.GATE, named_tests.GATE),
        *(rails.GATE, examples.GATE, weak_tests.GATE, weakened.GATE, hidden.GATE),
    )
    return (*always, red.GATE, steady.GATE) if tests_alone else (*always, outcomes.GATE)


def unread(change: Change, syntax: Syntax) -> tuple[str, ...]:
    """What a reviewer should know: which changed files no gate could read, for all their name."""
    paths = [
        path
        for path in (*change.code, *change.tests)
        if syntax.language(path) is not None and not syntax.reads(path, change.head(path) or "")
    ]
    if not paths:
        return ()
    named = ", ".join(f"`{path}`" for path in paths[:5])
    more = f" and {len(paths) - 5} more" if len(paths) > len(paths[:5]) else ""
    why = "they do not parse, or are too large"
    return (f"No gate could look into these files ({why}): {named}{more}.",)


def in_another_order(change: Change, report: TestReport, syntax: Syntax) -> tuple[str, ...]:
    """Names of the new tests' results, the last first."""
    tests = red.new_tests(change, syntax)
    names = (r.name for r in report.results if any(test.is_of(r) for test in tests))
    return tuple(reversed(tuple(names)))


def others_fail(change: Change, report: TestReport, syntax: Syntax) -> bool:
    """Whether tests that are not new fail, so that it matters what they do on the base."""
    tests = red.new_tests(change, syntax)
    bad = (*report.of(TestOutcome.FAILED), *report.of(TestOutcome.ERROR))
    return any(not any(test.is_of(result) for test in tests) for result in bad)


def kept(report: TestReport) -> TestReport:
    """What of a report goes into the journal: those that went wrong first, and cut."""
    calm = (TestOutcome.PASSED, TestOutcome.SKIPPED, TestOutcome.XFAILED)
    ordered = sorted(report.results, key=lambda result: result.outcome in calm)
    cut = (replace(one, message=one.message[:KEPT_MESSAGE]) for one in ordered[:KEPT_RESULTS])
    return replace(report, results=tuple(cut))
