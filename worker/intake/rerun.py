"""Repeats a ticket because a person says so: a run of its own, beside the one that it repeats."""

from dataclasses import replace

from worker.domain.errors import RerunRefused
from worker.domain.events import Outcome
from worker.domain.fleet import Fleet
from worker.domain.lease import RunId
from worker.domain.repeated import Repeated
from worker.domain.run import Run
from worker.intake.admission import opening
from worker.ports import RunStore


def open_rerun(run: Run, store: RunStore, fleet: Fleet) -> RunId:
    """Queue a run that repeats ``run``, for any worker to take.

    It is the ticket's next run and its only open one. Raises RerunRefused where the run, or
    another of its ticket, is open; Unavailable.
    """
    if run.closed is None:
        raise RerunRefused(
            f"The run {run.id} is still open: wait for its end, or stop it with "
            f"`fleet cancel {run.id}`."
        )
    accepted = run.closed.outcome is Outcome.ACCEPTED
    url = run.pull_request.url if run.pull_request else None
    repeats = Repeated(run.id, accepted, url)
    opened = opening(run.ref, fleet, len(store.runs_of(run.ref.id)), repeats)
    if run.repository and fleet.repository(run.repository):
        opened = replace(opened, repository=run.repository)
    if not store.open_run(None, opened):
        other = store.open_run_of(run.ref.id)
        raise RerunRefused(
            f"The ticket {run.ref.identifier} has an open run ({other or 'just ended'}), and a "
            "ticket has one at a time: wait for its end, or stop it with `fleet cancel`."
        )
    return opened.run_id


def counterpart(run: Run, store: RunStore) -> Run | None:
    """What a run is compared with: its newest rerun, or else the run that it repeats."""
    others = (store.journal(other) for other in reversed(store.runs_of(run.ref.id)))
    known = [Run.from_journal(journal) for journal in others if journal]
    for other in known:
        if other.repeats is not None and other.repeats.run == run.id:
            return other
    repeated = run.repeats.run if run.repeats else None
    return next((other for other in known if other.id == repeated), None)
