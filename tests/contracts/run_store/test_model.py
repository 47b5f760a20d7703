"""Any sequence of calls by any number of workers, against a model: one token at a time, no gap in a
journal, one open run per ticket, no signal lost.
"""

import shutil
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from integrations.sql import open_store
from tests.contracts.run_store import worlds
from tests.contracts.run_store.model import Model
from tests.contracts.run_store.values import CLOSED, NO_LIMITS, REOPENED, ready, ref, withdrawn
from tests.contracts.run_store.worlds import LEASE_SECONDS, World, execute
from worker.domain.errors import LeaseLost
from worker.domain.events import RunBlocked, RunEvent, RunOpened, WorkStarted
from worker.domain.lease import Lease, RunId
from worker.domain.signals import InboxItem, TicketReady

KEYS, HOLDERS = ("a", "b"), ("host:1", "host:2")
JUMPS = (LEASE_SECONDS * 0.45, LEASE_SECONDS * 1.05)
"""No sum of these and no delay is a lease's exact end, where a millisecond would decide."""
DELAY = LEASE_SECONDS * 0.3
GAPS = "select run_id from events group by run_id having count(*) <> max(seq) or min(seq) <> 1"


class Workers(RuleBasedStateMachine):
    """Some workers, a receiver, a reconciler and a person at one store."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.store = world, world.store
        self.model = Model(LEASE_SECONDS)
        self.leases: list[Lease] = []

    @initialize()
    def begin(self) -> None:
        """Two open runs, so that no example is spent on an empty store."""
        for key in KEYS:
            self.hear(key, news=False)
            self.admit(outdated=False)

    @rule(key=st.sampled_from(KEYS))
    def tell(self, key: str) -> None:
        self.hear(key, news=True)
        item = self.model.waiting[-1]
        ticket = ref(key).id
        assert self.store.address(item, ticket) == self.model.address(item, ticket)

    @rule(key=st.sampled_from(KEYS), news=st.booleans())
    def hear(self, key: str, news: bool) -> None:
        assert self.store.receive(withdrawn(key) if news else ready(key))
        self.model.received(self.store.inbox()[-1])

    @precondition(lambda self: self.model.waiting)
    @rule(outdated=st.booleans())
    def admit(self, outdated: bool) -> None:
        item = self.store.inbox()[0]
        if not isinstance(item.signal, TicketReady):
            ticket = item.signal.ticket_id  # type: ignore[union-attr]  # nobody sends others here
            assert self.store.address(item, ticket) == self.model.address(item, ticket)
            return
        key = item.signal.ticket.identifier.removeprefix("ENG-")
        earlier = 0 if outdated else len(self.store.runs_of(ref(key).id))
        run_id = RunId(f"run-{key}-{earlier}")
        event = RunOpened(run_id, ref(key), "acme/app")
        assert self.store.open_run(item, event) == self.model.admit(item, key, run_id)

    @rule(holder=st.sampled_from(HOLDERS))
    def claim(self, holder: str) -> None:
        due = {run.id for run in self.model.due()}
        lease = self.store.claim_next(holder, NO_LIMITS)
        if lease is None:
            assert not due
            return
        assert lease.run_id in due
        assert all(lease.token > earlier.token for earlier in self.leases)
        self.model.claimed(lease)
        run = self.model.runs[lease.run_id]
        assert lease.attempt == run.attempts
        assert list(self.store.signals(lease)) == run.signals
        self.leases.append(lease)

    @precondition(lambda self: self.leases)
    @rule(back=st.integers(0, 5))
    def beat(self, back: int) -> None:
        lease = self._lease(back)
        if self._may(lease, lambda: self.store.heartbeat(lease)):
            run = self.model.runs[lease.run_id]
            run.lease_until = self.model.now + LEASE_SECONDS
            assert self.store.heartbeat(lease).signals_waiting == bool(run.signals)

    @precondition(lambda self: self.leases)
    @rule(back=st.integers(0, 5), event=st.sampled_from([WorkStarted(), RunBlocked(("X-1",))]))
    def append(self, back: int, event: RunEvent) -> None:
        lease = self._lease(back)
        if self._may(lease, lambda: self.store.append(lease, event)):
            self.model.appended(lease, event)

    @precondition(lambda self: self.leases)
    @rule(back=st.integers(0, 5))
    def consume(self, back: int) -> None:
        lease = self._lease(back)
        signals = self.model.runs[lease.run_id].signals
        if signals:
            item = signals[0]
            if self._may(lease, lambda: self.store.append(lease, WorkStarted(), consumes=item)):
                self.model.appended(lease, WorkStarted(), item)

    @precondition(lambda self: self.leases)
    @rule(back=st.integers(0, 5))
    def close(self, back: int) -> None:
        lease = self._lease(back)
        if self._may(lease, lambda: self.store.append(lease, CLOSED)):
            self.model.appended(lease, CLOSED)

    @precondition(lambda self: self.leases)
    @rule(back=st.integers(0, 5), delay=st.sampled_from([0.0, DELAY]), failed=st.booleans())
    def postpone(self, back: int, delay: float, failed: bool) -> None:
        lease = self._lease(back)
        if self._may(lease, lambda: self.store.postpone(lease, delay, "later", failed=failed)):
            self.model.postponed(lease, delay, failed=failed)

    @precondition(lambda self: self.leases)
    @rule(back=st.integers(0, 5))
    def park(self, back: int) -> None:
        lease = self._lease(back)
        if self._may(lease, lambda: self.store.park(lease, "waits")):
            self.model.parked(lease)

    @precondition(lambda self: self.leases)
    @rule()
    def everybody_appends(self) -> None:
        for lease in self.leases:
            if self._may(lease, partial(self.store.append, lease, WorkStarted())):
                self.model.appended(lease, WorkStarted())

    @rule(holder=st.sampled_from(HOLDERS))
    def release(self, holder: str) -> None:
        assert self.store.release(holder) == self.model.release(holder)

    @precondition(lambda self: self.model.runs)
    @rule(which=st.integers(0, 5))
    def reopen(self, which: int) -> None:
        run_id = list(self.model.runs)[which % len(self.model.runs)]
        assert self.store.reopen(run_id, REOPENED) == self.model.reopen(run_id, REOPENED)

    @rule()
    def purge(self) -> None:
        self.store.purge(LEASE_SECONDS / 2)

    @rule(seconds=st.sampled_from(JUMPS))
    def time_passes(self, seconds: float) -> None:
        self.world.later(seconds)
        self.model.now += seconds

    @invariant()
    def the_store_is_as_expected(self) -> None:
        rows = self.store.runs(1000)
        states = {row.id: (row.state, row.attempt) for row in rows}
        assert states == {r.id: (r.state, r.attempts) for r in self.model.runs.values()}
        open_tickets = [row.ticket_id for row in rows if row.state != "closed"]
        assert len(open_tickets) == len(set(open_tickets))
        assert list(self.store.inbox(1000)) == self.model.waiting
        assert self.store.due() == len(self.model.waiting) + len(self.model.due())

    def teardown(self) -> None:
        """Drive every run that can be driven, and look where each signal has gone."""
        self.world.later(10 * LEASE_SECONDS)
        self.model.now += 10 * LEASE_SECONDS
        found: list[InboxItem] = []
        while lease := self.store.claim_next("last", NO_LIMITS):
            found += self.store.signals(lease)
        addressed = {number for number, fate in self.model.fates.items() if fate == "addressed"}
        assert {item.id for item in found} == addressed
        for run in self.model.runs.values():
            assert list(self.store.journal(run.id)) == run.journal

    def _lease(self, back: int) -> Lease:
        return self.leases[-1 - back % len(self.leases)]

    def _may(self, lease: Lease, call: Callable[[], object]) -> bool:
        """Make the call, which works exactly where the model says that the lease is held."""
        held = self.model.holds(lease)
        if held:
            call()
        else:
            with pytest.raises(LeaseLost):
                call()
        return held


shrinking = pytest.mark.timeout(900)
"""Only a failure takes long: Hypothesis looks for the shortest way to it."""


@shrinking
def test_memory_does_what_the_model_does() -> None:
    class MemoryWorkers(Workers):
        def __init__(self) -> None:
            super().__init__(worlds.memory())

    run_state_machine_as_test(MemoryWorkers, settings=_settings(100, 40))


@shrinking
def test_sqlite_does_what_the_model_does(tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    open_store(f"sqlite:///{empty}").close()
    files = (tmp_path / f"{number}.db" for number in count())

    class SqliteWorkers(Workers):
        def __init__(self) -> None:
            self.url = f"sqlite:///{shutil.copy(empty, next(files))}"
            super().__init__(worlds.sql(self.url, migrated=True))

        def teardown(self) -> None:
            super().teardown()
            assert not execute(self.url, GAPS)
            self.world.close()

    run_state_machine_as_test(SqliteWorkers, settings=_settings(40, 25))


def _settings(examples: int, steps: int) -> settings:
    return settings(max_examples=examples, stateful_step_count=steps, deadline=None, database=None)
