"""Turn the inbox's signals into runs and into news for open runs, each exactly once."""

from typing import assert_never

from worker.domain.branches import RERUNS, branch_of_rerun
from worker.domain.events import RunOpened
from worker.domain.fleet import Fleet
from worker.domain.lease import RunId
from worker.domain.repeated import Repeated
from worker.domain.run import Run, nth_run_id
from worker.domain.signals import (
    InboxItem,
    PullRequestEnded,
    TicketReady,
    TicketUnblocked,
    TicketWithdrawn,
)
from worker.domain.summary import RunSummary
from worker.domain.ticket import TicketId, TicketRef
from worker.ports import RunStore

ALL = 100_000
"""More open runs than any fleet has."""
NOBODY = TicketId("")


def admit_all(store: RunStore, fleet: Fleet) -> int:
    """Admit every waiting signal, oldest first; returns how many runs were opened.

    Harmless in any number of workers at once: the store lets one win.
    """
    opened = 0
    while items := store.inbox():
        opened += sum(_admit(item, store, fleet) for item in items)
    return opened


def opening(
    ticket: TicketRef, fleet: Fleet, earlier: int, repeats: Repeated | None = None
) -> RunOpened:
    """The first event of a ticket's run after ``earlier`` others."""
    repository = fleet.repository_for(ticket)
    slug = repository.slug if repository else None
    return RunOpened(nth_run_id(ticket, earlier), ticket, slug, repeats)


def open_run(
    ticket: TicketRef,
    store: RunStore,
    fleet: Fleet,
    item: InboxItem | None = None,
    repeats: Repeated | None = None,
) -> bool:
    """Open the ticket's next run, unless it has an open one; whether it was opened."""
    earlier = len(store.runs_of(ticket.id))
    return store.open_run(item, opening(ticket, fleet, earlier, repeats))


def is_rerun(store: RunStore, run_id: RunId | None) -> bool:
    """Whether a person had another run repeated by this one: no ticket's state speaks of it."""
    first, *_ = (store.journal(run_id) if run_id else ()) or (None,)
    return isinstance(first, RunOpened) and first.repeats is not None


def _admit(item: InboxItem, store: RunStore, fleet: Fleet) -> bool:
    signal = item.signal
    match signal:
        case TicketReady():
            return _ready(signal, item, store, fleet)
        case TicketWithdrawn(ticket_id, _, by_state):
            unmoved = by_state and is_rerun(store, store.open_run_of(ticket_id))
            store.address(item, NOBODY if unmoved else ticket_id)
        case TicketUnblocked(ticket_id):
            # A run that works is not stopped to be told what it does not wait for.
            parked = any(r.ticket_id == ticket_id for r in _open(store) if r.state == "parked")
            store.address(item, ticket_id if parked else NOBODY)
        case PullRequestEnded():
            store.address(item, _worked_on(signal, store))
        case _:
            assert_never(signal)
    return False


def _ready(signal: TicketReady, item: InboxItem, store: RunStore, fleet: Fleet) -> bool:
    """A webhook may come hours late: what the ticket's last run has seen opens no other."""
    runs = store.runs_of(signal.ticket.id)
    if runs and signal.at is not None:
        latest = Run.from_journal(store.journal(runs[-1]))
        if latest.has_seen(signal.at):
            store.address(item, NOBODY)
            return False
    return open_run(signal.ticket, store, fleet, item, signal.repeats)


def _open(store: RunStore) -> list[RunSummary]:
    return list(store.runs(ALL, only_open=True))


def _worked_on(signal: PullRequestEnded, store: RunStore) -> TicketId:
    """The ticket whose open run would bring that pull request up to date."""
    end = signal.end
    for row in _open(store):
        same = (row.repository or "").lower() == signal.repository.lower()
        if same and end.is_after(row.created_at) and works_on(row, end.branch, store):
            return row.ticket_id
    return NOBODY


def works_on(row: RunSummary, branch: str, store: RunStore) -> bool:
    """Whether it is the branch of an open run: a rerun works on its own, never on its ticket's."""
    if branch.startswith(RERUNS):
        return branch == branch_of_rerun(row.id)
    return of_ticket(branch, row.ticket) and not is_rerun(store, row.id)


def of_ticket(branch: str, identifier: str) -> bool:
    """Whether a branch is one that the ticket's runs work on (see ``Run.branch``)."""
    key = f"agent/{identifier}".lower()
    return branch.lower() == key or branch.lower().startswith(f"{key}-")
