"""What a native session needs from outside, and its account of what it did."""

import time
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from worker.domain.task import AgentTask, Way
from worker.domain.transcript import Action, AgentSession

if TYPE_CHECKING:  # the types only: pydantic-ai takes two seconds to import
    from pydantic_ai.models import Model

KEPT = 20_000
"""Characters of one action's text and output in the transcript."""
TEMPERATURES = (0.0, 0.4, 0.6, 0.7)
"""By round, the last for all later ones: a retry must differ from what failed."""


OpenModel: TypeAlias = "AbstractAsyncContextManager[Model]"
"""A model for the time of its block."""


class LanguageModels(Protocol):
    """Models by ``provider:name``, through a session's door. Raises ConfigurationError."""

    def open(
        self, name: str, way: Way, *, temperature: float | None = None, seed: int | None = None
    ) -> OpenModel: ...


class Stopped(Exception):
    """The session must end here, for the reason in its text; what was done counts."""


@dataclass(slots=True)
class Session:
    """The running account of one session."""

    task: AgentTask
    actions: list[Action] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def record(self, kind: str, text: str, output: str = "") -> None:
        """Add an action, cut to what the transcript keeps."""
        self.actions.append(Action(kind, cut(text, KEPT), cut(output, KEPT)))

    def seconds_left(self) -> float:
        """Of the task's time, never below a second, so that it can be a limit."""
        return max(1.0, self.task.timeout_seconds - (time.monotonic() - self.began))

    def report(self, summary: str, failure: str | None = None) -> AgentSession:
        """The account as the port wants it; what it cost is the gateway's to say."""
        return AgentSession(summary, tuple(self.actions), failure=failure)


def temperature(round_number: int) -> float:
    """Zero at first, then a little higher with each round."""
    return TEMPERATURES[min(round_number, len(TEMPERATURES)) - 1]


def cut(text: str, limit: int) -> str:
    """Keep the beginning and the end of a long text, and say what is missing."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters left out …]\n{text[-half:]}"
