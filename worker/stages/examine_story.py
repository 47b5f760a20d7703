"""Read the story and the repository's settings, and settle how to work, before money is spent."""

from dataclasses import dataclass, replace

from worker.domain import detection, repository_settings, story
from worker.domain.errors import ConfigurationError
from worker.domain.events import CancelRequested, RunBlocked, StoryExamined
from worker.domain.fleet import Fleet, FleetRepository
from worker.domain.mode import Mode, labelled
from worker.domain.plan import Plan, Tier
from worker.domain.protection import Protection, named_in, part_of_command
from worker.domain.repository_settings import FILE_NAME, RepositorySettings, SettingsFileFault
from worker.domain.rules_file import learned, rules_path
from worker.domain.run import Run
from worker.domain.ticket import Ticket
from worker.ports import Checkout, CodeHost, Repositories, RunStore, Tracker
from worker.rendering import comments
from worker.stages.lifetime import within_lifetime

DEFAULT_TRANSCRIPTS = "storyfleet/transcripts"


Examined = StoryExamined | CancelRequested | RunBlocked


def perform(
    run: Run,
    tracker: Tracker,
    code_host: CodeHost,
    repositories: Repositories,
    store: RunStore,
    fleet: Fleet,
) -> Examined:
    """Plan the run, or say what must be answered or finished first.

    Raises ConfigurationError where no repository is allowed for the ticket or no model is set.
    """
    ticket = tracker.ticket(run.ref.id)
    if run.repeats is None and (not_now := _not_now(run, ticket, tracker, fleet)):
        return not_now
    repository = _repository(run, fleet)
    told = story.examine(ticket.title, ticket.description)
    if not told.criteria:
        return StoryExamined(ticket, questions=("The ticket is empty: what is to be done?",))
    with repositories.open(repository.slug, run.id) as checkout:
        branch = repository.base_branch or code_host.default_branch(repository.slug)
        base = _Base(checkout, branch, checkout.resolve(branch))
        examined = _examined(ticket, told, repository, base, fleet)
    return within_lifetime(run, examined, repository.defaults.lifetime, store)


def _not_now(
    run: Run, ticket: Ticket, tracker: Tracker, fleet: Fleet
) -> CancelRequested | RunBlocked | None:
    """What the ticket's state says against work on it; a rerun was asked for whatever it says."""
    if ticket.closed:
        return CancelRequested(f"the ticket is {ticket.state_type}", by_state=True)
    if not ticket.has_label(fleet.trigger_label):
        gone = f"the label `{fleet.trigger_label}` is not on the ticket any more"
        return CancelRequested(gone, by_state=True)
    if ticket.blocked_by:
        tracker.comment(run.ref.id, f"{run.id}:start", comments.blocked(ticket))
        return RunBlocked(ticket.blocked_by)
    return None


@dataclass(frozen=True, slots=True)
class _Base:
    """The base branch as it stands now; everything that governs a run is read from here."""

    checkout: Checkout
    branch: str
    commit: str

    def read(self, path: str) -> str | None:
        return self.checkout.read(self.commit, path)


def _repository(run: Run, fleet: Fleet) -> FleetRepository:
    if run.repository is None:
        where = f"team {run.ref.team}" + (f", project {run.ref.project}" if run.ref.project else "")
        raise ConfigurationError(
            f"No repository is set for this ticket ({where}). Add the team or the project to a "
            "repository in the fleet file, then put the label on again."
        )
    repository = fleet.repository(run.repository)
    if repository is None:
        raise ConfigurationError(
            f"The repository {run.repository} is not in the fleet file, which is the allowlist. "
            "Add it there, then put the label on again."
        )
    return repository


def _examined(
    ticket: Ticket, told: story.Story, repository: FleetRepository, base: _Base, fleet: Fleet
) -> StoryExamined:
    try:
        text = base.read(FILE_NAME)
        own = repository_settings.parse(text) if text is not None else RepositorySettings()
    except SettingsFileFault as fault:
        return StoryExamined(ticket, questions=fault.faults)
    own = own.overridden_by(repository.overrides)
    assumptions = [told.assumption] if told.assumption else []
    command = own.execution_command
    if command is None:
        found = detection.execution_command(base.checkout.files(base.commit), base.read)
        if found is None:
            return StoryExamined(ticket, questions=(_no_command(repository.slug, base.branch),))
        command = found.command
        assumptions.append(
            f"The execution command `{command}` was derived from `{found.because}`; "
            f"`execution_command` in `{FILE_NAME}` sets another."
        )
    plan = _plan(told, repository, own, base, command)
    plan = _ruled(_climbing(plan, ticket, own), own, base)
    plan = replace(plan, protection=_protection(ticket, own, base, command))
    _check_models(plan, fleet)
    return StoryExamined(ticket, _noted(plan, assumptions, own))


def _plan(
    told: story.Story,
    repository: FleetRepository,
    own: RepositorySettings,
    base: _Base,
    command: str,
) -> Plan:
    defaults = repository.defaults
    coder = own.coder_model or defaults.coder_model
    usual = Plan(base.branch, base.commit, told.criteria, command, "", None, "", None)
    return Plan(
        base_branch=base.branch,
        base_commit=base.commit,
        criteria=told.criteria,
        execution_command=command,
        agent=own.agent or defaults.agent,
        coder_model=coder,
        evaluator=own.evaluator or defaults.evaluator,
        evaluator_model=own.evaluator_model or defaults.evaluator_model or coder,
        budget=own.budget(defaults.budget),
        image=own.image_spec(defaults.image),
        limits=defaults.limits,
        registries=defaults.registries,
        prompt=own.prompt,
        context_editable=own.context_editable,
        context_read_only=own.context_read_only,
        execution_timeout_seconds=own.execution_timeout_seconds or usual.execution_timeout_seconds,
        agent_timeout_seconds=own.agent_timeout_seconds or usual.agent_timeout_seconds,
        transcripts=DEFAULT_TRANSCRIPTS if own.transcripts is None else own.transcripts,
        stall_rounds=own.stall_rounds or usual.stall_rounds,
        checks=own.checks,
        rails=own.rails,
        mutation=own.mutation,
        resume_sessions=own.resumes(defaults.resume_sessions),
    )


def _climbing(plan: Plan, ticket: Ticket, own: RepositorySettings) -> Plan:
    """With its mode, which the ticket may choose, and its ladder."""
    mode = labelled(ticket.labels) or Mode(own.mode or Mode.DIRECTOR)
    return replace(plan, mode=mode, ladder=own.tiers_above(plan.tiers[0]))


def _ruled(plan: Plan, own: RepositorySettings, base: _Base) -> Plan:
    """With the rules as they stand on the base now."""
    path = rules_path(own.rules_file, base.checkout.files(base.commit))
    text = base.read(path)
    return plan if text is None else replace(plan, rules_file=path, rules=learned(text))


def _protection(ticket: Ticket, own: RepositorySettings, base: _Base, command: str) -> Protection:
    files = base.checkout.files(base.commit)
    named = named_in(f"{ticket.title}\n{ticket.description}", files)
    return own.protection(named, part_of_command(command, files))


def _noted(plan: Plan, assumptions: list[str], own: RepositorySettings) -> Plan:
    return replace(plan, assumptions=tuple(assumptions), warnings=own.warnings)


def _check_models(plan: Plan, fleet: Fleet) -> None:
    if plan.evaluator == "judge" and plan.evaluator_model is None:
        raise ConfigurationError(
            "The evaluator is `judge`, but no evaluator model is set. Set EVALUATOR_MODEL "
            '(provider:name), or `evaluator = "command"` to let the exit code decide alone.'
        )
    for tier in plan.tiers:
        _check_tier(tier, fleet)


def _check_tier(tier: Tier, fleet: Fleet) -> None:
    own_way = tier.agent.startswith("native") or tier.agent in fleet.installed
    if own_way and tier.coder_model is None:
        raise ConfigurationError(
            f"The agent `{tier.agent}` needs a model. Set CODER_MODEL (provider:name), or "
            "`coder_model` in the fleet file or the repository's settings."
        )
    if not own_way and tier.agent not in fleet.agents:
        others = sorted({*fleet.agents, *fleet.installed})
        known = ", ".join(["native", "native-tools", "native-whole", *others])
        raise ConfigurationError(f"There is no agent `{tier.agent}`. Known agents: {known}.")


def _no_command(repository: str, branch: str) -> str:
    return (
        f"How does {repository} test itself? No execution command could be derived from the files "
        f'on `{branch}`. Put `execution_command = "…"` into `{FILE_NAME}` on that branch, then '
        "remove the label and put it on again."
    )
