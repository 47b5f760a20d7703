"""Puts the tests of a change to the proof: with each small change of the code, do they notice?"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from worker.domain.command import CommandResult
from worker.domain.plan import Plan
from worker.domain.sandbox import SandboxSpec
from worker.domain.source import Edit, Mutant
from worker.gates import mutation
from worker.gates.change import Change
from worker.gates.mutation import Proof
from worker.ports import Clock, Sandbox, Sandboxes, Syntax
from worker.stages.measuring import quietly, with_other_text

LEAST_SECONDS = 5.0
ENOUGH_SURVIVORS = 10
"""More would be told to nobody."""


@dataclass(slots=True)
class _Trial:
    """The mutants that wait, and what came of the others."""

    waiting: list[Mutant]
    until: float
    """By the clock's ``monotonic``."""
    noticed: list[Mutant] = field(default_factory=list)
    survivors: list[Mutant] = field(default_factory=list)
    unreached: list[Mutant] = field(default_factory=list)

    def over(self, clock: Clock) -> bool:
        enough = len(self.survivors) + len(self.unreached) >= ENOUGH_SURVIVORS
        return not self.waiting or enough or clock.monotonic() >= self.until


@dataclass(frozen=True, slots=True)
class Proving:
    """Where and how mutants are tried."""

    plan: Plan
    spec: SandboxSpec
    bundle: bytes
    change: Change
    sandboxes: Sandboxes
    syntax: Syntax
    clock: Clock

    def proof(self) -> Proof:
        """Try mutants one after another in sandboxes of their own, until the time is over or enough
        have survived. Raises Unavailable.
        """
        until = self.clock.monotonic() + self.plan.mutation.seconds
        trial = _Trial(mutation.candidates(self.change, self.syntax), until)
        while not trial.over(self.clock):
            if not self._in_one_sandbox(trial):
                break
        return Proof(
            survivors=tuple(trial.survivors),
            noticed=tuple(trial.noticed),
            left=len(trial.waiting),
            unreached=tuple(trial.unreached),
        )

    def _in_one_sandbox(self, trial: _Trial) -> bool:
        """Go on until a mutant breaks the sandbox; False where the tests do not even pass without
        one, so that nothing can be learnt.
        """
        spec = replace(self.spec, purpose="mutation")
        with self.sandboxes.open(spec, self.bundle) as sandbox:
            usual = quietly(sandbox, self.plan)
            if not usual.ok:
                return False
            for mutant in self._until_over(trial):
                if not self._try(sandbox, mutant, trial, LEAST_SECONDS + 3 * usual.seconds):
                    break
        return True

    def _try(self, sandbox: Sandbox, mutant: Mutant, trial: _Trial, seconds: float) -> bool:
        """Whether the sandbox is fit for the next. What hangs, or hits another limit, is noticed;
        of what survives a probe tells whether any test came there.
        """
        result = self._with(sandbox, mutant, mutant.edit, seconds)
        if not result.ok:
            trial.noticed.append(mutant)
            return not result.breach
        if mutant.probe is None:
            trial.survivors.append(mutant)
            return True
        probed = self._with(sandbox, mutant, mutant.probe, seconds)
        (trial.unreached if probed.ok else trial.survivors).append(mutant)
        return not probed.breach

    def _until_over(self, trial: _Trial) -> Iterator[Mutant]:
        while not trial.over(self.clock):
            yield trial.waiting.pop(0)

    def _with(self, sandbox: Sandbox, mutant: Mutant, edit: Edit, seconds: float) -> CommandResult:
        text = edit.applied(self.change.head(mutant.path) or "")
        return with_other_text(sandbox, self.plan, mutant.path, text, seconds)
