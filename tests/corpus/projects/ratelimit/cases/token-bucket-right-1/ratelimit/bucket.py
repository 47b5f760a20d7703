"""A token bucket. The time is told, never read."""


class TokenBucket:
    """Holds up to ``capacity`` tokens, and gets ``per_second`` of them."""

    def __init__(self, capacity: int, per_second: float) -> None:
        self.capacity = capacity
        self.per_second = per_second
        self._tokens = float(capacity)
        self._seen: float | None = None

    def take(self, now: float) -> bool:
        """Take a token at ``now`` (seconds), if there is one."""
        self._fill(now)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _fill(self, now: float) -> None:
        if self._seen is None:
            self._seen = now
        passed = max(now - self._seen, 0)
        self._tokens = min(self._tokens + passed * self.per_second, self.capacity)
        self._seen = max(self._seen, now)

    def __repr__(self) -> str:
        return f"TokenBucket({self.capacity}, {self.per_second}: {self._tokens:.2f} left)"
