"""The audit sees what it is there to see: each world here is right but for one thing."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from integrations.linear.tracker import comment_id
from tests.chaos.audit.checks import audit
from tests.chaos.audit.facts import Comment, Facts, Leftovers, Pull, TicketFacts
from tests.chaos.engine.watching import EventRow, InboxRow, RunRow
from tests.chaos.play.cases import Case, Kind
from tests.unit import builders as b
from worker.domain.events import Outcome, PullRequestPublished, RunClosed, RunEvent
from worker.domain.pull_request import PullRequest
from worker.domain.run import Run
from worker.domain.ticket import TicketId
from worker.journal import encode_event

RUN = "eng-1-abc"
URL = "https://github.test/acme/app/pull/7"
PUBLISHED = PullRequestPublished(PullRequest(7, URL), "agent/ENG-1-square-numbers", "c1")
ACCEPTED = (*b.started(), *b.accepted_round(), PUBLISHED, RunClosed(Outcome.ACCEPTED, "green"))
PULL = Pull("acme/app", 7, "agent/ENG-1-square-numbers", draft=False, url=URL)


def comment(key: str, run: str = RUN) -> Comment:
    return Comment(comment_id(TicketId("t-1"), f"{run}:{key}"), f"{key} of {run}")


def journal(*events: RunEvent) -> tuple[EventRow, ...]:
    """Under one token up to the first round's end, then under another."""
    return tuple(
        EventRow(RUN, n, 3 if n < 5 else 8, type(e).__name__, encode_event(e), 1000.0 + n)
        for n, e in enumerate((b.opened(), *events), 1)
    )


def row(**changes: object) -> RunRow:
    closed = RunRow(
        id=RUN,
        ticket_id="t-1",
        identifier="ENG-1",
        repository="acme/app",
        state="closed",
        outcome="accepted",
        fence=8,
        holder=None,
        events=len(ACCEPTED) + 1,
        note="",
    )
    return replace(closed, **changes)  # type: ignore[arg-type]


TICKET = TicketFacts(
    Case(1, Kind.ONE_ROUND, "acme/app", created_with_label=True),
    "t-1",
    "ENG-1",
    (comment("start"), comment("progress"), comment("end")),
    (URL,),
)
RIGHT = Facts(
    tickets=(TICKET,),
    runs=(row(),),
    events=journal(*ACCEPTED),
    pulls=(PULL,),
    model_calls={"ENG-1": 6},
    claims={RUN: 2},
    branches=(("acme/app", PULL.branch),),
)


def test_a_world_in_which_all_is_well_has_no_violation() -> None:
    assert Run.from_journal([b.opened(), *ACCEPTED]).branch == PULL.branch
    assert audit(RIGHT) == []


def _ticket(**changes: object) -> Facts:
    return replace(RIGHT, tickets=(replace(TICKET, **changes),))  # type: ignore[arg-type]


def _left(**changes: tuple[str, ...]) -> Facts:
    return replace(RIGHT, leftovers=Leftovers(**changes))


def _gap() -> Facts:
    return replace(RIGHT, events=RIGHT.events[:3] + RIGHT.events[4:])


def _stale_write() -> Facts:
    *before, last = RIGHT.events
    return replace(RIGHT, events=(*before, replace(last, fence=3)))


def _closed_twice() -> Facts:
    (*before, last) = RIGHT.events
    again = replace(last, seq=last.seq + 1)
    return replace(RIGHT, events=(*before, last, again), runs=(row(events=last.seq + 1),))


def _second_run() -> Facts:
    other = row(id="eng-1-def", events=0, state="queued", outcome=None)
    return replace(RIGHT, runs=(*RIGHT.runs, other))


def _cancelled() -> Facts:
    end = journal(*ACCEPTED[:-1], RunClosed(Outcome.CANCELLED, "the label was removed"))
    return replace(RIGHT, events=end, runs=(row(outcome="cancelled"),))


def _red_but_ready() -> Facts:
    end = RunClosed(Outcome.GAVE_UP, "out of rounds")
    case = replace(TICKET.case, kind=Kind.GAVE_UP)
    return replace(
        RIGHT,
        events=journal(*b.started(), *b.revised_round(), PUBLISHED, end),
        runs=(row(outcome="gave up"),),
        tickets=(replace(TICKET, case=case),),
    )


DOCTORED: dict[str, tuple[Callable[[], Facts], str]] = {
    "no run": (
        lambda: replace(RIGHT, runs=(), events=(), pulls=(), branches=(), model_calls={}),
        "lost",
    ),
    "two runs": (_second_run, "twice"),
    "an open run": (lambda: replace(RIGHT, runs=(row(state="parked", outcome=None),)), "open run"),
    "a run of no ticket": (lambda: replace(RIGHT, tickets=()), "stray run"),
    "an outcome of another kind": (_cancelled, "outcome"),
    "two pull requests": (
        lambda: replace(RIGHT, pulls=(PULL, replace(PULL, number=8))),
        "pull requests",
    ),
    "no pull request": (lambda: replace(RIGHT, pulls=(), branches=()), "pull requests"),
    "a draft of accepted work": (
        lambda: replace(RIGHT, pulls=(replace(PULL, draft=True),)),
        "pull requests",
    ),
    "a ready pull request of red work": (_red_but_ready, "pull requests"),
    "a branch without a pull request": (
        lambda: replace(RIGHT, branches=(*RIGHT.branches, ("acme/app", "agent/ENG-9"))),
        "branch",
    ),
    "two links": (lambda: _ticket(links=(URL, URL)), "links"),
    "a comment written twice": (
        lambda: _ticket(comments=(*TICKET.comments, Comment("other", comment("end").body))),
        "comments",
    ),
    "a comment in both generations": (
        lambda: _ticket(
            comments=(
                *TICKET.comments,
                Comment(comment_id(TicketId("t-1"), f"{RUN}:end", 1), "again"),
            )
        ),
        "comments",
    ),
    "a comment of another run": (
        lambda: _ticket(comments=(*TICKET.comments, comment("end", "eng-1-zzz"))),
        "comments",
    ),
    "no comment at the end": (lambda: _ticket(comments=TICKET.comments[:2]), "comments"),
    "no comment at the start": (lambda: _ticket(comments=TICKET.comments[1:]), "comments"),
    "a gap in the journal": (_gap, "journal"),
    "a journal without its end": (lambda: replace(RIGHT, events=RIGHT.events[:-1]), "journal"),
    "an event under an older token": (_stale_write, "journal"),
    "a journal that closes twice": (_closed_twice, "journal"),
    "a signal that waits": (
        lambda: replace(RIGHT, inbox=(InboxRow(4, "addressed", "{}", RUN),)),
        "inbox",
    ),
    "a sandbox left": (lambda: _left(sandboxes=(f"{RUN} running",)), "leaked sandbox"),
    "a volume left": (lambda: _left(volumes=("v",)), "leaked volume"),
    "a lock left": (lambda: _left(locks=("app.lock",)), "leaked lock"),
    "a process left": (lambda: _left(processes=("7 git push",)), "leaked process"),
    "a safety ref left": (lambda: _left(refs=("refs/storyfleet/runs/x",)), "leaked ref"),
    "a message left": (lambda: _left(keys=("unacked",)), "leaked unacknowledged message"),
    "a round more than interruptions explain": (
        lambda: replace(RIGHT, model_calls={"ENG-1": 9}, model_faults=2),
        "model calls",
    ),
}


@pytest.mark.parametrize("name", DOCTORED)
def test_what_is_wrong_is_told_with_its_kind(name: str) -> None:
    doctored, check = DOCTORED[name]
    told = {violation.check for violation in audit(doctored())}
    assert check in told


def test_model_calls_that_faults_explain_are_allowed() -> None:
    assert audit(replace(RIGHT, model_calls={"ENG-1": 9}, model_faults=3)) == []


def test_a_ticket_taken_back_at_once_need_not_have_had_a_run() -> None:
    case = replace(TICKET.case, kind=Kind.TAKEN_BACK)
    bare = replace(TICKET, case=case, comments=(), links=())
    assert audit(Facts(tickets=(bare,), runs=(), events=(), pulls=())) == []
