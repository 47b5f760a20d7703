"""Values for unit tests: small, valid, and changed by keyword where a test cares."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from worker.domain.budget import Budget, Spend
from worker.domain.events import (
    AgentReported,
    ExecutionFinished,
    RoundJudged,
    RunEvent,
    RunOpened,
    StoryExamined,
    WorkStarted,
)
from worker.domain.evidence import SECRETS, Diff, Evidence, Finding
from worker.domain.lease import RunId
from worker.domain.plan import Plan
from worker.domain.protection import FoundSecret
from worker.domain.run import Run
from worker.domain.story import Criterion
from worker.domain.ticket import Ticket, TicketId, TicketRef
from worker.domain.transcript import AgentReport, AgentSession
from worker.domain.verdict import Verdict, by_command, without_judgement

REF = TicketRef(TicketId("t-1"), "ENG-1", "ENG", "Checkout", 2)
CRITERIA = (Criterion(1, "`square(3)` is 9"), Criterion(2, "zero stays zero"))
DIFF = Diff("--- a/calc.py\n+++ b/calc.py\n+    return n * n\n", ("calc.py",), 1, 0)
NO_DIFF = Diff("")


def ticket(**changes: Any) -> Ticket:
    values: dict[str, Any] = {
        "ref": REF,
        "title": "Square numbers",
        "description": "## Acceptance criteria\n- `square(3)` is 9\n- zero stays zero\n",
        "url": "https://linear.test/ENG-1",
        "labels": ("agent",),
    }
    return Ticket(**(values | changes))


def plan(**changes: Any) -> Plan:
    values: dict[str, Any] = {
        "base_branch": "main",
        "base_commit": "base",
        "criteria": CRITERIA,
        "execution_command": "make test",
        "agent": "native",
        "coder_model": "openai:coder",
        "evaluator": "judge",
        "evaluator_model": "openai:judge",
        "budget": Budget(max_rounds=2),
    }
    return Plan(**(values | changes))


def evidence(**changes: Any) -> Evidence:
    values: dict[str, Any] = {
        "commit": "c1",
        "command": "make test",
        "exit_code": 0,
        "output": "2 passed in 0.01s",
        "seconds": 1.5,
    }
    return Evidence(**(values | changes))


def report(**changes: Any) -> AgentReport:
    values: dict[str, Any] = {
        "agent": "native",
        "model": "openai:coder",
        "prompt": "do it",
        "session": AgentSession("did it", spend=Spend(100, 10, 500, 0, 2.0, 1)),
        "commit": "c1",
        "diff": DIFF,
    }
    return AgentReport(**(values | changes))


def opened() -> RunOpened:
    return RunOpened(RunId("eng-1-abc"), REF, "acme/app")


def run(*events: RunEvent) -> Run:
    return Run.from_journal([opened(), *events])


def started(**plan_changes: Any) -> tuple[RunEvent, ...]:
    return (StoryExamined(ticket(), plan(**plan_changes)), WorkStarted())


def accepted_round(commit: str = "c1") -> tuple[RunEvent, ...]:
    green = evidence(commit=commit)
    return (
        AgentReported(report(commit=commit)),
        ExecutionFinished(green),
        RoundJudged(by_command(CRITERIA, green)),
    )


def revised_round(commit: str = "c1", **changes: Any) -> tuple[RunEvent, ...]:
    red = evidence(commit=commit, exit_code=1, output="1 failed")
    return (
        AgentReported(report(commit=commit, **changes)),
        ExecutionFinished(red),
        RoundJudged(by_command(CRITERIA, red)),
    )


def red_round(commit: str = "t1", *, findings: tuple[Finding, ...] = ()) -> tuple[RunEvent, ...]:
    """Tests alone, which fail as they must; accepted where no gate finds anything."""
    red = evidence(commit=commit, exit_code=1, failure_wanted=True, findings=findings)
    return (
        AgentReported(report(commit=commit)),
        ExecutionFinished(red),
        RoundJudged(by_command(CRITERIA, red)),
    )


def leaking_round(commit: str = "c1") -> tuple[RunEvent, ...]:
    """Green but for what a gate found."""
    red = evidence(commit=commit, findings=(Finding(SECRETS, "a.py:1", "Remove it."),))
    return (
        AgentReported(report(commit=commit)),
        ExecutionFinished(red),
        RoundJudged(by_command(CRITERIA, red)),
    )


def empty_round() -> tuple[RunEvent, ...]:
    return (
        AgentReported(report(diff=NO_DIFF, commit="base")),
        RoundJudged(without_judgement(CRITERIA, "The round changed nothing.", "judge")),
    )


def verdict(**changes: Any) -> Verdict:
    values = without_judgement(CRITERIA, "no answer", "openai:judge")
    return values if not changes else Verdict(**{**_fields(values), **changes})


def _fields(value: Verdict) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


@dataclass(frozen=True)
class WordScanner:
    """Takes one word for a secret."""

    word: str

    def secrets(self, text: str) -> Sequence[FoundSecret]:
        lines = enumerate(text.splitlines(), 1)
        return [FoundSecret("Word", self.word, n) for n, line in lines if self.word in line]
