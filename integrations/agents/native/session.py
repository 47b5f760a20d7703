"""What a native session needs from outside, and its account of what it did and spent."""

import time
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from worker.domain.budget import Spend
from worker.domain.errors import FleetError
from worker.domain.task import AgentTask
from worker.domain.transcript import Action, AgentSession

if TYPE_CHECKING:  # the types only: pydantic-ai takes two seconds to import
    from pydantic_ai.exceptions import ModelAPIError
    from pydantic_ai.messages import ModelResponse
    from pydantic_ai.models import Model

KEPT = 20_000
"""Characters of one action's text and output in the transcript."""
TEMPERATURES = (0.0, 0.4, 0.6, 0.7)
"""By round, the last for all later ones: a retry must differ from what failed."""


class LanguageModels(Protocol):
    """Models by ``provider:name``, their prices, and what their errors mean."""

    def open(
        self, name: str, *, temperature: float | None = None, seed: int | None = None
    ) -> "AbstractAsyncContextManager[Model]": ...

    def spend(self, name: str, response: "ModelResponse") -> Spend: ...

    def fault(self, name: str, error: "ModelAPIError") -> FleetError: ...


class Stopped(Exception):
    """The session must end here, for the reason in its text; what was done counts."""


@dataclass(slots=True)
class Session:
    """The running account of one session."""

    task: AgentTask
    actions: list[Action] = field(default_factory=list)
    spend: Spend = Spend()
    began: float = field(default_factory=time.monotonic)

    def record(self, kind: str, text: str, output: str = "") -> None:
        """Add an action, cut to what the transcript keeps."""
        self.actions.append(Action(kind, cut(text, KEPT), cut(output, KEPT)))

    def seconds_left(self) -> float:
        """Of the task's time, never below a second, so that it can be a limit."""
        return max(1.0, self.task.timeout_seconds - (time.monotonic() - self.began))

    def check_allowance(self) -> None:
        """Raises Stopped where the run's budget of tokens or money is used up."""
        limit = self.task.allowance.exhausted_by(0, self.spend)
        if limit is not None:
            raise Stopped(f"The session was stopped: the run's budget of {limit} is used up.")

    def answer_tokens(self, most: int) -> int:
        """How long an answer may be: ``most``, or what the budget leaves."""
        left = self.task.allowance.max_tokens
        return most if left is None else max(1, min(most, left - self.spend.tokens))

    def report(self, summary: str, failure: str | None = None) -> AgentSession:
        """The account as the port wants it; the time is measured by the caller."""
        return AgentSession(summary, tuple(self.actions), self.spend, failure)


def temperature(round_number: int) -> float:
    """Zero at first, then a little higher with each round."""
    return TEMPERATURES[min(round_number, len(TEMPERATURES)) - 1]


def cut(text: str, limit: int) -> str:
    """Keep the beginning and the end of a long text, and say what is missing."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters left out …]\n{text[-half:]}"
