"""Produce the evidence: the execution command in a fresh sandbox built from the commit alone."""

from worker.domain.command import Command
from worker.domain.events import ExecutionFinished
from worker.domain.evidence import Evidence
from worker.domain.lease import Lease
from worker.domain.run import Run
from worker.domain.sandbox import SandboxSpec
from worker.ports import Repositories, Sandboxes
from worker.rendering.text import tail

KEPT_OUTPUT = 60_000
"""Characters of output kept as evidence: its end, where test runners sum up."""


def perform(
    run: Run, lease: Lease, repositories: Repositories, sandboxes: Sandboxes
) -> ExecutionFinished:
    """Run the execution command on the newest round's commit; whatever it does is evidence."""
    plan = run.require_plan()
    commit = run.require_round().report.commit
    with repositories.open(run.repository or "", run.id) as checkout:
        image = sandboxes.image(plan.image, lambda: checkout.archive(plan.base_commit))
        spec = SandboxSpec(run.id, lease.token, "execution", image, plan.limits)
        command = Command(("sh", "-c", plan.execution_command), plan.execution_timeout_seconds)
        with sandboxes.open(spec, checkout.bundle(commit)) as sandbox:
            result = sandbox.run(command)
    return ExecutionFinished(
        Evidence(
            commit,
            plan.execution_command,
            result.exit_code,
            tail(result.output, KEPT_OUTPUT),
            result.seconds,
            result.breach,
        )
    )
