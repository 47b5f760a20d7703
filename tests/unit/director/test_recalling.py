"""A database that is lost altogether costs no finished round: the git remote knows the run."""

import pytest

from integrations.memory.run_store import MemoryRunStore
from tests.unit.builders import REF
from tests.unit.director.doubles import LEASE_SECONDS, SLUG, World, world, writes
from tests.unit.director.driving import QUICK, driven, outcome, outside
from tests.unit.director.test_resuming import STORIES, DeadlyStore, Killed, stories, undisturbed
from worker.director.loop import drive
from worker.domain.errors import RepositoryUnavailable
from worker.domain.events import Outcome, RunOpened
from worker.domain.lease import ClaimLimits, Lease, RunId
from worker.domain.run import nth_run_id
from worker.domain.signals import TicketReady
from worker.intake.admission import admit_all
from worker.journal import encode_event

FIRST, SECOND = nth_run_id(REF, 0), nth_run_id(REF, 1)


def lose_the_database(w: World) -> Lease:
    """Everything of the store is gone; the tracker still has the ticket."""
    w.store = MemoryRunStore(LEASE_SECONDS, w.clock.monotonic)
    return w.open()


@stories
@pytest.mark.parametrize("durable", [False, True], ids=["before", "after"])
def test_losing_the_database_at_any_event_leads_to_the_same_end(
    story: str, *, durable: bool
) -> None:
    whole = undisturbed(story)
    journal = whole.store.journal(RunId("r1"))
    for append in range(1, len(journal)):
        w = STORIES[story][0]()
        w.store = DeadlyStore(w.clock, [(append, durable)])
        with pytest.raises(Killed):
            driven(w)
        run = drive(lose_the_database(w), w.ports(), w.fleet, QUICK)
        assert (outcome(run), len(run.rounds)) == (STORIES[story][1], STORIES[story][2]), append
        if "cancelled" not in story:
            assert outside(w) == outside(whole), append


def test_no_finished_round_is_worked_again() -> None:
    w = world([writes("wrong"), writes("square")])
    # opened, examined, started, then agent, execution and verdict of round 1: the 5th append.
    w.store = DeadlyStore(w.clock, [(5, True)])
    with pytest.raises(Killed):
        driven(w)
    assert len(w.agent.tasks) == 1
    drive(lose_the_database(w), w.ports(), w.fleet, QUICK)
    assert [task.round_number for task in w.agent.tasks] == [1, 2]


def test_a_run_that_had_ended_is_not_begun_again() -> None:
    w = world()
    driven(w)
    before = outside(w)
    run = drive(lose_the_database(w), w.ports(), w.fleet, QUICK)
    assert outcome(run) is Outcome.ACCEPTED
    assert outside(w) == before
    assert len(w.agent.tasks) == 1
    assert w.store.claim_next("w", ClaimLimits()) is None


def test_a_ticket_that_had_two_runs_gets_both_back() -> None:
    w = world()
    for run_id in (FIRST, SECOND):
        w.store.open_run(None, RunOpened(run_id, REF, SLUG))
        drive(w.claim(), w.ports(), w.fleet, QUICK)
    assert len(w.agent.tasks) == 2
    w.store = MemoryRunStore(LEASE_SECONDS, w.clock.monotonic)
    w.store.open_run(None, RunOpened(FIRST, REF, SLUG))
    drive(w.claim(), w.ports(), w.fleet, QUICK)
    assert [item.signal for item in w.store.inbox()] == [TicketReady(REF)]
    admit_all(w.store, w.fleet)
    run = drive(w.claim(), w.ports(), w.fleet, QUICK)
    assert (run.id, outcome(run)) == (SECOND, Outcome.ACCEPTED)
    assert not w.store.inbox(), "there is no third"
    assert len(w.agent.tasks) == 2


def test_what_is_kept_says_as_much_as_the_journal() -> None:
    w = world([writes("wrong"), writes("square")])
    driven(w)
    text = w.repositories.journals[(SLUG, RunId("r1"))]
    journal = w.store.journal(RunId("r1"))
    assert text == "".join(f"{encode_event(event)}\n" for event in journal)


def test_nothing_is_kept_of_a_repository_that_keeps_no_transcripts() -> None:
    w = world(files={".storyfleet.toml": 'execution_command = "make test"\ntranscripts = ""\n'})
    driven(w)
    assert w.repositories.journals == {}


@pytest.mark.parametrize(
    "text",
    [
        "not a journal\n",
        "",
        encode_event(RunOpened(RunId("another"), REF, SLUG)) + "\n",
        '{"v":99,"kind":"RunOpened","body":{}}\n',
    ],
)
def test_what_is_not_this_runs_journal_is_not_believed(text: str) -> None:
    w = world()
    w.repositories.journals[(SLUG, RunId("r1"))] = text
    assert outcome(driven(w)) is Outcome.ACCEPTED
    assert len(w.agent.tasks) == 1


def test_a_run_without_a_repository_has_nothing_to_recall() -> None:
    w = world()
    run = drive(w.open(slug=None), w.ports(), w.fleet, QUICK)
    assert outcome(run) is Outcome.FAILED


def test_a_repository_that_cannot_be_read_is_the_examinations_to_tell() -> None:
    w = world()
    w.repositories.failure = RepositoryUnavailable("no such repository")
    run = drive(w.open(), w.ports(), w.fleet, QUICK)
    assert run.failed == "no such repository"
