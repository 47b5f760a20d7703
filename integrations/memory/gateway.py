"""A gateway in memory: what goes through its doors is what a test says did."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from worker.domain.access import ENDS_SESSION, Access, ModelCall, Passage
from worker.domain.errors import ConfigurationError, FleetError


@dataclass(slots=True)
class MemoryDoor:
    """See ``worker.ports.Door``."""

    access: Access
    directory: str
    token: str
    through: list[ModelCall] = field(default_factory=list)
    """May be added to while the door is open."""
    refusals: tuple[str, ...] = ()
    number: int = 0

    @property
    def socket(self) -> str:
        """As the real one lies."""
        return f"{self.directory}/gateway.sock"

    def over(self) -> bool:
        """At once after a call that ends the session."""
        return any(call.outcome in ENDS_SESSION for call in self.through)

    def passage(self) -> Passage:
        """What the test said, and what it added."""
        return Passage(tuple(self.through), self.refusals, self.number)


@dataclass(slots=True)
class MemoryGateway:
    """Its doors lead nowhere."""

    passages: Sequence[Passage] = (Passage(),)
    """What has gone through each door, in the order of opening; the last one again and again."""
    providers: frozenset[str] = frozenset({"openai", "anthropic", "gemini"})
    """That are set up."""
    failure: FleetError | None = None
    """Raised by every opening while it is set."""
    opened: list[Access] = field(default_factory=list)
    """Every access there ever was, oldest first."""
    open_doors: list[MemoryDoor] = field(default_factory=list)
    """Those that are open now."""

    @contextmanager
    def open(self, access: Access) -> Iterator[MemoryDoor]:
        """Raises ConfigurationError, and ``failure``."""
        if self.failure is not None:
            raise self.failure
        for model in access.models:
            if model.partition(":")[0] not in self.providers:
                raise ConfigurationError(f"The provider of `{model}` is not set up.")
        number = len(self.opened)
        passage = self.passages[min(number, len(self.passages) - 1)]
        door = MemoryDoor(
            access,
            f"/memory/{number}",
            f"token-{number}",
            list(passage.calls),
            passage.refusals,
            number + 1,
        )
        self.opened.append(access)
        self.open_doors.append(door)
        try:
            yield door
        finally:
            self.open_doors.remove(door)
