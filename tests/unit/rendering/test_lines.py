"""One line per event, whatever the event holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit import builders as b
from worker.domain import events as ev
from worker.domain.budget import Spend
from worker.domain.command import Breach
from worker.domain.evidence import Diff
from worker.domain.mode import Mode
from worker.domain.plan import Tier
from worker.domain.pull_request import PullRequest
from worker.domain.transcript import AgentSession
from worker.domain.verdict import CriterionJudgement, Judgement, Status, settle
from worker.rendering.lines import line

FAILED = AgentSession("", failure="the model\nrefused")
OPINION = Judgement(
    (
        CriterionJudgement(1, Status.MET, "2 passed"),
        CriterionJudgement(2, Status.NOT_MET),
    ),
    "Handle\nzero.",
)

LINES: dict[str, tuple[tuple[ev.RunEvent, ...], str]] = {
    "opened": ((), "run eng-1-abc opened for ENG-1"),
    "examined": (
        b.started()[:1],
        "examined: 2 criteria, `make test`, agent native, model openai:coder, evaluator judge",
    ),
    "examined without a model": (
        b.started(coder_model=None, evaluator="command")[:1],
        "examined: 2 criteria, `make test`, agent native, model none, evaluator command",
    ),
    "examined with questions": (
        (ev.StoryExamined(b.ticket(), questions=("What?", "How\nso?")),),
        "examined; a question first: What? How so?",
    ),
    "started": (b.started(), "work started; the ticket was told"),
    "agent reported": (
        (*b.started(), ev.AgentReported(b.report())),
        "round 1: native changed 1 file(s), +1 -0, 110 tokens",
    ),
    "agent failed": (
        (*b.started(), *b.revised_round(), ev.AgentReported(b.report(session=FAILED))),
        "round 2: native changed 1 file(s), +1 -0, 0 tokens; the model refused",
    ),
    "session lost": (
        (*b.started(), ev.SessionLost(5, 2, Spend(70, 7, 900))),
        "a session was lost; it had cost 77 tokens, $0.0009",
    ),
    "green": (
        (*b.started(), *b.accepted_round()[:2]),
        "round 1: `make test`: exit 0 after 1.5 s",
    ),
    "red": ((*b.started(), *b.revised_round()[:2]), "round 1: `make test`: exit 1 after 1.5 s"),
    "a limit was hit": (
        (
            *b.started(),
            ev.AgentReported(b.report()),
            ev.ExecutionFinished(b.evidence(exit_code=137, breach=Breach.OUT_OF_MEMORY)),
        ),
        "round 1: `make test`: out of memory after 1.5 s",
    ),
    "accepted by the command": (
        (*b.started(), *b.accepted_round()),
        "round 1: verdict accept by command",
    ),
    "revised by the command": (
        (*b.started(), *b.revised_round()),
        "round 1: verdict revise by command: The execution command `make test` exited 1.",
    ),
    "revised by the judge": (
        (
            *b.started(),
            *b.accepted_round()[:2],
            ev.RoundJudged(settle(OPINION, b.CRITERIA, b.evidence(), b.DIFF, "openai:judge")),
        ),
        "round 1: verdict revise (1/2 met) by openai:judge: Handle zero.",
    ),
    "tier raised": (
        (
            *b.started(ladder=(Tier("codex", "openai:large"),)),
            *b.revised_round(),
            ev.TierRaised(1, "out of rounds"),
        ),
        "out of rounds; codex with openai:large goes on",
    ),
    "tests first": (
        (*b.started(mode=Mode.TEST_FIRST), *b.red_round()),
        "round 1 (tests first): verdict accept by command",
    ),
    "published": (
        (ev.PullRequestPublished(PullRequest(7, "https://pr/7"), "agent/x", "c1"),),
        "pull request: https://pr/7 (branch agent/x)",
    ),
    "published as a draft": (
        (ev.PullRequestPublished(PullRequest(7, "https://pr/7", draft=True), "agent/x", "c1"),),
        "draft pull request: https://pr/7 (branch agent/x)",
    ),
    "cancelled": ((ev.CancelRequested("label\nremoved"),), "cancelled: label removed"),
    "failed": ((ev.RunFailed("no \x1b[31mkey\x1b[0m"),), "failed: no key"),
    "news that is out of date": (
        (ev.NewsIgnored("the label `agent` was removed"),),
        "not so any more: the label `agent` was removed",
    ),
    "blocked": ((ev.RunBlocked(("ENG-7", "ENG-9")),), "blocked by ENG-7, ENG-9; waiting"),
    "unblocked": ((ev.RunUnblocked(),), "nothing blocks the ticket any more"),
    "reopened": ((ev.RunReopened(),), "taken up again"),
    "closed": (
        (*b.started(), *b.accepted_round(), ev.RunClosed(ev.Outcome.ACCEPTED, "all\ngreen")),
        "closed: accepted (all green); 1 round(s), 110 tokens, $0.0005",
    ),
}


@pytest.mark.parametrize("kind", LINES)
def test_each_event_has_its_line(kind: str) -> None:
    events, expected = LINES[kind]
    last = events[-1] if events else b.opened()
    assert line(b.run(*events), last) == expected


def test_every_kind_of_event_is_among_them() -> None:
    shown = {type(events[-1] if events else b.opened()) for events, _ in LINES.values()}
    assert shown == set(ev.RunEvent.__args__)


@given(st.text())
def test_it_is_one_short_line_whatever_was_said(said: str) -> None:
    questions = ev.StoryExamined(b.ticket(), questions=(said,))
    report = ev.AgentReported(b.report(session=AgentSession(said, failure=said), diff=Diff(said)))
    for event in (ev.RunFailed(said), ev.CancelRequested(said), questions, report):
        shown = line(b.run(event), event)
        assert len(shown.splitlines()) == 1
        assert len(shown) < 300
        assert "\x1b" not in shown
