"""Token buckets for callers that come in bursts."""

from dataclasses import dataclass, field


@dataclass
class TokenBucket:
    capacity: int
    per_second: float
    tokens: float = field(init=False)
    last: float = field(init=False, default=float("-inf"))

    def __post_init__(self) -> None:
        self.tokens = self.capacity

    def take(self, now: float) -> bool:
        if now > self.last:
            gained = (now - self.last) * self.per_second
            self.tokens = min(self.capacity, self.tokens + gained)
            self.last = now
        if self.tokens >= 1:
            self.tokens -= 1
            return True
        return False
