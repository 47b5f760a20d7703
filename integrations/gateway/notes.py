"""Writes down what each call has cost as soon as it has ended, so that a killed worker loses no
account of what it spent.

In a thread of its own: no call, and no byte of an answer, waits for the database.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from queue import SimpleQueue

from worker.domain.access import CallSpend
from worker.domain.budget import Spend
from worker.domain.errors import Unavailable

Note = Callable[[CallSpend], None]
"""Durable when it returns; the same call again changes nothing. Raises Unavailable."""

PAUSE_SECONDS = 1.0
CLOSING_SECONDS = 5.0
"""For what is left when the door is shut. The session's report, if there is one, says it too."""

_log = logging.getLogger(__name__)


class Notes:
    """One door's. Added to by the door's event loop alone."""

    def __init__(self, door: int, note: Note) -> None:
        self._door, self._note = door, note
        self._number = 0
        self._last = time.monotonic()
        self._waiting: SimpleQueue[CallSpend | None] = SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._write, name="gateway-notes", daemon=True)

    def add(self, spend: Spend) -> None:
        """A call has ended and cost that; one that cost nothing is not written down."""
        if not spend.tokens and not spend.micro_usd:
            return
        now = time.monotonic()
        self._number += 1
        timed = replace(spend, seconds=now - self._last)
        self._last = now
        self._waiting.put(CallSpend(self._door, self._number, timed))

    @contextmanager
    def written(self) -> Iterator[None]:
        """Write for the time of the block; at its end, wait for what is left, but not for ever."""
        self._thread.start()
        try:
            yield
        finally:
            self._closing.set()
            self._waiting.put(None)
            self._thread.join(CLOSING_SECONDS)

    def _write(self) -> None:
        while (call := self._waiting.get()) is not None:
            if not self._wrote(call):
                _log.warning("spend_not_noted door=%s call=%s", call.door, call.number)

    def _wrote(self, call: CallSpend) -> bool:
        """Tried until it is written, or the door is shut."""
        while True:
            last = self._closing.is_set()
            try:
                self._note(call)
            except Unavailable:
                if last:
                    return False
                self._closing.wait(PAUSE_SECONDS)
            else:
                return True
