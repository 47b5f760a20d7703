"""Asking Linear something on the way of a webhook, which must be answered within five seconds."""

import threading
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from worker.domain.errors import FleetError

LOOKUP_SECONDS: Final = 300.0

Answer = TypeVar("Answer")


class Lookup(Generic[Answer]):
    """Asks at most once in ``LOOKUP_SECONDS``, in one thread; a FleetError counts as not knowing.

    So an absent Linear delays one delivery in a while, not all of them.
    """

    def __init__(
        self, ask: Callable[[], Answer], unknown: Answer, clock: Callable[[], float]
    ) -> None:
        """``unknown`` is what is answered where there is no answer; ``clock`` gives seconds."""
        self._ask = ask
        self._unknown = unknown
        self._clock = clock
        self._answer = unknown
        self._asked_at: float | None = None
        self._asking = threading.Lock()

    def __call__(self) -> Answer:
        """The answer, or the last one while another thread asks."""
        if self._due() and self._asking.acquire(blocking=False):
            try:
                self._renew()
            finally:
                self._asking.release()
        return self._answer

    def _due(self) -> bool:
        return self._asked_at is None or self._clock() - self._asked_at > LOOKUP_SECONDS

    def _renew(self) -> None:
        try:
            self._answer = self._ask()
        except FleetError:
            self._answer = self._unknown
        self._asked_at = self._clock()
