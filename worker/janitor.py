"""Removes what dead workers and ended runs have left: sandboxes, refs, directories, journals,
and what agents remember.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from worker.domain.events import Outcome
from worker.domain.fleet import Fleet
from worker.domain.lease import RunId
from worker.domain.summary import RunSummary
from worker.ports import Repositories, RunStore, Sandboxes, Sessions

NEWEST = 20_000
"""Runs that are looked at; what is left of an older one is left alone."""


@dataclass(frozen=True, slots=True)
class Grace:
    """How long what a closed run has left is kept, in seconds."""

    ended: float = 60.0
    failed: float = 7 * 86_400.0
    """A failed run's commits, for ``fleet retry``."""
    journal: float = 90 * 86_400.0
    """The journal on the remote, from which a lost database is rebuilt."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed."""

    sandboxes: int = 0
    runs: int = 0
    journals: int = 0
    sessions: int = 0


def tidy_sandboxes(store: RunStore, sandboxes: Sandboxes) -> Removed:
    """Stop every sandbox on this machine whose lease is over. Raises Unavailable.

    No grace is needed: a sandbox that is opened meanwhile has a higher fence than those looked at.
    """
    found = sandboxes.found()
    rows = {row.id: row for row in store.runs(NEWEST)}
    stopped = 0
    for run_id in {sandbox.run_id for sandbox in found}:
        newest = max(sandbox.fence for sandbox in found if sandbox.run_id == run_id)
        row = rows.get(run_id)
        running = row is not None and row.state == "running"
        limit = row.fence if row and running else max(newest, row.fence if row else 0) + 1
        outdated = any(s.run_id == run_id and s.fence < limit for s in found)
        stopped += sandboxes.stop(run_id, below_fence=limit) if outdated else 0
    return Removed(sandboxes=stopped)


def tidy_sessions(store: RunStore, sessions: Sessions) -> Removed:
    """Remove what agents remember of runs that are not open any more; a run that the store does not
    know is none. Raises Unavailable.
    """
    kept = sessions.kept()
    # In this order: a run that began meanwhile is not among those that were looked at.
    still = {row.id for row in store.runs(NEWEST, only_open=True)} if kept else set()
    for run_id in kept - still:
        sessions.forget(run_id)
    return Removed(sessions=len(kept - still))


def tidy_repositories(
    store: RunStore, repositories: Repositories, fleet: Fleet, grace: Grace, now: float
) -> Removed:
    """Remove what closed runs have left on the remotes and in this machine's directories.

    Runs that the store does not know are left alone: they may be another fleet's. ``now``: seconds
    since the epoch. Raises FleetError.
    """
    rows = {row.id: row for row in store.runs(NEWEST)}
    runs = journals = 0
    for repository in fleet.repositories:
        kept = repositories.kept(repository.slug)
        expired = {run for run in kept.journals if _over(rows, run, grace, now, journal=True)}
        ended = {run for run in kept.runs if _over(rows, run, grace, now)}
        for run in sorted(expired | ended):
            with repositories.open(repository.slug, run) as checkout:
                checkout.forget(journal=run in expired)
        runs, journals = runs + len(ended), journals + len(expired)
    return Removed(runs=runs, journals=journals)


def _over(
    rows: Mapping[RunId, RunSummary], run: RunId, grace: Grace, now: float, *, journal: bool = False
) -> bool:
    row = rows.get(run)
    if row is None or row.state != "closed":
        return False
    kept_for = grace.failed if row.outcome is Outcome.FAILED else grace.ended
    return now - row.updated_at > (grace.journal if journal else kept_for)
