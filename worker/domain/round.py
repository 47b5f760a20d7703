"""One round of a run: a session of the coding agent, the evidence on its commit, the verdict."""

from dataclasses import dataclass

from worker.domain.budget import Spend
from worker.domain.evidence import Evidence
from worker.domain.mode import Phase
from worker.domain.transcript import AgentReport
from worker.domain.verdict import Decision, Verdict


@dataclass(frozen=True, slots=True)
class Round:
    """One session of the coding agent, the evidence on its commit, and the verdict."""

    number: int
    report: AgentReport
    evidence: Evidence | None = None
    verdict: Verdict | None = None
    phase: Phase = Phase.GREEN
    tier: int = 0
    """Rung of the ladder that worked it, from 0."""
    lost: Spend = Spend()
    """What its sessions had cost that were lost before one was reported."""

    @property
    def accepted(self) -> bool:
        """Whether the verdict accepts, on green evidence: a red gate is never talked away. A round
        of tests alone can be accepted too; the run goes on then.
        """
        green = self.evidence is not None and self.evidence.green
        return green and self.verdict is not None and self.verdict.decision is Decision.ACCEPT

    @property
    def spend(self) -> Spend:
        """What the round cost: the agent, also in sessions that were lost, the execution command's
        time, the judge.
        """
        evidence = self.evidence
        took = evidence.seconds + evidence.gates_seconds if evidence else 0.0
        judged = self.verdict.spend if self.verdict else Spend()
        return self.report.session.spend + self.lost + Spend(seconds=took) + judged
