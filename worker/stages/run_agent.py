"""One round of work: one coding-agent session in one sandbox, and its commit brought to safety."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace

from worker.domain.access import Access
from worker.domain.budget import Spend
from worker.domain.errors import AgentFailed, ConfigurationError, HandOverRefused
from worker.domain.events import AgentReported
from worker.domain.lease import Lease
from worker.domain.plan import Plan
from worker.domain.redaction import redacted
from worker.domain.run import Run
from worker.domain.sandbox import SandboxSpec
from worker.domain.task import AgentTask, Way
from worker.domain.transcript import AgentReport, AgentSession
from worker.ports import (
    Checkout,
    Clock,
    CodingAgent,
    Door,
    Gateway,
    Repositories,
    Sandbox,
    Sandboxes,
    Sessions,
)
from worker.rendering import prompts
from worker.stages import resuming
from worker.stages.passage import settled

BASE_URL = "http://127.0.0.1:8080"
PROXY = "127.0.0.1:8081"
FORWARD = "forward"


def perform(
    run: Run,
    lease: Lease,
    repositories: Repositories,
    sandboxes: Sandboxes,
    gateway: Gateway,
    agents: Mapping[str, CodingAgent],
    sessions: Sessions,
    clock: Clock,
) -> AgentReported:
    """Run the plan's agent on the newest commit, in a fresh session or in that of the round before.
    A failed session is a report too, not an error.

    Raises what the gateway saw where no call of a model was answered at all: RateLimited,
    Unavailable, PermanentError.
    """
    plan, tier = run.require_plan(), run.require_tier()
    agent = agents.get(tier.agent)
    if agent is None:
        raise ConfigurationError(f"There is no agent `{tier.agent}`.")
    began = clock.monotonic()
    with repositories.open(run.repository or "", run.id) as checkout:
        task = _task(run, plan, checkout, run.head or plan.base_commit)
        task = replace(task, resumption=resuming.resumption(run, agent, sessions))
        with ExitStack() as opened:
            door = _door(opened, run, lease, task, agent, gateway)
            spec = _spec(run, lease, checkout, sandboxes, agent, _shown(run, agent, door))
            bundle = checkout.bundle(run.head or plan.base_commit)
            sandbox = opened.enter_context(sandboxes.open(spec, bundle))
            session = _session(agent, _with_way(task, agent, door), sandbox)
            commit, refusal = _hand_over(run, sandbox, checkout)
            kept = "" if refusal else resuming.keep(run, agent, session, sandbox, sessions)
        if door is not None:
            session = settled(_without_token(session, door), door.passage())
        spend = session.spend + Spend(seconds=clock.monotonic() - began)
        session = replace(session, spend=spend, failure=session.failure or refusal)
        diff = checkout.diff(plan.base_commit, commit)
    return AgentReported(
        AgentReport(tier.agent, tier.coder_model, _told(task, session), session, commit, diff, kept)
    )


def _task(run: Run, plan: Plan, checkout: Checkout, commit: str) -> AgentTask:
    left = run.left
    timeout = plan.agent_timeout_seconds
    if left.max_seconds is not None:
        timeout = max(1.0, min(timeout, left.max_seconds))
    return AgentTask(
        prompt=prompts.round_prompt(run, checkout.files(commit)),
        round_number=len(run.rounds) + 1,
        model=run.require_tier().coder_model,
        timeout_seconds=timeout,
        allowance=left,
        editable=plan.context_editable,
        readable=plan.context_read_only,
        brief=prompts.brief(run),
    )


def _told(task: AgentTask, session: AgentSession) -> str:
    """The prompt that it was given in the end."""
    return task.resumption.prompt if task.resumption and session.resumed else task.prompt


def _door(
    opened: ExitStack, run: Run, lease: Lease, task: AgentTask, agent: CodingAgent, gateway: Gateway
) -> Door | None:
    """Opened only where there is something to reach, and closed before the report is written."""
    registries = run.require_plan().registries
    models = (task.model,) if agent.needs.gateway and task.model else ()
    if not models and not registries:
        return None
    outside = agent.needs.outside
    access = Access(run.id, lease.token, models, task.allowance, registries, outside=outside)
    return opened.enter_context(gateway.open(access))


def _shown(run: Run, agent: CodingAgent, door: Door | None) -> Door | None:
    """What the sandbox sees of it: nothing where only the worker goes through it."""
    return door if run.require_plan().registries or not agent.needs.outside else None


def _spec(
    run: Run,
    lease: Lease,
    checkout: Checkout,
    sandboxes: Sandboxes,
    agent: CodingAgent,
    door: Door | None,
) -> SandboxSpec:
    plan = run.require_plan()
    tools = agent.needs.tools if door is None else (*agent.needs.tools, FORWARD)
    image = sandboxes.image(
        plan.image, lambda: checkout.archive(plan.base_commit), tuple(dict.fromkeys(tools))
    )
    least = max(plan.limits.memory_bytes, agent.needs.memory_bytes)
    limits = replace(plan.limits, memory_bytes=least)
    spec = SandboxSpec(run.id, lease.token, "agent", image, limits)
    if door is None:
        return spec
    return replace(spec, door=door.directory, variables=_proxy(plan, door))


def _proxy(plan: Plan, door: Door) -> tuple[tuple[str, str], ...]:
    """Where package managers look for a proxy; the token is the session's own."""
    if not plan.registries:
        return ()
    url = f"http://storyfleet:{door.token}@{PROXY}"
    names = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    here = (("NO_PROXY", "127.0.0.1,localhost"), ("no_proxy", "127.0.0.1,localhost"))
    return (*((name, url) for name in names), *here)


def _with_way(task: AgentTask, agent: CodingAgent, door: Door | None) -> AgentTask:
    if door is None or not agent.needs.gateway or task.model is None:
        return task
    return replace(task, way=Way(BASE_URL, door.token, door.over, door.socket))


def _session(agent: CodingAgent, task: AgentTask, sandbox: Sandbox) -> AgentSession:
    try:
        return agent.work(task, sandbox)
    except AgentFailed as fault:
        return AgentSession("", failure=str(fault))


def _without_token(session: AgentSession, door: Door) -> AgentSession:
    """It is worth nothing any more, but a reader of the transcript cannot know that."""
    return redacted(session, lambda text: text.replace(door.token, "[the session's token]"))


def _hand_over(run: Run, sandbox: Sandbox, checkout: Checkout) -> tuple[str, str | None]:
    """The round's commit, and why the sandbox's work was refused where it was."""
    ticket, parent = run.require_ticket(), run.parent or ""
    message = f"{run.ref.identifier}: {ticket.title} (round {len(run.rounds) + 1})\n\n{ticket.url}"
    try:
        return checkout.accept(sandbox.hand_out(), parent, message), None
    except HandOverRefused as fault:
        return run.head or parent, f"The work was refused and thrown away: {fault}"
