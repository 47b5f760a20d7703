"""Driving a world's run to where it stops, and asking how it ended."""

from collections.abc import Callable

from integrations.memory.run_store import MemoryRunStore
from tests.unit.builders import CRITERIA, REF
from tests.unit.director.doubles import LEASE_SECONDS, SLUG, StillClock, World, world
from worker.director import loop
from worker.director.loop import Driving, drive
from worker.domain.budget import Spend
from worker.domain.events import Outcome
from worker.domain.lease import Lease
from worker.domain.question import JudgeAnswer
from worker.domain.run import Run
from worker.domain.signals import Delivery, Signal, TicketWithdrawn
from worker.domain.verdict import CriterionJudgement, Judgement, Status

QUICK = Driving(heartbeat_seconds=60, lease_seconds=60, max_attempts=2)
ALL_MET = Judgement(
    tuple(CriterionJudgement(c.number, Status.MET, "2 passed") for c in CRITERIA), ""
)
UNREADABLE = JudgeAnswer(None, Spend(5, 5), "not JSON")


class NotingStore(MemoryRunStore):
    """A store that notes what is given back to it."""

    def __init__(self, clock: StillClock) -> None:
        super().__init__(LEASE_SECONDS, clock.monotonic)
        self.given_back: list[tuple[float, str, bool]] = []

    def postpone(self, lease: Lease, delay_seconds: float, note: str, *, failed: bool) -> None:
        self.given_back.append((delay_seconds, note, failed))
        super().postpone(lease, delay_seconds, note, failed=failed)


def driven(w: World, redact: Callable[[str], str] = str) -> Run:
    return drive(w.open(), w.ports(redact), w.fleet, QUICK)


def outcome(run: Run) -> Outcome | None:
    return run.closed.outcome if run.closed else None


def reason(run: Run) -> str:
    assert run.closed is not None
    return run.closed.reason


def address(w: World, signal: Signal, delivery: str = "d-1") -> None:
    """Give a signal to the ticket's open run; the same delivery again is nothing new."""
    w.store.receive(Delivery("linear", delivery, "x", signal))
    for item in w.store.inbox():
        w.store.address(item, REF.id)


def withdraw(w: World) -> None:
    address(w, TicketWithdrawn(REF.id, "label removed"))


def noting() -> tuple[World, NotingStore]:
    w = world()
    w.store = store = NotingStore(w.clock)
    return w, store


def again(w: World, driving: Driving = QUICK) -> Run:
    """Drive the run once more, after whatever it waits for."""
    w.clock.sleep(2 * loop.LONGEST_DELAY_SECONDS)
    return drive(w.claim(), w.ports(), w.fleet, driving)


def outside(w: World) -> object:
    """Everything that a person can see, but for the progress, which a death may leave untold."""
    told = w.tracker.comments(REF.id)
    return (
        w.code_host.pulls(SLUG),
        {key: text for key, text in told.items() if not key.endswith(":progress")},
        w.tracker.attachments(REF.id),
        {b: w.repositories.branch_files(SLUG, b) for b in w.repositories.branches[SLUG]},
    )
