"""The steps a run can take next. One step, one stage, one event."""

from dataclasses import dataclass

from worker.domain.events import Outcome


@dataclass(frozen=True, slots=True)
class ExamineStory:
    """Read the ticket and the repository, and settle how to work; no money is spent."""


@dataclass(frozen=True, slots=True)
class StartWork:
    """Tell the ticket that work begins."""


@dataclass(frozen=True, slots=True)
class RunAgent:
    """One session of the coding agent."""


@dataclass(frozen=True, slots=True)
class RunExecutionCommand:
    """Produce the evidence on the round's commit."""


@dataclass(frozen=True, slots=True)
class JudgeRound:
    """Ask the evaluator, and let code settle the verdict."""


@dataclass(frozen=True, slots=True)
class RaiseTier:
    """Let the next tier of the ladder go on; nothing outside is touched."""

    tier: int
    reason: str


@dataclass(frozen=True, slots=True)
class Publish:
    """Push the branch and open its pull request, or bring it up to date."""

    draft_because: str | None = None
    """Why it is only a draft; None for a pull request that is ready for review."""


@dataclass(frozen=True, slots=True)
class Close:
    """End the run, loudly, once."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do until news arrives."""

    reason: str


Step = (
    ExamineStory
    | StartWork
    | RunAgent
    | RunExecutionCommand
    | JudgeRound
    | RaiseTier
    | Publish
    | Close
    | Wait
)
