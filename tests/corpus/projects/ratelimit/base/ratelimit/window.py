"""A fixed window: so many calls in so many seconds. The time is told, never read."""


class FixedWindow:
    def __init__(self, limit: int, seconds: float) -> None:
        if limit < 1 or seconds <= 0:
            raise ValueError("limit and seconds must be positive")
        self.limit = limit
        self.seconds = seconds
        self._started = float("-inf")
        self._used = 0

    def allow(self, now: float) -> bool:
        """Whether a call at ``now`` (seconds) may go through; it counts if so."""
        if now - self._started >= self.seconds:
            self._started = now
            self._used = 0
        if self._used >= self.limit:
            return False
        self._used += 1
        return True
