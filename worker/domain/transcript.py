"""What a coding agent did in one session, normalised across agents."""

from dataclasses import dataclass

from worker.domain.access import ModelCall
from worker.domain.budget import Spend
from worker.domain.evidence import Diff


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the agent said or did, in order."""

    kind: str
    """``message``, ``shell``, ``write`` or ``output``."""
    text: str
    output: str = ""
    exit_code: int | None = None
    """Of a shell command, where the agent tells it."""


@dataclass(frozen=True, slots=True)
class AgentSession:
    """What an adapter reports of one session: the agent's own account, never evidence."""

    summary: str
    actions: tuple[Action, ...] = ()
    spend: Spend = Spend()
    failure: str | None = None
    """Why the session did not end as it should, in words for people and for the next prompt."""
    calls: tuple[ModelCall, ...] = ()
    """As the gateway saw them."""
    refusals: tuple[str, ...] = ()
    """What the registries' proxy did not let through."""
    out_of: str | None = None
    """``tokens`` or ``money``, where too little was left for even one call of a model."""
    id: str = ""
    """As the agent calls it, where it can go on with it."""
    resumed: bool = False
    """Whether it went on with the session of the round before."""
    door: int = 0
    """See ``Passage.door``; 0 without a door, and in journals of releases that did not write it."""


@dataclass(frozen=True, slots=True)
class AgentReport:
    """One round's session and the commit that it left."""

    agent: str
    model: str | None
    prompt: str
    session: AgentSession
    commit: str
    """The round's commit in the fleet's own repository; the parent's where nothing changed."""
    diff: Diff
    """From the base, not from the round before."""
    kept: str = ""
    """The name by which ``Sessions.find`` gives the agent's own state after the session; empty
    where none was kept.
    """
