"""Turn the inbox's signals into runs and into news for open runs, each exactly once."""

import hashlib
from typing import assert_never

from worker.domain.events import RunOpened
from worker.domain.fleet import Fleet
from worker.domain.lease import RunId
from worker.domain.signals import InboxItem, TicketReady, TicketWithdrawn
from worker.domain.ticket import TicketRef
from worker.ports import Clock, RunStore


def admit_all(store: RunStore, fleet: Fleet, clock: Clock) -> int:
    """Admit every waiting signal, oldest first; returns how many runs were opened.

    Harmless in any number of workers at once: the store lets one win.
    """
    opened = 0
    while items := store.inbox():
        opened += sum(_admit(item, store, fleet, clock) for item in items)
    return opened


def opening(ticket: TicketRef, fleet: Fleet, clock: Clock) -> RunOpened:
    """The first event of a new run for ``ticket``."""
    repository = fleet.repository_for(ticket)
    run_id = _run_id(ticket, clock.now())
    return RunOpened(run_id, ticket, repository.slug if repository else None)


def _admit(item: InboxItem, store: RunStore, fleet: Fleet, clock: Clock) -> bool:
    signal = item.signal
    match signal:
        case TicketReady(ticket):
            return store.open_run(item, opening(ticket, fleet, clock))
        case TicketWithdrawn(ticket_id):
            store.address(item, ticket_id)
            return False
        case _:
            assert_never(signal)


def _run_id(ticket: TicketRef, now: float) -> RunId:
    """Readable, sortable within a ticket, and safe in branch names, paths and labels."""
    digest = hashlib.sha256(f"{ticket.id}:{now!r}".encode()).hexdigest()[:8]
    key = "".join(c if c.isalnum() else "-" for c in ticket.identifier.lower())
    return RunId(f"{key}-{digest}")
