"""A run is what its journal says."""

import re
from dataclasses import replace

import pytest

from tests.unit import builders as b
from worker.domain import events as ev
from worker.domain.access import DoorSpend
from worker.domain.budget import Budget, Spend
from worker.domain.lost_sessions import lost_sessions
from worker.domain.plan import Tier
from worker.domain.pull_request import PullRequest
from worker.domain.run import Run, nth_run_id
from worker.domain.ticket import TicketId
from worker.domain.transcript import AgentSession


def test_a_journal_starts_with_run_opened_and_only_there() -> None:
    with pytest.raises(ValueError, match="starts with RunOpened"):
        Run.from_journal([ev.WorkStarted()])
    with pytest.raises(ValueError, match="opens once"):
        b.run(b.opened())


def test_rounds_collect_report_evidence_and_verdict() -> None:
    run = b.run(*b.started(), *b.revised_round(), *b.accepted_round("c2"))
    assert [r.number for r in run.rounds] == [1, 2]
    assert [r.accepted for r in run.rounds] == [False, True]
    assert run.accepted
    assert run.head == "c2"
    assert run.spend.tokens == 220
    assert run.spend.seconds == 7.0


def test_an_accepting_verdict_on_red_evidence_is_not_accepted() -> None:
    green = b.accepted_round()
    run = b.run(*b.started(), green[0], ev.ExecutionFinished(b.evidence(exit_code=1)), green[2])
    assert not run.accepted


def test_before_anything_happened_there_is_nothing() -> None:
    run = b.run()
    assert run.head is None
    assert run.last is None
    assert not run.accepted
    assert not run.useful
    assert run.pull_request is None
    for missing in (run.require_plan, run.require_ticket, run.require_round):
        with pytest.raises(ValueError, match="yet"):
            missing()


def test_with_a_plan_the_head_is_the_base() -> None:
    run = b.run(*b.started())
    assert run.head == "base"
    assert run.require_plan().base_branch == "main"
    assert run.require_ticket().title == "Square numbers"


LOST = ev.SessionLost(5, 2, Spend(70, 7, 900, 0, 3.0, 2))
AGAIN = ev.SessionLost(5, 3, Spend(10, 0, 100, 0, 1.0, 1))


def test_a_lost_session_is_part_of_the_round_that_it_was_for() -> None:
    run = b.run(*b.started(), LOST, AGAIN)
    assert (run.rounds, run.spend) == ((), LOST.spend + AGAIN.spend)
    assert run.lost == (LOST, AGAIN)
    assert run.left.max_tokens == 5_000_000 - 87
    run = run.apply(ev.AgentReported(b.report()))
    assert run.require_round().lost == LOST.spend + AGAIN.spend
    assert run.spend.tokens == run.spend_of(0).tokens == 110 + 87
    assert run.uncounted == Spend()
    later = run.apply(LOST)
    assert later.spend.tokens == 110 + 87 + 77


def test_a_tier_that_was_left_pays_for_its_own_lost_sessions() -> None:
    ladder = (Tier("codex", "openai:large", Budget(max_tokens=1000)),)
    run = b.run(*b.started(ladder=ladder), *b.revised_round(), LOST, ev.TierRaised(1, "stalled"))
    assert (run.spend_of(0).tokens, run.spend_of(1).tokens) == (187, 0)
    assert run.left.max_tokens == 1000
    assert run.apply(AGAIN).left.max_tokens == 990


@pytest.mark.parametrize(
    ("noted", "events", "found"),
    [
        ((), (), []),
        ((DoorSpend(5, 2, LOST.spend),), (), [LOST]),
        ((DoorSpend(5, 2, LOST.spend),), (LOST,), []),
        ((DoorSpend(5, 3, LOST.spend + AGAIN.spend),), (LOST,), [AGAIN]),
        ((DoorSpend(5, 3, LOST.spend + AGAIN.spend),), (LOST, AGAIN), []),
        (
            (DoorSpend(6, 1, Spend(1)), DoorSpend(5, 2, LOST.spend)),
            (LOST,),
            [ev.SessionLost(6, 1, Spend(1))],
        ),
        ((DoorSpend(9, 2, LOST.spend),), (), []),
    ],
    ids=["nothing", "new", "counted", "more came", "all counted", "another", "reported"],
)
def test_what_is_written_down_is_counted_exactly_once(
    noted: tuple[DoorSpend, ...], events: tuple[ev.SessionLost, ...], found: list[ev.SessionLost]
) -> None:
    reported = ev.AgentReported(b.report(session=AgentSession("", door=9)))
    run = b.run(*b.started(), reported, *events)
    assert list(lost_sessions(run, noted)) == found


def test_round_spend_without_evidence_or_verdict_is_the_agents() -> None:
    run = b.run(*b.started(), ev.AgentReported(b.report()))
    assert run.require_round().spend.seconds == 2.0
    assert not run.require_round().accepted


def test_what_was_published_cancelled_failed_closed_is_remembered() -> None:
    published = ev.PullRequestPublished(PullRequest(7, "u"), "agent/x", "c1")
    run = b.run(
        published,
        ev.CancelRequested("label gone"),
        ev.RunFailed("disk"),
        ev.RunClosed(ev.Outcome.CANCELLED, "label gone"),
    )
    assert run.pull_request == PullRequest(7, "u")
    assert (run.cancelled, run.failed) == ("label gone", "disk")
    assert run.closed is not None


@pytest.mark.parametrize(
    ("title", "branch"),
    [
        ("Square numbers", "agent/ENG-1-square-numbers"),
        ("Füge Käse hinzu!", "agent/ENG-1-f-ge-k-se-hinzu"),
        ("../../etc; rm -rf", "agent/ENG-1-etc-rm-rf"),
        ("日本", "agent/ENG-1"),
        ("x" * 99, "agent/ENG-1-" + "x" * 40),
    ],
)
def test_the_branch_is_fixed_by_the_ticket(title: str, branch: str) -> None:
    assert b.run(ev.StoryExamined(b.ticket(title=title))).branch == branch


def test_the_branch_before_the_ticket_was_read() -> None:
    assert b.run().branch == "agent/ENG-1"


def test_a_run_that_knew_no_repository_is_told_one_when_it_is_taken_up_again() -> None:
    opened = ev.RunOpened(b.opened().run_id, b.REF, None)
    failed = (ev.RunFailed("no repository"), ev.RunClosed(ev.Outcome.FAILED, "no repository"))
    run = Run.from_journal([opened, *failed, ev.RunReopened("acme/app")])
    assert (run.repository, run.failed, run.closed) == ("acme/app", None, None)
    assert b.run(*failed, ev.RunReopened("acme/other")).repository == b.opened().repository


def test_the_id_of_a_tickets_nth_run_can_be_worked_out_again() -> None:
    ids = [nth_run_id(b.REF, earlier) for earlier in (0, 1, 0)]
    assert ids[0] == ids[2] != ids[1]
    assert ids[0] != nth_run_id(replace(b.REF, id=TicketId("another")), 0)
    assert re.fullmatch(r"eng-1-[0-9a-f]{8}", ids[0])


def test_a_round_is_made_on_the_newest_commit_without_a_secret() -> None:
    run = b.run(*b.started(), *b.revised_round("c1"), *b.leaking_round("c2"))
    assert (run.head, run.parent) == ("c2", "c1")
    assert b.run(*b.started(), *b.leaking_round("c1")).parent == "base"
    assert b.run(*b.started(), ev.AgentReported(b.report())).parent == "c1"
    assert b.run().parent is None


def test_a_change_with_a_secret_in_it_is_shown_to_nobody() -> None:
    leaking = b.run(*b.started(), *b.leaking_round())
    assert not leaking.useful
    assert not leaking.accepted
    assert b.run(*b.started(), ev.AgentReported(b.report())).useful
    assert b.run(*b.started(), *b.revised_round()).useful
