"""What all connections of one proxy have in common."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from integrations.gateway.registries.addresses import Network, Resolver
from integrations.gateway.registries.allowlist import Allowlist
from integrations.gateway.registries.refusals import Refusals


@dataclass(slots=True)
class Upward:
    """How much the sandbox has sent, and may send, over all its connections."""

    limit_bytes: int
    sent_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """See ``RegistryProxy``."""

    token: str = field(repr=False)
    allowlist: Allowlist
    resolver: Resolver
    private: Sequence[Network]
    connect_timeout_seconds: float
    idle_timeout_seconds: float
    limit_bytes: int
    upward: Upward
    refusals: Refusals
