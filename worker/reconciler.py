"""The reconciler's process: look for what bells and webhooks missed, again and again."""

import signal
import threading
import time
from dataclasses import asdict
from types import FrameType

import structlog

from worker import bootstrap
from worker.domain.errors import FleetError
from worker.health import touch_health
from worker.settings import Role, Settings

_log = structlog.get_logger("storyfleet.reconciler")

PURGE_SECONDS = 3600.0


def run(settings: Settings) -> None:
    """Sweep until SIGTERM or SIGINT. Any number of copies does no harm: the database decides."""
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    others_due = purge_due = 0.0
    while not stop.is_set():
        touch_health(settings, Role.RECONCILER)
        if time.monotonic() >= others_due:
            _sweep_tracker(settings)
            _sweep_code_host(settings)
            others_due = time.monotonic() + settings.tracker_seconds
        if time.monotonic() >= purge_due:
            _purge(settings)
            purge_due = time.monotonic() + PURGE_SECONDS
        _sweep_store(settings)
        stop.wait(settings.reconcile_seconds)


def _sweep_store(settings: Settings) -> None:
    try:
        bootstrap.ring_if_due(settings)
    except FleetError as fault:
        _log.warning("store_sweep_failed", reason=str(fault))


def _sweep_tracker(settings: Settings) -> None:
    """A tracker that cannot be read is not the same as one without work: it is said."""
    try:
        swept = bootstrap.reconcile_tracker(settings)
    except FleetError as fault:
        _log.warning("tracker_unreadable", reason=str(fault))
    else:
        _log.info("tracker_swept", **asdict(swept))


def _sweep_code_host(settings: Settings) -> None:
    try:
        told = bootstrap.reconcile_code_host(settings)
    except FleetError as fault:
        _log.warning("code_host_unreadable", reason=str(fault))
    else:
        _log.info("code_host_swept", told=told)


def _purge(settings: Settings) -> None:
    try:
        purged = bootstrap.purge_inbox(settings)
    except FleetError as fault:
        _log.warning("inbox_not_purged", reason=str(fault))
    else:
        _log.info("inbox_purged", deliveries=purged)
