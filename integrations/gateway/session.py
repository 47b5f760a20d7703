"""What all calls through one door share."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from integrations.gateway.account import Account
from integrations.gateway.notes import Notes
from integrations.gateway.pricing import Pricing
from integrations.gateway.record import Record
from integrations.gateway.upstreams import Upstream


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds."""

    attempt_timeout_seconds: float
    """Until a provider's answer begins; also how long a call waits for others to end."""
    idle_timeout_seconds: float
    """Between two pieces of an answer."""
    patience_seconds: float
    """Of an agent: if it leaves after so long without any answer, the provider was too slow."""
    drain_seconds: float
    """For calls under way when the door is shut."""


@dataclass(frozen=True, slots=True)
class Line:
    """The way to one provider."""

    upstream: Upstream
    models: tuple[str, ...]
    """That may be used, without the provider's name."""
    pricing: Pricing


@dataclass(frozen=True, slots=True)
class Session:
    """One door's."""

    lines: Mapping[str, Line]
    """By provider."""
    account: Account
    record: Record
    client: httpx.AsyncClient
    timing: Timing
    body_limit_bytes: int
    notes: Notes
