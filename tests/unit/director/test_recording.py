"""A finished stage's event is worth some waiting for the database, and is never in it twice."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from integrations.memory.repositories import MemoryCheckout, MemoryRepositories
from integrations.memory.run_store import MemoryRunStore
from tests.unit.director.doubles import LEASE_SECONDS, SLUG, StillClock, World, world
from tests.unit.director.driving import again, driven, outcome
from worker.director.loop import Driving, drive
from worker.domain.errors import FleetError, LeaseLost, Unavailable
from worker.domain.events import AgentReported, Outcome, RunEvent
from worker.domain.lease import Lease, RunId
from worker.domain.run import Run
from worker.domain.signals import InboxItem


class AwayStore(MemoryRunStore):
    """Is away for some appends of a report; the event may have come through all the same."""

    def __init__(self, clock: StillClock, times: int, *, arrives: bool = False) -> None:
        super().__init__(LEASE_SECONDS, clock.monotonic)
        self.times, self.arrives = times, arrives

    def append(self, lease: Lease, event: RunEvent, consumes: InboxItem | None = None) -> None:
        if not isinstance(event, AgentReported) or not self.times:
            super().append(lease, event, consumes)
            return
        self.times -= 1
        if self.arrives:
            super().append(lease, event, consumes)
        raise Unavailable("the database is away")


def with_store(store_times: int, *, arrives: bool = False) -> World:
    w = world()
    w.store = AwayStore(w.clock, store_times, arrives=arrives)
    return w


def test_a_short_absence_costs_no_round() -> None:
    w = with_store(5)
    assert outcome(driven(w)) is Outcome.ACCEPTED
    assert len(w.agent.tasks) == 1


def test_an_event_whose_answer_was_lost_is_not_recorded_twice() -> None:
    w = with_store(1, arrives=True)
    run = driven(w)
    assert (outcome(run), len(run.rounds)) == (Outcome.ACCEPTED, 1)
    assert sum(isinstance(e, AgentReported) for e in w.store.journal(RunId("r1"))) == 1


def test_a_long_absence_ends_the_attempt_and_the_round_is_repeated() -> None:
    w = with_store(1000)
    with pytest.raises(LeaseLost):
        driven(w)
    assert isinstance(w.store, AwayStore)
    w.store.times = 0
    assert outcome(again(w)) is Outcome.ACCEPTED
    assert len(w.agent.tasks) == 2


@dataclass(frozen=True, slots=True)
class Unkept(MemoryCheckout):
    """A checkout whose remote takes no journals and forgets nothing."""

    def keep_journal(self, text: str) -> None:
        raise Unavailable("the remote is away")

    def forget(self, *, journal: bool = False) -> None:
        raise Unavailable("the remote is away")


class Forgetful(MemoryRepositories):
    @contextmanager
    def open(self, repository: str, run_id: RunId) -> Iterator[MemoryCheckout]:
        yield Unkept(self, repository, run_id)


def test_a_journal_that_cannot_be_kept_is_told_and_changes_nothing() -> None:
    w = world()
    missed: list[FleetError] = []

    def note(_: Run, fault: FleetError) -> None:
        missed.append(fault)

    w.repositories = Forgetful(w.repositories.commits, w.repositories.branches)
    run = drive(w.open(), w.ports(), w.fleet, Driving(60, 60, 2, missed=note))
    assert outcome(run) is Outcome.ACCEPTED
    assert len(missed) == 4, "the report, the verdict, the pull request, the end"
    assert (SLUG, RunId("r1")) not in w.repositories.journals


def test_nobody_has_to_be_told_of_it() -> None:
    w = world()
    w.repositories = Forgetful(w.repositories.commits, w.repositories.branches)
    assert outcome(driven(w)) is Outcome.ACCEPTED


class GoneStore(AwayStore):
    """Cannot even be read for a while after the answer was lost."""

    reads = 3

    def journal(self, run_id: RunId) -> Sequence[RunEvent]:
        if self.times == 0 and self.reads and self.arrives:
            self.reads -= 1
            raise Unavailable("the database is away")
        return super().journal(run_id)


def test_a_database_that_cannot_be_read_either_is_asked_again() -> None:
    w = world()
    w.store = store = GoneStore(w.clock, 1, arrives=True)
    store.times, store.reads = 1, 0
    lease = w.open()
    store.reads = 1
    run = drive(lease, w.ports(), w.fleet, Driving(60, 60, 2))
    assert run.rounds
