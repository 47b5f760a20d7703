"""The heart keeps the lease, and stops the sandboxes where the stage must not go on."""

import threading
from collections.abc import Callable, Iterator

import pytest

from integrations.memory.run_store import MemoryRunStore
from tests.unit.builders import REF
from tests.unit.director.doubles import PlaySandbox, PlaySandboxes, StillClock
from worker.director.heart import Heart
from worker.domain.command import CommandResult
from worker.domain.errors import FleetError, LeaseLost, Unavailable
from worker.domain.events import RunOpened
from worker.domain.lease import ClaimLimits, Lease, Pulse, RunId
from worker.domain.signals import Delivery, TicketWithdrawn

TERM = 60.0
DEADLINE_SECONDS = 30.0
"""For a thread that never does what it should; nothing waits so long otherwise."""


class Store(MemoryRunStore):
    """A store on the still clock, whose heartbeats can fail."""

    def __init__(self, clock: StillClock) -> None:
        super().__init__(TERM, clock.monotonic)
        self.fault: FleetError | None = None
        self.beats = 0

    def heartbeat(self, lease: Lease) -> Pulse:
        self.beats += 1
        if self.fault:
            raise self.fault
        return super().heartbeat(lease)


class Body:
    """A heart with everything around it."""

    def __init__(self, interval_seconds: float = 3600.0) -> None:
        self.clock = StillClock()
        self.store = Store(self.clock)
        self.sandboxes = PlaySandboxes(_never_run)
        self.store.open_run(None, RunOpened(RunId("r1"), REF, "acme/app"))
        self.lease = self.claim()
        self.admitted: Callable[[], object] = lambda: None
        self.heart = Heart(
            self.lease,
            self.store,
            self.sandboxes,
            self.clock,
            interval_seconds=interval_seconds,
            lease_seconds=TERM,
            admit=self._admit,
        )

    def _admit(self) -> None:
        self.admitted()

    def claim(self) -> Lease:
        lease = self.store.claim_next("w", ClaimLimits())
        assert lease is not None
        return lease

    def withdraw(self) -> None:
        signal = TicketWithdrawn(REF.id, "label removed")
        self.store.receive(Delivery("linear", "d-1", "withdrawn", signal))
        (item,) = self.store.inbox()
        self.store.address(item, REF.id)

    def lose(self) -> None:
        """Let another worker take the run over."""
        self.store.postpone(self.lease, 0, "taken", failed=False)
        self.claim()

    @property
    def own_and_older(self) -> tuple[RunId, int]:
        return RunId("r1"), self.lease.token + 1


def _never_run(_: PlaySandbox) -> CommandResult:
    raise AssertionError("no command runs here")


@pytest.fixture
def body() -> Body:
    return Body()


@pytest.fixture
def no_heart_left() -> Iterator[None]:
    yield
    assert "heart" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.usefixtures("no_heart_left")
def test_it_beats_in_a_thread_of_its_own_until_the_block_ends() -> None:
    body, third = Body(interval_seconds=0.001), threading.Event()
    names = set()

    def admit() -> None:
        names.add(threading.current_thread().name)
        if body.store.beats == 2:
            third.set()

    body.admitted = admit
    with body.heart:
        assert third.wait(DEADLINE_SECONDS)
    beats = body.store.beats
    assert beats >= 2
    assert names == {"heart"}
    assert body.sandboxes.stopped == []


@pytest.mark.usefixtures("no_heart_left")
def test_the_block_ends_at_once_however_long_the_interval(body: Body) -> None:
    with body.heart:
        pass
    assert body.store.beats == 0


@pytest.mark.usefixtures("no_heart_left")
def test_a_thread_that_lost_the_lease_goes_on_stopping_what_its_stage_may_open() -> None:
    body, twice = Body(interval_seconds=0.001), threading.Event()

    class Sandboxes(PlaySandboxes):
        def stop(self, run_id: RunId, below_fence: int | None = None) -> int:
            if self.stopped:
                twice.set()
            return super().stop(run_id, below_fence)

    sandboxes = Sandboxes(_never_run)
    body.lose()
    heart = Heart(
        body.lease,
        body.store,
        sandboxes,
        body.clock,
        interval_seconds=0.001,
        lease_seconds=TERM,
    )
    with heart:
        assert twice.wait(DEADLINE_SECONDS)
    assert body.store.beats == 1
    assert set(sandboxes.stopped) == {body.own_and_older}


def test_news_is_admitted_before_the_beat_that_tells_of_it(body: Body) -> None:
    body.admitted = body.withdraw
    body.heart.beat()
    assert body.sandboxes.stopped == [body.own_and_older]
    body.heart.check()


def test_a_quiet_beat_keeps_the_lease_and_stops_nothing(body: Body) -> None:
    for _ in range(3):
        body.clock.sleep(TERM - 1)
        body.heart.beat()
    body.heart.check()
    assert body.sandboxes.stopped == []


def test_a_lost_lease_stops_own_and_older_sandboxes_and_is_never_held_again(body: Body) -> None:
    body.lose()
    body.heart.beat()
    assert body.sandboxes.stopped == [body.own_and_older]
    beats = body.store.beats
    with pytest.raises(LeaseLost, match="r1"):
        body.heart.check()
    assert body.store.beats == beats


def test_a_check_finds_a_lost_lease_before_the_next_beat_does(body: Body) -> None:
    body.lose()
    with pytest.raises(LeaseLost):
        body.heart.check()


def test_a_store_that_is_away_for_less_than_a_term_stops_nothing(body: Body) -> None:
    body.store.fault = Unavailable("the database is away")
    body.clock.sleep(TERM - 1)
    body.heart.beat()
    assert body.sandboxes.stopped == []
    with pytest.raises(Unavailable):
        body.heart.check()
    body.store.fault = None
    body.heart.check()


def test_a_store_that_is_away_for_longer_than_a_term_is_a_lost_lease(body: Body) -> None:
    body.store.fault = Unavailable("the database is away")
    body.clock.sleep(TERM + 1)
    body.heart.beat()
    assert body.sandboxes.stopped == [body.own_and_older]
    body.store.fault = None
    with pytest.raises(LeaseLost):
        body.heart.check()


def test_signals_that_cannot_be_admitted_are_a_store_that_is_away(body: Body) -> None:
    def away() -> None:
        raise Unavailable("the database is away")

    body.admitted = away
    body.clock.sleep(TERM + 1)
    body.heart.beat()
    assert body.sandboxes.stopped == [body.own_and_older]
    assert body.store.beats == 0


@pytest.mark.parametrize("renew", [Heart.beat, Heart.check], ids=["beat", "check"])
def test_the_term_counts_from_the_last_renewal(body: Body, renew: Callable[[Heart], None]) -> None:
    body.clock.sleep(TERM - 1)
    renew(body.heart)
    body.store.fault = Unavailable("the database is away")
    body.clock.sleep(TERM - 1)
    body.heart.beat()
    assert body.sandboxes.stopped == []
    body.clock.sleep(2)
    body.heart.beat()
    assert body.sandboxes.stopped == [body.own_and_older]


@pytest.mark.parametrize("reason", ["news", "lost"])
def test_what_could_not_be_stopped_is_stopped_at_the_next_beat(body: Body, reason: str) -> None:
    if reason == "news":
        body.withdraw()
    else:
        body.lose()
    body.sandboxes.stop_fault = Unavailable("the Docker daemon does not answer")
    body.heart.beat()
    body.sandboxes.stop_fault = None
    body.heart.beat()
    assert body.sandboxes.stopped == [body.own_and_older] * 2


def test_without_anything_to_admit_it_only_renews(body: Body) -> None:
    heart = Heart(
        body.lease,
        body.store,
        body.sandboxes,
        body.clock,
        interval_seconds=3600,
        lease_seconds=TERM,
    )
    heart.beat()
    assert body.store.beats == 1
