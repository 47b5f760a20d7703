"""What a worker does when the bell rings, and what its main process does when its child dies."""

import os
import secrets
import socket
from collections.abc import Callable
from functools import lru_cache, partial

import structlog

from worker.bootstrap.fleet import bell, ports, store
from worker.director.loop import Driving, drive
from worker.domain.errors import FleetError, LeaseLost, Unavailable
from worker.domain.lease import ClaimLimits, Lease
from worker.domain.run import Run
from worker.intake.admission import ALL, admit_all
from worker.ports import Ports
from worker.settings import Settings

_log = structlog.get_logger("storyfleet.worker")

_INSTANCE = secrets.token_hex(4)
"""The same in a worker's main process and in the children that it forks; in no other."""


def work_until_idle(settings: Settings, draining: Callable[[], bool]) -> int:
    """Admit what waits, then claim and drive runs until none is due; how many were driven.

    While ``draining``, none is claimed, and the one that is driven is given back after its stage.
    Where the database is away, its runs wait for it, and the reconciler rings again.
    """
    wired = _wired(settings, os.getpid())
    driven = 0
    limits = ClaimLimits(settings.max_running, settings.max_running_per_repository)
    driving = Driving(
        settings.heartbeat_seconds, settings.lease_seconds, settings.max_attempts, draining, _missed
    )
    admit = partial(admit_all, wired.store, settings.fleet)
    try:
        admit()
        while not draining() and (lease := wired.store.claim_next(_holder(os.getpid()), limits)):
            driven += 1
            _drive(lease, wired, settings, driving, admit)
            admit()
    except Unavailable as fault:
        _log.warning("database_unavailable", reason=str(fault))
    if driven and draining():
        _ring(settings)
    return driven


def _drive(
    lease: Lease, wired: Ports, settings: Settings, driving: Driving, admit: Callable[[], object]
) -> None:
    with structlog.contextvars.bound_contextvars(run_id=lease.run_id, fence=lease.token):
        try:
            drive(lease, wired, settings.fleet, driving, admit)
        except LeaseLost as fault:
            _log.warning("lease_lost", reason=str(fault))


def release_dead(settings: Settings) -> int:
    """In a worker's main process: end the leases of children that died; how many.

    Raises Unavailable.
    """
    known = store(settings)
    holders = {row.holder for row in known.runs(ALL, only_open=True) if row.holder}
    ours = [holder for holder in holders if holder.startswith(_holder(""))]
    return sum(known.release(holder) for holder in ours if not _alive(holder))


def _holder(pid: int | str) -> str:
    return f"{socket.gethostname()}:{_INSTANCE}:{pid}"


def _alive(holder: str) -> bool:
    try:
        os.kill(int(holder.rpartition(":")[2]), 0)
    except ProcessLookupError:
        return False
    return True


def _ring(settings: Settings) -> None:
    """Another worker may go on at once; if it hears nothing, the reconciler rings."""
    try:
        bell(settings).ring()
    except Unavailable as fault:
        _log.warning("ring_failed", reason=str(fault))


@lru_cache(maxsize=1)
def _wired(settings: Settings, pid: int) -> Ports:
    """One set of connections for each process: a forked child makes its own."""
    del pid
    return ports(settings)


def _missed(run: Run, fault: FleetError) -> None:
    _log.warning("left_undone", run_id=run.id, reason=str(fault))
