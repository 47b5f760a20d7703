"""Token bucket rate limiter."""


class TokenBucket:
    """A token bucket that is refilled continuously."""

    def __init__(self, capacity: int, per_second: float) -> None:
        self.capacity = capacity
        self.per_second = per_second
        self._tokens = float(capacity)
        self._last = 0.0

    def take(self, now: float) -> bool:
        """Try to take one token at the given time."""
        elapsed = max(0.0, now - self._last)
        self._tokens = min(self.capacity, self._tokens + elapsed * self.per_second)
        self._last = max(self._last, now)
        if self._tokens > 1:
            self._tokens -= 1
            return True
        return False
