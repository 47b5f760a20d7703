"""Keeps a lease alive while a stage works, and stops the stage when it must not go on."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from worker.domain.errors import LeaseLost, Unavailable
from worker.domain.lease import Lease
from worker.ports import Clock, RunStore, Sandboxes


def _nothing() -> None:
    """Somebody else admits signals."""


class Heart:
    """Beats in a thread of its own for as long as the ``with`` block lasts.

    When the lease is lost (another worker took the run, or the store could not be reached for a
    whole lease), or when news arrives for the run, the run's sandboxes are stopped, so that the
    stage returns at once.
    """

    def __init__(
        self,
        lease: Lease,
        store: RunStore,
        sandboxes: Sandboxes,
        clock: Clock,
        *,
        interval_seconds: float,
        lease_seconds: float,
        admit: Callable[[], object] = _nothing,
    ) -> None:
        """``admit`` is called before each beat, so that news is seen while every worker is busy."""
        self._admit = admit
        self._lease, self._store, self._sandboxes, self._clock = lease, store, sandboxes, clock
        self._interval, self._term = interval_seconds, lease_seconds
        self._stopping = threading.Event()
        self._lost = False
        self._renewed = clock.monotonic()
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._thread.join()

    def check(self) -> None:
        """Prove that the lease is held, now. Raises LeaseLost, Unavailable."""
        if self._lost:
            raise LeaseLost(f"the lease on run {self._lease.run_id} is lost")
        self._store.heartbeat(self._lease)
        self._renewed = self._clock.monotonic()

    def _run(self) -> None:
        while not self._stopping.wait(self._interval):
            self.beat()

    def beat(self) -> None:
        """One beat: renew, and act on what comes back. A lost lease stays lost."""
        if self._lost:
            # The stage may have opened another sandbox, or the last stop may have failed.
            self._stop_sandboxes()
            return
        try:
            self._admit()
            pulse = self._store.heartbeat(self._lease)
        except LeaseLost:
            self._lose()
        except Unavailable:
            if self._clock.monotonic() - self._renewed > self._term:
                self._lose()
        else:
            self._renewed = self._clock.monotonic()
            if pulse.signals_waiting:
                self._stop_sandboxes()

    def _lose(self) -> None:
        self._lost = True
        self._stop_sandboxes()

    def _stop_sandboxes(self) -> None:
        """Only our own and older ones: a newer owner's sandbox is none of our business."""
        try:
            self._sandboxes.stop(self._lease.run_id, below_fence=self._lease.token + 1)
        except Unavailable:
            # The next beat tries again; the new owner removes lower fences in any case.
            return
