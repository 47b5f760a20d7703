"""What a sandbox may reach through the gateway, and what went through it."""

from dataclasses import dataclass
from enum import StrEnum

from worker.domain.budget import Budget, Spend
from worker.domain.lease import RunId


@dataclass(frozen=True, slots=True)
class Access:
    """What one session may use. The empty one opens nothing."""

    run_id: RunId
    fence: int
    models: tuple[str, ...] = ()
    """``provider:name``; the first is taken where a request names none of the provider's."""
    allowance: Budget = Budget()
    """Tokens and money that are left, and the seconds of the session."""
    registries: tuple[str, ...] = ()
    """Host names that the proxy lets through (``pypi.org``, ``*.example.org``), each optionally
    with ``:port`` (443 and 80 without); empty: none.
    """
    outside: bool = False
    """Whether the models are called from the worker's machine alone: their socket then lies where
    no sandbox is shown it.
    """


class CallOutcome(StrEnum):
    """How a model call ended, from the wire; the value is shown to people."""

    ANSWERED = "answered"
    UNAUTHORISED = "key refused"
    """HTTP 401, 403."""
    NO_CREDIT = "no credit"
    """HTTP 402, and the providers' own words for it."""
    REJECTED = "request rejected"
    """Any other 4xx."""
    RATE_LIMITED = "rate limited"
    """HTTP 429, and Anthropic's 529."""
    FAILED = "provider failed"
    """HTTP 5xx."""
    UNREACHABLE = "not reached"
    """No connection, or none that was trusted."""
    TIMED_OUT = "no answer in time"
    CUT = "answer cut off"
    """The provider broke off, or its stream ended without its last event."""
    LEFT = "left by the agent"
    """The agent hung up; what the provider sent until then, and after, is counted."""
    OVER_BUDGET = "over budget"
    """Refused by the gateway."""
    NOT_ALLOWED = "not allowed"
    """Refused by the gateway: another model, another token, another path, too large."""


ENDS_SESSION = frozenset({CallOutcome.UNAUTHORISED, CallOutcome.NO_CREDIT, CallOutcome.OVER_BUDGET})
"""After one of these, nothing that the agent tries again can succeed."""

_NO_MATTER = frozenset({CallOutcome.NOT_ALLOWED, CallOutcome.LEFT})


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One call of a model, as the gateway saw it."""

    model: str
    """``provider:name``, as far as it could be told."""
    outcome: CallOutcome
    status: int = 0
    """The provider's HTTP status; 0 where there was none."""
    spend: Spend = Spend()
    seconds: float = 0.0
    detail: str = ""
    """The provider's own words where it refused, shortened."""
    retry_after_seconds: float | None = None
    out_of: str | None = None
    """``tokens`` or ``money``, where the gateway refused because too little of it was left."""


@dataclass(frozen=True, slots=True)
class CallSpend:
    """What one call has cost, as it is written down when it ends."""

    door: int
    """See ``Passage.door``."""
    number: int
    """Among the door's calls that have cost something, from 1."""
    spend: Spend
    """Its seconds: since the call before, or since the door was opened."""


@dataclass(frozen=True, slots=True)
class DoorSpend:
    """What is written down of one door."""

    door: int
    calls: int
    spend: Spend


@dataclass(frozen=True, slots=True)
class Passage:
    """Everything that went through the gateway in one session, or was refused by it."""

    calls: tuple[ModelCall, ...] = ()
    refusals: tuple[str, ...] = ()
    """Of the registries' proxy: ``host:port: why``, each once."""
    door: int = 0
    """The door's number, by which its calls are written down: a number, so that nothing takes it
    for a secret and out of an event.
    """

    @property
    def spend(self) -> Spend:
        """Of all calls together, without the time."""
        return sum((call.spend for call in self.calls), Spend())

    @property
    def answered(self) -> bool:
        """Whether any call brought an answer."""
        return any(call.outcome is CallOutcome.ANSWERED for call in self.calls)

    @property
    def trouble(self) -> ModelCall | None:
        """What ended the session: the first call after which nothing could succeed, or else the
        last one, if that brought no answer. What the agent should not have asked, or did not wait
        for, is no trouble beside an answer.
        """
        for call in self.calls:
            if call.outcome in ENDS_SESSION:
                return call
        counted = [c for c in self.calls if not (self.answered and c.outcome in _NO_MATTER)]
        last = counted[-1] if counted else None
        return None if last is None or last.outcome is CallOutcome.ANSWERED else last
