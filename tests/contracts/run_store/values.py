"""Small, valid values for the store's tests, and an event of every kind."""

from itertools import count

from tests.unit import builders
from worker.domain.budget import Spend
from worker.domain.command import Breach
from worker.domain.events import (
    AgentReported,
    CancelRequested,
    ExecutionFinished,
    Outcome,
    PullRequestPublished,
    RoundJudged,
    RunBlocked,
    RunClosed,
    RunEvent,
    RunFailed,
    RunOpened,
    RunReopened,
    RunUnblocked,
    SessionLost,
    StoryExamined,
    WorkStarted,
)
from worker.domain.lease import ClaimLimits, Lease, RunId
from worker.domain.pull_request import PullRequest
from worker.domain.signals import Delivery, InboxItem, TicketReady, TicketWithdrawn
from worker.domain.ticket import TicketId, TicketRef
from worker.ports import RunStore

NO_LIMITS = ClaimLimits()
CLOSED = RunClosed(Outcome.ACCEPTED, "every gate is green")
REOPENED = RunReopened()
EVENTS: tuple[RunEvent, ...] = (
    RunBlocked(("ENG-7", "ENG-8")),
    RunUnblocked(),
    StoryExamined(builders.ticket(title="Ünïcode 🚀, a NUL \0 and ' \" \\"), builders.plan()),
    WorkStarted(),
    SessionLost(2**62 - 1, 3, Spend(70, 7, 900, 77, 1.5, 3)),
    AgentReported(builders.report()),
    ExecutionFinished(builders.evidence(exit_code=137, breach=Breach.OUT_OF_MEMORY)),
    RoundJudged(builders.verdict()),
    PullRequestPublished(PullRequest(7, "https://github.test/acme/app/pull/7"), "agent/ENG-1", "c"),
    CancelRequested("the label was removed"),
    RunFailed("the key is wrong"),
)
"""All but those that the store writes specially: opening, closing and reopening a run."""

_numbers = count(1)


def ref(key: str, priority: int = 0) -> TicketRef:
    return TicketRef(TicketId(f"ticket-{key}"), f"ENG-{key}", "ENG", "Checkout", priority)


def opened(key: str, repository: str | None = "acme/app", priority: int = 0) -> RunOpened:
    return RunOpened(RunId(f"run-{key}"), ref(key, priority), repository)


def ready(key: str, delivery: str = "") -> Delivery:
    signal = TicketReady(ref(key))
    return Delivery("linear", delivery or f"d{next(_numbers)}", "ready", signal)


def withdrawn(key: str) -> Delivery:
    signal = TicketWithdrawn(ref(key).id, "the label was removed")
    return Delivery("linear", f"d{next(_numbers)}", "withdrawn", signal)


def received(store: RunStore, delivery: Delivery) -> InboxItem:
    """Receive one delivery and return its item, the newest of the inbox."""
    assert store.receive(delivery)
    return store.inbox()[-1]


def claimed(store: RunStore, holder: str = "worker-1", limits: ClaimLimits = NO_LIMITS) -> Lease:
    lease = store.claim_next(holder, limits)
    assert lease is not None
    return lease


def open_and_claim(store: RunStore, key: str = "1") -> Lease:
    assert store.open_run(None, opened(key))
    return claimed(store)


def claim_order(store: RunStore, *, close: bool = True) -> list[str]:
    """Claim until nothing is due; which runs came, in order."""
    order = []
    while lease := store.claim_next("worker", NO_LIMITS):
        order.append(lease.run_id.removeprefix("run-"))
        if close:
            store.append(lease, CLOSED)
    return order
