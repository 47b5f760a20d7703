"""A run: one attempt to turn one ticket into one pull request, folded from its journal."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from typing import assert_never

from worker.domain import events as ev
from worker.domain.branches import branch_of_rerun, branch_of_ticket
from worker.domain.budget import Budget, Spend
from worker.domain.lease import RunId
from worker.domain.ledger import Ledger, ledger
from worker.domain.mode import Mode, Phase
from worker.domain.plan import Plan, Tier
from worker.domain.pull_request import PullRequest
from worker.domain.repeated import Repeated
from worker.domain.round import Round
from worker.domain.ticket import Ticket, TicketRef
from worker.domain.transcript import AgentReport


def nth_run_id(ticket: TicketRef, earlier: int) -> RunId:
    """The id of a ticket's run after ``earlier`` others.

    Readable, safe in branch names, paths and labels, and the same whenever it is worked out: a
    fleet that lost its database finds under it what the run has left outside.
    """
    digest = hashlib.sha256(f"{ticket.id}:{earlier}".encode()).hexdigest()[:8]
    key = re.sub(r"[^a-z0-9]", "-", ticket.identifier.lower())
    return RunId(f"{key}-{digest}")


@dataclass(frozen=True, slots=True)
class Run:
    """What the journal says, as of its last event."""

    id: RunId
    ref: TicketRef
    repository: str | None
    repeats: Repeated | None = None
    """What it repeats; None for a run that a ticket asked for."""
    ticket: Ticket | None = None
    plan: Plan | None = None
    questions: tuple[str, ...] = ()
    started: bool = False
    rounds: tuple[Round, ...] = ()
    tier: int = 0
    """Rung of the ladder that works now, from 0."""
    raised: str = ""
    """Why the tier below could not go on."""
    published: ev.PullRequestPublished | None = None
    cancelled: str | None = None
    failed: str | None = None
    blocked_by: tuple[str, ...] = ()
    lost: tuple[ev.SessionLost, ...] = ()
    """Sessions that cost something and were never reported."""
    uncounted: Spend = Spend()
    """What they had cost since the newest report; it goes to the next round."""
    closed: ev.RunClosed | None = None

    @classmethod
    def from_journal(cls, journal: Iterable[ev.RunEvent]) -> "Run":
        """Fold a whole journal. Raises ValueError if it does not start with ``RunOpened``."""
        opened, *rest = journal
        if not isinstance(opened, ev.RunOpened):
            raise ValueError(f"a journal starts with RunOpened, not {type(opened).__name__}")
        first = cls(opened.run_id, opened.ticket, opened.repository, opened.repeats)
        return reduce(cls.apply, rest, first)

    @property
    def last(self) -> Round | None:
        """The newest round, finished or not."""
        return self.rounds[-1] if self.rounds else None

    @property
    def spend(self) -> Spend:
        """What all rounds together cost, and what was lost since."""
        return sum((r.spend for r in self.rounds), self.uncounted)

    def spend_of(self, tier: int) -> Spend:
        """What the rounds of a tier cost, and what was lost since in the present one."""
        since = self.uncounted if tier == self.tier else Spend()
        return sum((r.spend for r in self.rounds if r.tier == tier), since)

    @property
    def accepted(self) -> bool:
        """Whether the newest round is accepted, and is the end of the work."""
        last = self.last
        return last is not None and last.accepted and last.phase is Phase.GREEN

    @property
    def red(self) -> str | None:
        """The commit of the accepted tests, which code has to pass now; None before there is one,
        and where tests are not written first.
        """
        tests = (r.report.commit for r in self.rounds if r.phase is Phase.RED and r.accepted)
        return next(tests, None)

    @property
    def phase(self) -> Phase:
        """What the next round is for."""
        first = self.plan is not None and self.plan.mode is Mode.TEST_FIRST
        return Phase.RED if first and self.red is None else Phase.GREEN

    @property
    def stretch(self) -> tuple[Round, ...]:
        """The rounds of the present tier in the present phase."""
        now = (self.tier, self.phase)
        return tuple(r for r in self.rounds if (r.tier, r.phase) == now)

    @property
    def ledger(self) -> Ledger:
        """Everything that was found wrong, and where it stands."""
        return ledger(self.rounds)

    @property
    def left(self) -> Budget:
        """What the present tier may still use. Raises ValueError before there is a plan."""
        plan = self.require_plan()
        left = self.require_tier().budget.left_after(self.spend_of(self.tier))
        return left if plan.ceiling is None else left.within(plan.ceiling.left_after(self.spend))

    @property
    def head(self) -> str | None:
        """The commit that the next round starts from; None before there is a plan."""
        if self.last:
            return self.last.report.commit
        return self.plan.base_commit if self.plan else None

    @property
    def parent(self) -> str | None:
        """The commit that the next round's is made on: the newest without a secret in it, so that
        none stays in the branch's history.
        """
        for one in reversed(self.rounds):
            if one.evidence is None or not one.evidence.leaks:
                return one.report.commit
        return self.plan.base_commit if self.plan else None

    @property
    def useful(self) -> bool:
        """Whether there is a change worth showing to a person, and fit to be shown."""
        last = self.last
        if last is None or last.report.diff.empty:
            return False
        return last.evidence is None or not last.evidence.leaks

    @property
    def branch(self) -> str:
        """The work branch, fixed by the ticket; a rerun's is its own."""
        if self.repeats is not None:
            return branch_of_rerun(self.id)
        return branch_of_ticket(self.ref.identifier, self.ticket.title if self.ticket else "")

    @property
    def pull_request(self) -> PullRequest | None:
        """The pull request, once published."""
        return self.published.pull_request if self.published else None

    def has_seen(self, at: float) -> bool:
        """Whether the story was examined as it was then (by the tracker's clock) or later."""
        return self.ticket is not None and self.ticket.updated_at >= at

    def require_plan(self) -> Plan:
        """The plan, for stages that come after it. Raises ValueError before there is one."""
        if self.plan is None:
            raise ValueError(f"run {self.id} has no plan yet")
        return self.plan

    def require_tier(self) -> Tier:
        """Who works now. Raises ValueError before there is a plan."""
        return self.require_plan().tiers[self.tier]

    def require_ticket(self) -> Ticket:
        """The ticket as it was examined. Raises ValueError before that."""
        if self.ticket is None:
            raise ValueError(f"run {self.id} has not read its ticket yet")
        return self.ticket

    def require_round(self) -> Round:
        """The newest round. Raises ValueError before the first."""
        if self.last is None:
            raise ValueError(f"run {self.id} has no round yet")
        return self.last

    def apply(self, event: ev.RunEvent) -> "Run":
        """Return the run as it is after ``event``."""
        match event:
            case ev.RunOpened():
                raise ValueError("a run opens once")
            case ev.StoryExamined():
                return replace(
                    self, ticket=event.ticket, plan=event.plan, questions=event.questions
                )
            case ev.WorkStarted():
                return replace(self, started=True)
            case ev.AgentReported(report):
                return self._reported(report)
            case ev.SessionLost(_, _, spend):
                return replace(self, lost=(*self.lost, event), uncounted=self.uncounted + spend)
            case ev.ExecutionFinished(evidence):
                return self._with_last(replace(self.require_round(), evidence=evidence))
            case ev.RoundJudged(verdict):
                return self._with_last(replace(self.require_round(), verdict=verdict))
            case ev.TierRaised(tier, reason):
                return replace(self._paid(), tier=tier, raised=reason)
            case ev.PullRequestPublished():
                return replace(self, published=event)
            case ev.CancelRequested(reason):
                return replace(self, cancelled=reason)
            case ev.NewsIgnored():
                return self
            case ev.RunFailed(reason):
                return replace(self, failed=reason)
            case ev.RunBlocked(by):
                return replace(self, blocked_by=by)
            case ev.RunUnblocked():
                return replace(self, blocked_by=())
            case ev.RunReopened(repository):
                return self._reopened(repository)
            case ev.RunClosed():
                return replace(self, closed=event)
            case _:
                assert_never(event)

    def _reopened(self, repository: str | None) -> "Run":
        """Rounds that were worked stay; a run without any settles its plan anew."""
        again = replace(self, repository=self.repository or repository, failed=None, closed=None)
        return again if self.rounds else replace(again, plan=None, started=False)

    def _reported(self, report: AgentReport) -> "Run":
        number = len(self.rounds) + 1
        fresh = Round(number, report, phase=self.phase, tier=self.tier, lost=self.uncounted)
        return replace(self, rounds=(*self.rounds, fresh), uncounted=Spend())

    def _paid(self) -> "Run":
        """With what was lost since the newest report counted to that round, and so to its tier."""
        last = self.require_round()
        paid = replace(last, lost=last.lost + self.uncounted)
        return replace(self._with_last(paid), uncounted=Spend())

    def _with_last(self, last: Round) -> "Run":
        return replace(self, rounds=(*self.rounds[:-1], last))
