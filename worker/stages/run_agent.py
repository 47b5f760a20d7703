"""One round of work: one coding-agent session in one sandbox, and its commit brought to safety."""

from collections.abc import Mapping
from dataclasses import replace

from worker.domain.budget import Spend
from worker.domain.errors import AgentFailed, ConfigurationError, HandOverRefused
from worker.domain.events import AgentReported
from worker.domain.lease import Lease
from worker.domain.plan import Plan
from worker.domain.run import Run
from worker.domain.sandbox import SandboxSpec
from worker.domain.transcript import AgentReport, AgentSession
from worker.ports import AgentTask, Checkout, Clock, CodingAgent, Repositories, Sandbox, Sandboxes
from worker.rendering import prompts


def perform(
    run: Run,
    lease: Lease,
    repositories: Repositories,
    sandboxes: Sandboxes,
    agents: Mapping[str, CodingAgent],
    clock: Clock,
) -> AgentReported:
    """Run the plan's agent on the newest commit. A failed session is a report too, not an error."""
    plan = run.require_plan()
    agent = agents.get(plan.agent)
    if agent is None:
        raise ConfigurationError(f"There is no agent `{plan.agent}`.")
    with repositories.open(run.repository or "", run.id) as checkout:
        parent = run.head or plan.base_commit
        task = _task(run, plan, checkout, parent)
        image = sandboxes.image(plan.image, lambda: checkout.archive(plan.base_commit))
        spec = SandboxSpec(run.id, lease.token, "agent", image, plan.limits)
        began = clock.monotonic()
        with sandboxes.open(spec, checkout.bundle(parent)) as sandbox:
            session = _session(agent, task, sandbox)
            commit, refusal = _hand_over(run, sandbox, checkout, parent)
        spend = session.spend + Spend(seconds=clock.monotonic() - began)
        session = replace(session, spend=spend, failure=session.failure or refusal)
        diff = checkout.diff(plan.base_commit, commit)
    return AgentReported(
        AgentReport(plan.agent, plan.coder_model, task.prompt, session, commit, diff)
    )


def _task(run: Run, plan: Plan, checkout: Checkout, commit: str) -> AgentTask:
    left = plan.budget.left_after(run.spend)
    timeout = plan.agent_timeout_seconds
    if left.max_seconds is not None:
        timeout = max(1.0, min(timeout, left.max_seconds))
    return AgentTask(
        prompt=prompts.round_prompt(run, checkout.files(commit)),
        round_number=len(run.rounds) + 1,
        model=plan.coder_model,
        timeout_seconds=timeout,
        allowance=left,
        editable=plan.context_editable,
        readable=plan.context_read_only,
        brief=prompts.brief(run),
    )


def _session(agent: CodingAgent, task: AgentTask, sandbox: Sandbox) -> AgentSession:
    try:
        return agent.work(task, sandbox)
    except AgentFailed as fault:
        return AgentSession("", failure=str(fault))


def _hand_over(
    run: Run, sandbox: Sandbox, checkout: Checkout, parent: str
) -> tuple[str, str | None]:
    """The round's commit, and why the sandbox's work was refused where it was."""
    ticket = run.require_ticket()
    message = f"{run.ref.identifier}: {ticket.title} (round {len(run.rounds) + 1})\n\n{ticket.url}"
    try:
        return checkout.accept(sandbox.hand_out(), parent, message), None
    except HandOverRefused as fault:
        return parent, f"The work was refused and thrown away: {fault}"
