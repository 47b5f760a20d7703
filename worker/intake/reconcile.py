"""Find what webhooks and bells missed: losing either costs latency, never a ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from worker.domain.errors import TicketUnavailable
from worker.domain.events import CancelRequested, Outcome, RunClosed, RunOpened
from worker.domain.fleet import Fleet
from worker.domain.signals import (
    Delivery,
    PullRequestEnded,
    Signal,
    TicketUnblocked,
    TicketWithdrawn,
)
from worker.domain.summary import RunSummary
from worker.domain.ticket import ReadyTicket, TicketId
from worker.intake.admission import ALL, is_rerun, open_run, works_on
from worker.ports import Bell, CodeHost, RunStore, Tracker


@dataclass(frozen=True, slots=True)
class Swept:
    """What a look at the tracker led to."""

    tickets: int
    """Labelled, open tickets that the tracker told of."""
    opened: int = 0
    withdrawn: int = 0
    unblocked: int = 0


def sweep_store(store: RunStore, bell: Bell) -> int:
    """Ring for work that waits: unadmitted signals, queued runs, expired leases; how much waits."""
    due = store.due()
    if due:
        bell.ring()
    return due


def sweep_tracker(store: RunStore, tracker: Tracker, fleet: Fleet) -> Swept:
    """Compare the tracker with the open runs and repair what differs.

    A labelled, open ticket that never had a run gets one, and so does one whose run was cancelled
    when it was not wanted. (One whose run ended otherwise keeps its label while its pull request is
    in review, so only a label put on anew, a webhook's edge, opens another.) An open run whose
    ticket is not wanted any more is cancelled; a blocked one that nothing blocks any more goes on.
    A rerun was asked for by a person, whatever its ticket's state: it is left alone.
    Raises FleetError where the tracker cannot be read, which is not the same as one without work.
    """
    # The runs first: a run opened while the tracker answers is then not taken for unwanted.
    rows = [row for row in store.runs(ALL, only_open=True) if row.ticket_id]
    wanted = {ready.ref.id: ready for ready in tracker.ready_tickets(fleet.trigger_label)}
    known = {row.ticket_id for row in rows}
    missed = [r.ref for i, r in wanted.items() if i not in known and _ready_again(store, i)]
    opened = sum(open_run(ticket, store, fleet) for ticket in missed)
    unblocked = sum(_tell(store, row, s) for row, s in _unblocked(rows, wanted))
    others = [row for row in rows if row.ticket_id not in wanted]
    unwanted = [row for row in others if not is_rerun(store, row.id)]
    withdrawn = sum(_withdraw(store, tracker, fleet, row) for row in unwanted)
    return Swept(len(wanted), opened, withdrawn, unblocked)


def sweep_code_host(store: RunStore, code_host: CodeHost, fleet: Fleet) -> int:
    """Tell open runs whose pull request a person merged or closed; one call per repository that
    has open runs. How many were told. Raises FleetError.
    """
    rows = store.runs(ALL, only_open=True)
    told = 0
    for repository in fleet.repositories:
        slug = repository.slug
        own = [row for row in rows if (row.repository or "").lower() == slug.lower()]
        if not own:
            continue
        for end in code_host.ended_pull_requests(slug):
            told += sum(
                _tell(
                    store, row, PullRequestEnded(slug, end), f"{slug}#{end.number}@{end.ended_at}"
                )
                for row in own
                if end.is_after(row.created_at) and works_on(row, end.branch, store)
            )
    return told


def _ready_again(store: RunStore, ticket_id: TicketId) -> bool:
    """Whether a wanted ticket without an open run has never had one, or lost it for not being
    wanted.
    """
    for run_id in reversed(store.runs_of(ticket_id)):
        opened, *events = store.journal(run_id)
        if isinstance(opened, RunOpened) and opened.repeats is not None:
            continue
        last = events[-1] if events else opened
        cancelled = isinstance(last, RunClosed) and last.outcome is Outcome.CANCELLED
        return cancelled and any(isinstance(e, CancelRequested) and e.by_state for e in events)
    return True


def _unblocked(
    rows: Sequence[RunSummary], wanted: Mapping[TicketId, ReadyTicket]
) -> Sequence[tuple[RunSummary, Signal]]:
    return [
        (row, TicketUnblocked(row.ticket_id))
        for row in rows
        if row.state == "parked"
        and row.ticket_id in wanted
        and not wanted[row.ticket_id].blocked_by
    ]


def _withdraw(store: RunStore, tracker: Tracker, fleet: Fleet, row: RunSummary) -> bool:
    """Ask again for this one ticket: a list may be older than its label."""
    try:
        ticket = tracker.ticket(row.ticket_id)
    except TicketUnavailable:
        reason = "the ticket is gone"
    else:
        if not ticket.closed and ticket.has_label(fleet.trigger_label):
            return False
        label = f"the label `{fleet.trigger_label}` was removed"
        reason = f"the ticket is {ticket.state_type}" if ticket.closed else label
    return _tell(store, row, TicketWithdrawn(row.ticket_id, reason, by_state=True))


def _tell(store: RunStore, row: RunSummary, signal: Signal, news: str = "") -> bool:
    """Deliver once, however often it is found: a run hears the same news once per claim."""
    kind = type(signal).__name__
    delivery = f"{row.id}:{row.fence}:{kind}:{news}"
    return store.receive(Delivery("reconciler", delivery, "found", signal))
