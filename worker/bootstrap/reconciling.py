"""The reconciler's and the janitor's work, wired from settings."""

import time
from dataclasses import dataclass, replace
from functools import lru_cache

from integrations.gateway import remove_leftovers as remove_doors
from worker.bootstrap.fleet import (
    bell,
    code_host,
    repositories,
    sandboxes,
    sessions,
    store,
    tracker,
)
from worker.domain.errors import FleetError
from worker.intake.reconcile import Swept, sweep_code_host, sweep_store, sweep_tracker
from worker.janitor import Grace, Removed, tidy_repositories, tidy_sandboxes, tidy_sessions
from worker.ports import Bell, CodeHost, RunStore, Tracker
from worker.settings import Settings

DAY_SECONDS = 86_400.0


def ring_if_due(settings: Settings) -> int:
    """Ring the bell if the database knows of work; how much waits. Raises Unavailable."""
    parts = _reconciling(settings)
    return sweep_store(parts.store, parts.bell)


def reconcile_tracker(settings: Settings) -> Swept:
    """Compare the tracker with the open runs and repair. Raises FleetError."""
    parts = _reconciling(settings)
    return sweep_tracker(parts.store, parts.tracker, settings.fleet)


def reconcile_code_host(settings: Settings) -> int:
    """Tell open runs whose pull request has ended; how many. Raises FleetError.

    Nothing is looked at where no GitHub credential is set.
    """
    parts = _reconciling(settings)
    if parts.code_host is None:
        return 0
    return sweep_code_host(parts.store, parts.code_host, settings.fleet)


def purge_inbox(settings: Settings) -> int:
    """Forget deliveries that were dealt with long ago; how many. Raises Unavailable."""
    return _reconciling(settings).store.purge(settings.inbox_days * DAY_SECONDS)


def remove_leftovers(settings: Settings, *, everything: bool) -> Removed:
    """Remove this machine's outdated sandboxes and dead sockets; with ``everything``, also what
    closed runs left in git directories and on the remotes, and images that were built for
    sandboxes and are not used any more. Raises FleetError.
    """
    known, machine = store(settings), sandboxes(settings)
    forgotten = tidy_sessions(known, sessions(settings)).sessions
    removed = replace(tidy_sandboxes(known, machine), sessions=forgotten)
    remove_doors(settings.sockets)
    if not everything:
        return removed
    machine.prune(settings.image_days * DAY_SECONDS)
    grace = Grace(
        settings.grace_seconds,
        settings.failed_days * DAY_SECONDS,
        settings.journal_days * DAY_SECONDS,
    )
    fleet, now = settings.fleet, time.time()
    others = tidy_repositories(known, repositories(settings), fleet, grace, now)
    return replace(removed, runs=others.runs, journals=others.journals)


@dataclass(frozen=True, slots=True)
class _Reconciling:
    store: RunStore
    bell: Bell
    tracker: Tracker
    code_host: CodeHost | None


@lru_cache(maxsize=1)
def _reconciling(settings: Settings) -> _Reconciling:
    try:
        host = code_host(settings) if settings.has_github else None
    except FleetError:
        host = None
    return _Reconciling(store(settings), bell(settings), tracker(settings), host)
