"""Produce the evidence: the execution command in a clean room, and what the gates find."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from worker.domain.events import ExecutionFinished
from worker.domain.evidence import Evidence, Finding
from worker.domain.lease import Lease
from worker.domain.mode import Phase
from worker.domain.protection import Protected, Protection, is_test
from worker.domain.run import Run
from worker.domain.sandbox import SandboxSpec
from worker.gates import mutation, red
from worker.gates.change import Change
from worker.ports import (
    Checkout,
    Clock,
    Gateway,
    Repositories,
    Sandbox,
    Sandboxes,
    SecretScanner,
    Syntax,
    TestRunners,
)
from worker.rendering.text import tail
from worker.stages import clean_room, gating
from worker.stages.gating import Given, Ran
from worker.stages.measuring import checked, measured
from worker.stages.proving import Proving

MISSING_IMPORTS = 5
"""How often what tests import is looked for anew: each import hides those after it."""
KEPT_OUTPUT = 60_000
"""Characters of output kept as evidence: its end, where test runners sum up."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What evidence is produced with."""

    sandboxes: Sandboxes
    gateway: Gateway
    scanner: SecretScanner
    runners: TestRunners
    syntax: Syntax
    clock: Clock


def perform(run: Run, lease: Lease, repositories: Repositories, tools: Tools) -> ExecutionFinished:
    """Run the execution command on the newest round's commit, with what is protected as on the
    base, in a sandbox without any way out; whatever it does is evidence.
    """
    with repositories.open(run.repository or "", run.id) as checkout:
        return ExecutionFinished(_Producing(run, lease, checkout, tools).evidence())


@dataclass(frozen=True, slots=True)
class _Producing:
    run: Run
    lease: Lease
    checkout: Checkout
    tools: Tools

    def evidence(self) -> Evidence:
        run, tools, plan = self.run, self.tools, self.run.require_plan()
        last = run.require_round()
        base = run.red if last.phase is Phase.GREEN and run.red else plan.base_commit
        clean = self.checkout.protect(base, last.report.commit, _protection(run))
        room = clean_room.image(
            run, self.lease, self.checkout, clean.commit, tools.sandboxes, tools.gateway
        )
        spec = SandboxSpec(run.id, self.lease.token, "execution", room.image, plan.limits)
        change = self._change()
        ran = self._ran(spec, clean, change)
        began = tools.clock.monotonic()
        files = self.checkout.files(last.report.commit)
        given = Given(run, change, files, clean.restored, ran, tools.scanner, tools.syntax)
        found = (*room.findings, *gating.findings(given))
        notes = (*room.notes, *gating.unread(change, tools.syntax))
        made = self._made(ran, found, clean, notes)
        made = self._proven(made, spec, clean, change)
        if room.untrusted:
            tools.sandboxes.forget(run.id)
        return replace(made, gates_seconds=tools.clock.monotonic() - began)

    def _change(self) -> Change:
        report, base = self.run.require_round().report, self.run.require_plan().base_commit
        return Change(
            report.diff.files,
            lambda path: self.checkout.read(base, path),
            lambda path: self.checkout.read(report.commit, path),
        )

    def _ran(self, spec: SandboxSpec, clean: Protected, change: Change) -> Ran:
        plan, runners = self.run.require_plan(), self.tools.runners
        tests_alone = self.run.require_round().phase is Phase.RED
        with self.tools.sandboxes.open(
            spec, self.checkout.bundle(clean.commit, plan.base_commit)
        ) as sandbox:
            result, report = measured(sandbox, plan, runners)
            ran = Ran(result, report, checked(sandbox, plan))
            if tests_alone and report.results:
                ran = self._each_by_itself(sandbox, ran, change)
        if tests_alone and gating.others_fail(change, ran.report, self.tools.syntax):
            with self.tools.sandboxes.open(spec, self.checkout.bundle(plan.base_commit)) as base:
                ran = replace(ran, base=measured(base, plan, runners)[1])
        return ran

    def _each_by_itself(self, sandbox: Sandbox, ran: Ran, change: Change) -> Ran:
        """New tests without the code that they import, and then in another order."""
        plan, runners, report = self.run.require_plan(), self.tools.runners, ran.report
        files = self.checkout.files(self.run.require_round().report.commit)
        absent: tuple[str, ...] = ()
        for _ in range(MISSING_IMPORTS):
            more = [name for name in red.missing(report, files) if name not in absent]
            if not more:
                break
            absent = (*absent, *more)
            told = measured(sandbox, plan, runners, missing=absent)[1]
            report = told if told.results else report
        names = gating.in_another_order(change, report, self.tools.syntax)
        again = measured(sandbox, plan, runners, names, absent)[1]
        return replace(ran, report=report, again=again)

    def _made(
        self, ran: Ran, found: Sequence[Finding], clean: Protected, notes: tuple[str, ...]
    ) -> Evidence:
        last, plan = self.run.require_round(), self.run.require_plan()
        return Evidence(
            last.report.commit,
            plan.execution_command,
            ran.result.exit_code,
            tail(ran.result.output, KEPT_OUTPUT),
            ran.result.seconds,
            ran.result.breach,
            tuple(found),
            clean.restored,
            notes,
            report=gating.kept(ran.report),
            gates=gating.looked(tests_alone=last.phase is Phase.RED),
            failure_wanted=last.phase is Phase.RED,
        )

    def _proven(
        self, made: Evidence, spec: SandboxSpec, clean: Protected, change: Change
    ) -> Evidence:
        """Mutants are tried last, and only where nothing else is wrong."""
        plan, tools = self.run.require_plan(), self.tools
        if not made.green or made.failure_wanted or plan.mutation.seconds <= 0:
            return made
        if not made.report.runner:
            note = "Mutation: not tried, since no test runner was recognised in the output."
            return replace(made, notes=(*made.notes, note)) if change.code else made
        bundle = self.checkout.bundle(clean.commit, plan.base_commit)
        proof = Proving(
            plan, spec, bundle, change, tools.sandboxes, tools.syntax, tools.clock
        ).proof()
        return replace(
            made,
            findings=tuple(mutation.findings(proof, plan.mutation.survivors)),
            notes=(*made.notes, *mutation.notes(proof, change, tools.syntax)),
            gates=(*made.gates, mutation.GATE),
        )


def _protection(run: Run) -> Protection:
    """Tests that were accepted are protected, whoever named them."""
    protection = run.require_plan().protection
    if run.red is None or run.require_round().phase is Phase.RED:
        return protection
    return replace(
        protection, except_for=tuple(path for path in protection.except_for if not is_test(path))
    )
