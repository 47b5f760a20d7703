"""What a coding agent is given for one session, and what it needs."""

from collections.abc import Callable
from dataclasses import dataclass, field

from worker.domain.budget import Budget
from worker.domain.command import never


@dataclass(frozen=True, slots=True)
class Way:
    """How an agent in a sandbox reaches its model."""

    base_url: str
    """``http://127.0.0.1:8080``, below which there are ``/openai/v1``, ``/anthropic`` and
    ``/gemini``.
    """
    token: str = field(repr=False)
    over: Callable[[], bool] = never
    """See ``Door.over``."""


@dataclass(frozen=True, slots=True)
class AgentTask:
    """One session's assignment."""

    prompt: str
    round_number: int
    model: str | None
    """``provider:name``."""
    timeout_seconds: float
    allowance: Budget
    """What is left of the run's budget."""
    editable: tuple[str, ...] = ()
    """Paths the agent should change; empty means any."""
    readable: tuple[str, ...] = ()
    brief: str = ""
    """The story and the last feedback alone, for models that get lost in the whole prompt."""
    way: Way | None = None
    """There where ``CodingAgent.needs`` says so and a model is named."""


@dataclass(frozen=True, slots=True)
class AgentNeeds:
    """What an agent's sandbox must have."""

    tools: tuple[str, ...] = ()
    """See ``Sandboxes.image``."""
    gateway: bool = False
    """Whether its model is called from inside the sandbox."""
    memory_bytes: int = 0
    """The least that it can work with."""
