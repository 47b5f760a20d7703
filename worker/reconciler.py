"""The reconciler's process: look for what bells and webhooks missed, again and again."""

import signal
import threading
import time
from types import FrameType

import structlog

from worker import bootstrap
from worker.domain.errors import FleetError
from worker.health import touch_health
from worker.settings import Role, Settings

_log = structlog.get_logger("storyfleet.reconciler")


def run(settings: Settings) -> None:
    """Sweep until SIGTERM or SIGINT. Any number of copies does no harm: the database decides."""
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    tracker_due = 0.0
    while not stop.is_set():
        touch_health(settings, Role.RECONCILER)
        if time.monotonic() >= tracker_due:
            _sweep_tracker(settings)
            tracker_due = time.monotonic() + settings.tracker_seconds
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
        opened = bootstrap.reconcile_tracker(settings)
    except FleetError as fault:
        _log.warning("tracker_unreadable", reason=str(fault))
    else:
        _log.info("tracker_swept", opened=opened)
