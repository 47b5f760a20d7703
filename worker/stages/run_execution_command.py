"""Produce the evidence: the execution command in a clean room, and what the gates find."""

from collections.abc import Iterator

from worker.domain.command import Command
from worker.domain.events import ExecutionFinished
from worker.domain.evidence import Evidence, Finding
from worker.domain.lease import Lease
from worker.domain.plan import Plan
from worker.domain.protection import Protected
from worker.domain.run import Run
from worker.domain.sandbox import SandboxSpec
from worker.gates import protected, secrets, test_runner
from worker.ports import Checkout, Gateway, Repositories, Sandboxes, SecretScanner
from worker.rendering.text import tail
from worker.stages import clean_room

KEPT_OUTPUT = 60_000
"""Characters of output kept as evidence: its end, where test runners sum up."""


def perform(
    run: Run,
    lease: Lease,
    repositories: Repositories,
    sandboxes: Sandboxes,
    gateway: Gateway,
    scanner: SecretScanner,
) -> ExecutionFinished:
    """Run the execution command on the newest round's commit, with what is protected as on the
    base, in a sandbox without any way out; whatever it does is evidence.
    """
    plan = run.require_plan()
    commit = run.require_round().report.commit
    with repositories.open(run.repository or "", run.id) as checkout:
        clean = checkout.protect(plan.base_commit, commit, plan.protection)
        room = clean_room.image(run, lease, checkout, clean.commit, sandboxes, gateway)
        spec = SandboxSpec(run.id, lease.token, "execution", room.image, plan.limits)
        command = Command(("sh", "-c", plan.execution_command), plan.execution_timeout_seconds)
        with sandboxes.open(spec, checkout.bundle(clean.commit)) as sandbox:
            result = sandbox.run(command)
        if room.untrusted:
            sandboxes.forget(run.id)
        found = (*room.findings, *_findings(run, plan, checkout, clean, scanner))
    return ExecutionFinished(
        Evidence(
            commit,
            plan.execution_command,
            result.exit_code,
            tail(result.output, KEPT_OUTPUT),
            result.seconds,
            result.breach,
            found,
            clean.restored,
            room.notes,
        )
    )


def _findings(
    run: Run, plan: Plan, checkout: Checkout, clean: Protected, scanner: SecretScanner
) -> Iterator[Finding]:
    report = run.require_round().report

    def base(path: str) -> str | None:
        return checkout.read(plan.base_commit, path)

    def head(path: str) -> str | None:
        return checkout.read(report.commit, path)

    changed, allowed = report.diff.files, plan.protection.except_for
    yield from protected.findings(clean.restored)
    yield from test_runner.findings(changed, base, head, allowed)
    yield from secrets.findings(changed, base, head, scanner)
