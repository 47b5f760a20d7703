"""The decision table, a row each."""

import pytest

from tests.unit import builders as b
from worker.director import steps
from worker.director.policy import IN_LOST_SESSIONS, LEAK, OVER_ALL_RUNS, next_step
from worker.domain import events as ev
from worker.domain.budget import Budget, Spend
from worker.domain.evidence import Finding
from worker.domain.mode import Mode
from worker.domain.plan import Tier
from worker.domain.pull_request import PullRequest
from worker.domain.transcript import AgentSession

PUBLISHED = ev.PullRequestPublished(PullRequest(1, "u"), "agent/x", "c1")
ONE = Budget(max_rounds=1)
LOST = ev.SessionLost(5, 2, Spend(70, 7, 900))
LARGE = Tier("codex", "openai:large", Budget(max_rounds=2))
UP = ev.TierRaised(1, "out of rounds")
FIRST = {"mode": Mode.TEST_FIRST}
ELSEWHERE = Finding("red", "calc.py", "Only tests.", "elsewhere")
NO_PROGRESS = "stalled: 3 rounds that ended with the same change"
FAILED = (ev.RunFailed("no key"), ev.RunClosed(ev.Outcome.FAILED, "no key"))

TABLE = {
    "a new run examines its story": ((), steps.ExamineStory()),
    "questions close it": (
        (ev.StoryExamined(b.ticket(), questions=("what?",)),),
        steps.Close(ev.Outcome.QUESTIONS, "- what?"),
    ),
    "a plan starts the work": ((ev.StoryExamined(b.ticket(), b.plan()),), steps.StartWork()),
    "then the agent": (b.started(), steps.RunAgent()),
    "then the evidence": (
        (*b.started(), ev.AgentReported(b.report())),
        steps.RunExecutionCommand(),
    ),
    "no change needs no evidence": (
        (*b.started(), ev.AgentReported(b.report(diff=b.NO_DIFF))),
        steps.JudgeRound(),
    ),
    "then the verdict": ((*b.started(), *b.accepted_round()[:2]), steps.JudgeRound()),
    "a lost session is repeated": ((*b.started(), LOST), steps.RunAgent()),
    "a budget that went into lost sessions closes it": (
        (*b.started(budget=Budget(max_tokens=77)), LOST),
        steps.Close(ev.Outcome.OVER_BUDGET, f"out of tokens: {IN_LOST_SESSIONS}"),
    ),
    "with a ladder the next session meets that": (
        (*b.started(budget=Budget(max_tokens=77), ladder=(LARGE,)), LOST),
        steps.RunAgent(),
    ),
    "a budget that went into later ones ends it with what there is": (
        (*b.started(budget=Budget(max_tokens=187)), *b.revised_round(), LOST),
        steps.Publish("out of tokens"),
    ),
    "a revision is another round": ((*b.started(), *b.revised_round()), steps.RunAgent()),
    "acceptance is published": ((*b.started(), *b.accepted_round()), steps.Publish()),
    "and then closed": (
        (*b.started(), *b.accepted_round(), PUBLISHED),
        steps.Close(ev.Outcome.ACCEPTED, "every gate is green and the evaluator accepts"),
    ),
    "acceptance in the last round counts": (
        (*b.started(budget=ONE), *b.accepted_round()),
        steps.Publish(),
    ),
    "out of rounds with useful work is a draft": (
        (*b.started(budget=ONE), *b.revised_round()),
        steps.Publish("out of rounds"),
    ),
    "out of rounds with a secret in the change is no draft": (
        (*b.started(budget=ONE), *b.leaking_round()),
        steps.Close(ev.Outcome.GAVE_UP, f"out of rounds{LEAK}"),
    ),
    "and then given up": (
        (*b.started(budget=ONE), *b.revised_round(), PUBLISHED),
        steps.Close(ev.Outcome.GAVE_UP, "out of rounds"),
    ),
    "without useful work there is no pull request": (
        (*b.started(budget=ONE), *b.empty_round()),
        steps.Close(ev.Outcome.GAVE_UP, "out of rounds"),
    ),
    "out of tokens is over budget": (
        (*b.started(budget=Budget(9, max_tokens=100)), *b.revised_round(), PUBLISHED),
        steps.Close(ev.Outcome.OVER_BUDGET, "out of tokens"),
    ),
    "a blocked ticket waits": (
        (ev.RunBlocked(("ENG-7", "ENG-9")),),
        steps.Wait("blocked by ENG-7, ENG-9"),
    ),
    "and is examined anew when nothing blocks it": (
        (ev.RunBlocked(("ENG-7",)), ev.RunUnblocked()),
        steps.ExamineStory(),
    ),
    "a blocked ticket can be cancelled": (
        (ev.RunBlocked(("ENG-7",)), ev.CancelRequested("label gone")),
        steps.Close(ev.Outcome.CANCELLED, "label gone"),
    ),
    "a ticket whose earlier runs used up everything is over budget before it starts": (
        (ev.StoryExamined(b.ticket(), b.plan(budget=Budget(0))),),
        steps.Close(ev.Outcome.OVER_BUDGET, f"out of rounds {OVER_ALL_RUNS}"),
    ),
    "a failed run that is taken up again goes on where it was": (
        (*b.started(), *b.revised_round(), *FAILED, ev.RunReopened()),
        steps.RunAgent(),
    ),
    "one that failed before its first round is examined anew": (
        (*b.started(), *FAILED, ev.RunReopened()),
        steps.ExamineStory(),
    ),
    "what is published stays accepted, whatever comes then": (
        (*b.started(), *b.accepted_round(), PUBLISHED, ev.CancelRequested("merged")),
        steps.Close(ev.Outcome.ACCEPTED, "every gate is green and the evaluator accepts"),
    ),
    "too little left for a single call is over budget, not out of rounds": (
        (
            *b.started(budget=ONE),
            *b.revised_round(session=AgentSession("", failure="refused", out_of="tokens")),
            PUBLISHED,
        ),
        steps.Close(ev.Outcome.OVER_BUDGET, "out of tokens"),
    ),
    "under the ceiling of all tiers too": (
        (
            *b.started(ladder=(LARGE,), ceiling=ONE),
            *b.revised_round(session=AgentSession("", failure="refused", out_of="money")),
            PUBLISHED,
        ),
        steps.Close(ev.Outcome.OVER_BUDGET, "out of money"),
    ),
    "a tier out of rounds lets the next one go on": (
        (*b.started(budget=ONE, ladder=(LARGE,)), *b.revised_round()),
        steps.RaiseTier(1, "out of rounds"),
    ),
    "which then has rounds of its own": (
        (*b.started(budget=ONE, ladder=(LARGE,)), *b.revised_round(), UP),
        steps.RunAgent(),
    ),
    "and tokens of its own": (
        (
            *b.started(budget=Budget(max_tokens=100), ladder=(LARGE,)),
            *b.revised_round(),
            UP,
            *b.revised_round(),
        ),
        steps.RunAgent(),
    ),
    "the last tier out of rounds ends it": (
        (
            *b.started(budget=ONE, ladder=(LARGE,)),
            *b.revised_round(),
            UP,
            *b.revised_round(),
            *b.revised_round(),
        ),
        steps.Publish("out of rounds"),
    ),
    "a stalled tier lets the next one go on before its rounds are used": (
        (*b.started(budget=Budget(9), ladder=(LARGE,)), *(b.revised_round() * 3)),
        steps.RaiseTier(1, NO_PROGRESS),
    ),
    "a stall at the top ends it": (
        (*b.started(budget=Budget(9)), *(b.revised_round() * 3), PUBLISHED),
        steps.Close(ev.Outcome.GAVE_UP, NO_PROGRESS),
    ),
    "the ceiling over all tiers ends it, whatever the ladder has left": (
        (
            *b.started(budget=ONE, ladder=(LARGE,), ceiling=Budget(max_tokens=100)),
            *b.revised_round(),
        ),
        steps.Publish("out of tokens"),
    ),
    "tests that are accepted are followed by code": (
        (*b.started(**FIRST), *b.red_round()),
        steps.RunAgent(),
    ),
    "tests that are accepted in their last round are too": (
        (*b.started(**FIRST, budget=ONE), *b.red_round()),
        steps.RunAgent(),
    ),
    "code has rounds of its own": (
        (*b.started(**FIRST), *b.red_round(), *b.revised_round()),
        steps.RunAgent(),
    ),
    "and is accepted in the end": (
        (*b.started(**FIRST), *b.red_round(), *b.accepted_round()),
        steps.Publish(),
    ),
    "tests that are not accepted are written anew": (
        (*b.started(**FIRST), *b.red_round(findings=(ELSEWHERE,))),
        steps.RunAgent(),
    ),
    "until there are no rounds left": (
        (*b.started(**FIRST, budget=ONE), *b.red_round(findings=(ELSEWHERE,)), PUBLISHED),
        steps.Close(ev.Outcome.GAVE_UP, "out of rounds"),
    ),
    "cancelled": (
        (*b.started(), *b.accepted_round(), ev.CancelRequested("label gone")),
        steps.Close(ev.Outcome.CANCELLED, "label gone"),
    ),
    "failed": ((ev.RunFailed("no key"),), steps.Close(ev.Outcome.FAILED, "no key")),
    "cancelled outranks failed": (
        (ev.RunFailed("no key"), ev.CancelRequested("gone")),
        steps.Close(ev.Outcome.CANCELLED, "gone"),
    ),
    "closed waits": (
        (ev.RunClosed(ev.Outcome.CANCELLED, "gone"),),
        steps.Wait("the run is closed"),
    ),
}


@pytest.mark.parametrize("row", TABLE)
def test_next_step(row: str) -> None:
    events, expected = TABLE[row]
    assert next_step(b.run(*events)) == expected


def test_a_red_round_with_an_accepting_verdict_is_never_published_as_ready() -> None:
    accepting = b.accepted_round()[2]
    red = ev.ExecutionFinished(b.evidence(exit_code=1))
    run = b.run(*b.started(budget=ONE), ev.AgentReported(b.report()), red, accepting)
    assert next_step(run) == steps.Publish("out of rounds")
