"""Finds faults that the repository's tests notice, and asks the judge about changes with them."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from worker.calibration import cases
from worker.calibration.cases import Case, Subject
from worker.domain.calibration import Calibration, Judged
from worker.domain.errors import ConfigurationError
from worker.domain.events import AgentReported, ExecutionFinished, StoryExamined, WorkStarted
from worker.domain.evidence import Evidence
from worker.domain.plan import Plan
from worker.domain.run import Run
from worker.domain.sandbox import SandboxSpec
from worker.domain.source import Mutant
from worker.domain.story import examine
from worker.domain.ticket import Ticket
from worker.domain.transcript import AgentReport, AgentSession
from worker.domain.verdict import Decision
from worker.ports import Clock, Judge, Sandbox, Sandboxes, Syntax
from worker.stages import judge_round
from worker.stages.measuring import quietly, with_other_text

LEAST_SECONDS = 5.0
TRIES = 12
"""Mutants of one file that are tried until one is noticed."""

Say = Callable[[Judged], None]


@dataclass(frozen=True, slots=True)
class Calibrating:
    """What it takes: a planned run on the repository's base, and the ports."""

    run: Run
    spec: SandboxSpec
    bundle: bytes
    files: Mapping[str, str]
    sandboxes: Sandboxes
    syntax: Syntax
    judge: Judge
    clock: Clock

    def calibrate(self, most: int, seed: int, say: Say) -> Calibration:
        """Judge at most so many changes; ``say`` is told of each. Raises ConfigurationError where
        the repository has nothing to make changes of, Unavailable, PermanentError.
        """
        plan = self.run.require_plan()
        chance = random.Random(seed)  # noqa: S311 - which faults are tried is no secret
        judged: list[Judged] = []
        with self.sandboxes.open(replace(self.spec, purpose="calibration"), self.bundle) as sandbox:
            usual = quietly(sandbox, plan)
            if not usual.ok:
                raise ConfigurationError(
                    f"`{plan.execution_command}` fails on the base branch, so that nothing is known"
                    " to be good. Mend it first."
                )
            for case in self._cases(sandbox, LEAST_SECONDS + 3 * usual.seconds, chance):
                judged.append(self._judged(case, usual.output))
                say(judged[-1])
                if len(judged) >= most:
                    break
        if not judged:
            raise ConfigurationError(
                "There is nothing to calibrate with: no code here that tests speak of by its name,"
                " in a language that is read (Python, JavaScript, TypeScript, Go)."
            )
        return Calibration(plan.evaluator_model or "", tuple(judged))

    def _cases(self, sandbox: Sandbox, seconds: float, chance: random.Random) -> Iterator[Case]:
        """Of each file in turn, as long as there is a fault in it that is noticed."""
        every = cases.subjects(self.files, self.syntax)
        chance.shuffle(every)
        for subject in every:
            fault = self._noticed(sandbox, subject, seconds, chance)
            if fault is not None:
                others = [other for other in every if other is not subject]
                yield from cases.cases(subject, fault, others, self.syntax)

    def _noticed(
        self, sandbox: Sandbox, subject: Subject, seconds: float, chance: random.Random
    ) -> Mutant | None:
        plan = self.run.require_plan()
        for mutant in cases.mutants(subject, self.syntax, chance)[:TRIES]:
            text = mutant.edit.applied(subject.text)
            result = with_other_text(sandbox, plan, subject.path, text, seconds)
            if result.breach:
                return None  # The file is not put back after a limit: nothing more can be tried.
            if not result.ok:
                return mutant
        return None

    def _judged(self, case: Case, output: str) -> Judged:
        """As a round whose evidence is green, so that the judge alone decides."""
        plan = self.run.require_plan()
        verdict = judge_round.perform(
            _round(self.run, plan, case, output), self.judge, self.clock
        ).verdict
        accepted = verdict.decision is Decision.ACCEPT
        why = verdict.feedback or " ".join(verdict.reasons)
        return Judged(case.name, case.known, accepted, verdict.spend, why)


def _round(run: Run, plan: Plan, case: Case, output: str) -> Run:
    subject = case.subject
    ticket: Ticket = replace(
        run.require_ticket(), title=subject.title, description=subject.description
    )
    criteria = examine(subject.title, subject.description).criteria
    planned = replace(plan, criteria=criteria, evaluator="judge")
    report = AgentReport("known", None, "", AgentSession(""), "0" * 40, case.diff)
    evidence = Evidence(report.commit, plan.execution_command, 0, output, 0.0)
    empty = Run(run.id, run.ref, run.repository)
    for event in (
        StoryExamined(ticket, planned),
        WorkStarted(),
        AgentReported(report),
        ExecutionFinished(evidence),
    ):
        empty = empty.apply(event)
    return empty
