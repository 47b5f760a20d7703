"""Token bucket rate limiter."""


class TokenBucket:
    """A token bucket that is refilled continuously."""

    def __init__(self, capacity: int, per_second: float) -> None:
        self.capacity = capacity
        self.per_second = per_second
        self.tokens = float(capacity)
        self.updated: float | None = None

    def take(self, now: float) -> bool:
        """Try to take one token at the given time."""
        if self.updated is not None and now > self.updated:
            refill = (now - self.updated) * self.per_second
            self.tokens = max(self.capacity, self.tokens + refill)
        if self.updated is None or now > self.updated:
            self.updated = now
        if self.tokens >= 1:
            self.tokens -= 1
            return True
        return False
