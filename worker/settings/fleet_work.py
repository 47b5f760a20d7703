"""Layering the fleet file's tables over the defaults into the domain's allowlist."""

from dataclasses import replace

from worker.domain.budget import MICRO, Budget
from worker.domain.fleet import AgentCommand, Defaults, Fleet, FleetRepository
from worker.domain.plan import ImageSpec, Limits
from worker.settings.fleet_tables import BudgetTable, FleetTables, RepositoryTable, WorkTable
from worker.settings.values import Values

INSTALLED_AGENTS = (
    *("claude-code", "codex", "opencode", "aider", "mini-swe-agent", "gemini-cli", "qwen-code"),
)
"""Coding agents that have an image of their own; see infra/runbooks/agents.md."""
BUILT_IN_AGENTS = ("native", "native-tools", "native-whole", *INSTALLED_AGENTS)
"""Coding agents that need no ``[agents.NAME]`` table."""


def assemble(tables: FleetTables, values: Values) -> Fleet:
    """The allowlist; what the file leaves open comes from the settings, then from the domain."""
    given = Defaults(coder_model=values.coder_model, evaluator_model=values.evaluator_model)
    defaults = _over(given, tables.defaults)
    return Fleet(
        repositories=tuple(_repository(s, t, defaults) for s, t in tables.repositories.items()),
        agents={
            name: AgentCommand(table.command, table.gateway)
            for name, table in tables.agents.items()
        },
        installed=frozenset(INSTALLED_AGENTS),
        trigger_label=values.trigger_label,
    )


def _repository(slug: str, table: RepositoryTable, defaults: Defaults) -> FleetRepository:
    return FleetRepository(
        slug=slug,
        base_branch=table.base_branch,
        teams=table.teams,
        projects=table.projects,
        defaults=_over(defaults, table),
    )


def _over(below: Defaults, table: WorkTable) -> Defaults:
    return Defaults(
        agent=table.agent or below.agent,
        coder_model=table.coder_model or below.coder_model,
        evaluator=table.evaluator or below.evaluator,
        evaluator_model=table.evaluator_model or below.evaluator_model,
        budget=_budget(below.budget, table.budget),
        lifetime=_budget(below.lifetime, table.lifetime),
        image=_image(below.image, table),
        limits=_limits(below.limits, table),
        registries=below.registries if table.registries is None else table.registries,
        resume_sessions=(
            below.resume_sessions if table.resume_sessions is None else table.resume_sessions
        ),
    )


def _budget(below: Budget, table: BudgetTable) -> Budget:
    """A limit set to None was written as "unlimited"; one that was not written stays."""
    merged = below
    if table.max_iterations is not None:
        merged = replace(merged, max_rounds=table.max_iterations)
    if "max_minutes" in table.model_fields_set:
        seconds = None if table.max_minutes is None else table.max_minutes * 60
        merged = replace(merged, max_seconds=seconds)
    if "max_tokens" in table.model_fields_set:
        merged = replace(merged, max_tokens=table.max_tokens)
    if "max_usd" in table.model_fields_set:
        money = None if table.max_usd is None else round(table.max_usd * MICRO)
        merged = replace(merged, max_micro_usd=money)
    return merged


def _image(below: ImageSpec, table: WorkTable) -> ImageSpec:
    """A table that names an image leaves the Dockerfile below it, and the other way round."""
    base = below
    if table.image or table.dockerfile:
        base = replace(below, image=table.image, dockerfile=table.dockerfile)
    return base if table.setup is None else replace(base, setup=table.setup)


def _limits(below: Limits, table: WorkTable) -> Limits:
    return Limits(
        memory_bytes=table.memory or below.memory_bytes,
        cpus=table.cpus or below.cpus,
        pids=table.pids or below.pids,
        workspace_bytes=table.workspace or below.workspace_bytes,
        output_bytes=table.output or below.output_bytes,
        files=table.files or below.files,
    )
