"""One webhook delivery, and what mischief makes of it: drawn by a seed when it is sent."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class WebhookMischief:
    """What happens to deliveries from now on; the same seed, the same choices in the same order."""

    duplicate: int = 1
    """how many times a delivery is sent, all at once"""
    duplicate_probability: float = 1.0
    delay_seconds: float = 0.0
    delay_probability: float = 1.0
    reorder: int = 1
    """hold this many deliveries back, then send them last first"""
    reorder_probability: float = 1.0
    """that a delivery is one of those held back, rather than sent at once"""
    drop: int = 0
    """swallow this many deliveries altogether, the next ones"""
    drop_probability: float = 0.0
    """swallow further ones"""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.duplicate < 1:
            raise ValueError(f"duplicate must be 1 or more: {self.duplicate}")
        for what in ("duplicate", "delay", "reorder", "drop"):
            probability = getattr(self, f"{what}_probability")
            if not 0 <= probability <= 1:
                raise ValueError(f"{what}_probability must be from 0 to 1: {probability}")


@dataclass(frozen=True)
class Fate:
    """What mischief does to one delivery."""

    dropped: bool = False
    copies: int = 1
    delay_seconds: float = 0.0
    held: bool = False

    def words(self) -> list[str]:
        """For the counters."""
        if self.dropped:
            return ["dropped"]
        happened = {
            "duplicated": self.copies > 1,
            "delayed": self.delay_seconds > 0,
            "reordered": self.held,
        }
        return [word for word, did in happened.items() if did]


def fates(mischief: WebhookMischief) -> Iterator[Fate]:
    """Of each delivery in turn. Every one draws as many numbers, whatever becomes of it."""
    chance = random.Random(mischief.seed)  # noqa: S311 - mischief is no secret
    seen = 0
    while True:
        drop, duplicate, delay, reorder = (chance.random() for _ in range(4))
        fate = Fate(
            dropped=seen < mischief.drop or drop < mischief.drop_probability,
            copies=mischief.duplicate if duplicate < mischief.duplicate_probability else 1,
            delay_seconds=mischief.delay_seconds if delay < mischief.delay_probability else 0.0,
            held=mischief.reorder > 1 and reorder < mischief.reorder_probability,
        )
        seen += 1
        yield fate


@dataclass(frozen=True)
class Attempt:
    status: int | None
    """what the receiver answered; None if there was no answer"""
    error: str | None = None


@dataclass
class Delivery:
    event: Mapping[str, object]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    kind: str = ""
    """the event's name, where the vendor does not write it into the body"""
    fate: Fate = field(default_factory=Fate)
    attempts: list[Attempt] = field(default_factory=list)
    outcome: str = "pending"
    """pending, delivered, failed or dropped"""
    tries: int = 0
    """how often it was sent, the copies made by mischief not counted"""
