"""Find what webhooks and bells missed: losing either costs latency, never a ticket."""

from worker.domain.fleet import Fleet
from worker.intake.admission import opening
from worker.ports import Bell, Clock, RunStore, Tracker


def sweep_store(store: RunStore, bell: Bell) -> bool:
    """Ring if work waits: unadmitted signals, queued runs, expired leases; whether it rang."""
    if store.due() == 0:
        return False
    bell.ring()
    return True


def sweep_tracker(store: RunStore, tracker: Tracker, fleet: Fleet, clock: Clock) -> int:
    """Open a run for each labelled, open ticket that never had one; returns how many.

    A ticket whose run has ended keeps its label while its pull request is in review, so only a
    label put on anew (a webhook's edge) opens another run for it.
    """
    missed = [t for t in tracker.ready_tickets(fleet.trigger_label) if not store.seen(t.id)]
    return sum(store.open_run(None, opening(ticket, fleet, clock)) for ticket in missed)
