"""Rings the bell on a thread of its own: a sick broker must not delay an answer."""

import queue
import threading

import structlog

from worker.domain.errors import Unavailable
from worker.ports import Bell
from worker.web.counters import Counters

_log = structlog.get_logger("storyfleet.receiver")

STOP_SECONDS = 3.0


class Ringer:
    """Rings soon, never now. Rings asked for while one is under way become one.

    A failing ring is logged and counted and no more: the reconciler finds the work.
    """

    def __init__(self, bell: Bell, counters: Counters) -> None:
        self._bell = bell
        self._counters = counters
        self._wanted: queue.Queue[bool] = queue.Queue(maxsize=1)
        # A daemon, so that a bell that hangs for ever cannot keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="ringer", daemon=True)
        self.state = "untried"
        """How the last ring went: ``untried``, ``up`` or ``down``."""

    def start(self) -> None:
        """Begin to serve rings."""
        self._thread.start()

    def ring_soon(self) -> None:
        """Ask for a ring; returns at once."""
        try:
            self._wanted.put_nowait(True)
        except queue.Full:
            return

    def stop(self) -> None:
        """Do what was asked for, then end; waits a few seconds at most."""
        try:
            self._wanted.put(False, timeout=STOP_SECONDS)
        except queue.Full:
            return
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while self._wanted.get():
            try:
                self._bell.ring()
            except Unavailable as fault:
                self._note("down")
                _log.warning("ring_failed", reason=str(fault))
            except Exception:  # noqa: BLE001 - a thread's edge: later rings must be heard
                self._note("down")
                _log.exception("ring_failed")
            else:
                self._note("up")

    def _note(self, state: str) -> None:
        self.state = state
        self._counters.rings.labels("rung" if state == "up" else "failed").inc()
