"""Everything that can happen to a run. The journal of these is the run's only durable state.

A persisted format: a field may be added with a default, never removed or given a new meaning.
"""

from dataclasses import dataclass
from enum import StrEnum

from worker.domain.budget import Spend
from worker.domain.evidence import Evidence
from worker.domain.lease import RunId
from worker.domain.plan import Plan
from worker.domain.pull_request import PullRequest
from worker.domain.repeated import Repeated
from worker.domain.ticket import Ticket, TicketRef
from worker.domain.transcript import AgentReport
from worker.domain.verdict import Verdict


class Outcome(StrEnum):
    """How a run ended."""

    ACCEPTED = "accepted"
    """A pull request is ready for review."""
    GAVE_UP = "gave up"
    """Out of rounds; a draft pull request holds what is useful, if anything."""
    OVER_BUDGET = "over budget"
    """Out of time, tokens or money."""
    QUESTIONS = "questions"
    """The story or the repository needs something from a person first."""
    CANCELLED = "cancelled"
    """A person took the ticket back."""
    FAILED = "failed"
    """Something outside the story is broken: a setting, a service, the machine."""


@dataclass(frozen=True, slots=True)
class RunOpened:
    """The first event of every journal."""

    run_id: RunId
    ticket: TicketRef
    repository: str | None
    """``owner/name``, or None where no repository is mapped to the ticket's team or project."""
    repeats: Repeated | None = None
    """The run that a person had repeated; None for a run that a ticket asked for."""


@dataclass(frozen=True, slots=True)
class StoryExamined:
    """The story was read, and either planned or sent back with questions."""

    ticket: Ticket
    plan: Plan | None = None
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkStarted:
    """The ticket was moved to a started state and told so."""


@dataclass(frozen=True, slots=True)
class AgentReported:
    """A coding agent's session ended, and its commit is safe."""

    report: AgentReport


@dataclass(frozen=True, slots=True)
class SessionLost:
    """Calls of a model were paid for in a session that nobody reports: its worker died, or the run
    was taken back or given back in the middle of it.
    """

    door: int
    """See ``AgentSession.door``."""
    calls: int
    """Of the session, as far as they are counted with this event and those before it."""
    spend: Spend
    """What no event before it has counted."""


@dataclass(frozen=True, slots=True)
class ExecutionFinished:
    """The execution command ran on the round's commit."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class RoundJudged:
    """The evaluator's verdict on the round."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class TierRaised:
    """The tier that worked got nowhere; the next one of the ladder goes on."""

    tier: int
    """Rung, from 0."""
    reason: str


@dataclass(frozen=True, slots=True)
class PullRequestPublished:
    """The branch is pushed and its pull request is open."""

    pull_request: PullRequest
    branch: str
    commit: str
    transcript_url: str | None = None


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """A person took the ticket back while the run was open."""

    reason: str
    by_state: bool = False
    """Whether the ticket's state said so; when it says otherwise again, the ticket is ready."""


@dataclass(frozen=True, slots=True)
class NewsIgnored:
    """News that was out of date when it came: the tracker says otherwise now."""

    reason: str


@dataclass(frozen=True, slots=True)
class RunFailed:
    """Something that another round cannot mend."""

    reason: str


@dataclass(frozen=True, slots=True)
class RunBlocked:
    """Other tickets must be finished first; the run waits for that."""

    by: tuple[str, ...]
    """Their keys."""


@dataclass(frozen=True, slots=True)
class RunUnblocked:
    """Nothing blocks the ticket any more; its story is examined anew."""


@dataclass(frozen=True, slots=True)
class RunReopened:
    """A person had a failed run taken up again, after mending what failed."""

    repository: str | None = None
    """Where the ticket belongs now, if it was not known before."""


@dataclass(frozen=True, slots=True)
class RunClosed:
    """The last event of a journal, unless the run is reopened."""

    outcome: Outcome
    reason: str


RunEvent = (
    RunOpened
    | StoryExamined
    | WorkStarted
    | AgentReported
    | SessionLost
    | ExecutionFinished
    | RoundJudged
    | TierRaised
    | PullRequestPublished
    | CancelRequested
    | NewsIgnored
    | RunFailed
    | RunBlocked
    | RunUnblocked
    | RunReopened
    | RunClosed
)

NO_PROGRESS = (SessionLost,)
"""Events after which the attempts at a step count on: they say what was lost, not what was done."""
