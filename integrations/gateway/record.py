"""What one session's calls came to, and whether anything can still come of trying again."""

import time

from worker.domain.access import ENDS_SESSION, CallOutcome, ModelCall

MOST_REFUSALS = 1000
"""Calls that were not let through; further ones are not recorded."""

_PASSING = frozenset(
    {
        CallOutcome.RATE_LIMITED,
        CallOutcome.FAILED,
        CallOutcome.UNREACHABLE,
        CallOutcome.TIMED_OUT,
        CallOutcome.CUT,
    }
)
"""What an agent tries again, some of them for ever."""


class Record:
    """Written by the door's event loop, read by any thread."""

    def __init__(self, grace_seconds: float, failures_in_a_row: int) -> None:
        self._grace_seconds = grace_seconds
        self._failures_in_a_row = failures_in_a_row
        self._calls: list[ModelCall] = []
        self._refusals = 0
        self._failures = 0
        self._over_at: float | None = None
        self._ended: ModelCall | None = None

    @property
    def ended(self) -> ModelCall | None:
        """The call after which nothing can succeed."""
        return self._ended

    def add(self, call: ModelCall) -> None:
        """A call has ended."""
        forwarded = bool(call.spend.model_calls)
        self._refusals += not forwarded
        if forwarded or self._refusals <= MOST_REFUSALS:
            self._calls.append(call)
        if call.outcome in ENDS_SESSION:
            self._ended = self._ended or call
        elif call.outcome in _PASSING:
            self._failures += 1
        elif call.outcome is CallOutcome.ANSWERED:
            self._failures = 0
        self._set_end()

    def calls(self) -> tuple[ModelCall, ...]:
        """In the order in which they ended."""
        return tuple(self._calls)

    def over(self) -> bool:
        """See ``Door.over``."""
        at = self._over_at
        return at is not None and time.monotonic() >= at

    def _set_end(self) -> None:
        if self._ended is None and self._failures < self._failures_in_a_row:
            self._over_at = None
        elif self._over_at is None:
            self._over_at = time.monotonic() + self._grace_seconds
