"""What a coding agent is given for one session, and what it needs."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from worker.domain.budget import Budget
from worker.domain.command import never
from worker.domain.lease import RunId


@dataclass(frozen=True, slots=True)
class Way:
    """How an agent reaches its model."""

    base_url: str
    """``http://127.0.0.1:8080``, below which there are ``/openai/v1``, ``/anthropic`` and
    ``/gemini``. Inside a sandbox alone.
    """
    token: str = field(repr=False)
    over: Callable[[], bool] = never
    """See ``Door.over``."""
    socket: str = ""
    """See ``Door.socket``: the same paths, on the worker's machine."""


@dataclass(frozen=True, slots=True)
class SessionOwner:
    """Whose sessions an agent's own state holds; it goes back to no other."""

    run_id: RunId
    tier: int
    """Rung of the ladder, from 0."""
    agent: str
    tools: tuple[str, ...] = ()
    """The agent's own, with their versions."""


def session_name(owner: SessionOwner, archive: bytes) -> str:
    """What this archive is called as this owner's; any other owner's, or bytes, have another."""
    digest = hashlib.sha256(repr(owner).encode())
    digest.update(archive)
    return digest.hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Resumption:
    """The agent's session of the round before, to go on with."""

    session: str
    """As the agent calls it."""
    archive: bytes = field(repr=False)
    """Its state at the end of that round, as ``Sandbox.pack_home`` gave it."""
    prompt: str
    """The feedback alone."""


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
    resumption: Resumption | None = None
    """Where it cannot be gone on with, a fresh session gets the whole ``prompt``."""


@dataclass(frozen=True, slots=True)
class AgentNeeds:
    """What an agent's sandbox must have."""

    tools: tuple[str, ...] = ()
    """See ``Sandboxes.image``."""
    gateway: bool = False
    """Whether it calls a model, which is then reached through the session's door."""
    outside: bool = False
    """Whether it calls it from the worker, so that its sandbox is shown no way to a model."""
    memory_bytes: int = 0
    """The least that it can work with."""
    sessions: tuple[str, ...] = ()
    """Where its sessions lie, as paths below its home; empty where it can go on with none."""
