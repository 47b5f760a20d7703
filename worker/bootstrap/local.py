"""Local mode: the same core on a person's own repository, with no Linear, GitHub or Redis."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from integrations.docker.sandboxes import DockerSandboxes
from integrations.git.repositories import GitRepositories
from integrations.local.code_host import LocalCodeHost
from integrations.local.repositories import LocalRepositories
from integrations.local.story import story_ticket
from integrations.local.tracker import LocalTracker
from integrations.memory.bell import MemoryBell
from integrations.memory.run_store import MemoryRunStore
from integrations.memory.sessions import MemorySessions
from integrations.runners.reading import InstalledRunners
from integrations.syntax.reader import TreeSitterSyntax
from worker.bootstrap.fleet import SystemClock
from worker.bootstrap.models import agents, gateway, judge
from worker.bootstrap.secrecy import redactor, scanner
from worker.director.loop import Driving, drive
from worker.domain.errors import ConfigurationError
from worker.domain.events import RunOpened
from worker.domain.fleet import AgentCommand, Defaults, Fleet, FleetRepository
from worker.domain.lease import ClaimLimits
from worker.domain.plan import Plan
from worker.domain.repository_settings import RepositorySettings
from worker.domain.run import Run
from worker.domain.ticket import Ticket
from worker.intake.admission import opening
from worker.ports import Observer, Ports
from worker.settings import Settings
from worker.settings.faults import refuse
from worker.settings.models import model_fault
from worker.stages import examine_story

IN_OPTIONS = "For one run: --agent, --agent-command, --model, --evaluator and --evaluator-model."


@dataclass(frozen=True, slots=True)
class LocalRun:
    """What ``fleet run`` was asked for."""

    story: Path
    repository: Path
    output: Path
    overrides: RepositorySettings = RepositorySettings()
    agent_command: tuple[str, ...] = ()
    """The argument vector of the agent called ``command``."""
    evaluator: str = "command"
    """Where neither the options nor the repository name one."""


def run_locally(
    asked: LocalRun, settings: Settings, observers: tuple[Observer, ...], say: Callable[[str], None]
) -> Run:
    """Drive one run to its end in this process and return it.

    Raises ConfigurationError, RepositoryUnavailable and TicketUnavailable before anything is begun
    where an option or a setting is wrong; Unavailable where there is no Docker daemon.
    """
    fleet = local_fleet(asked, settings)
    ticket = story_ticket(asked.story, labels=(fleet.trigger_label,))
    ports = local_ports(asked, settings, fleet, ticket, observers)
    # Never the same id twice: earlier runs of the story are not in this store.
    opened = opening(ticket.ref, fleet, time.time_ns())
    _check(opened, ports, fleet, settings)
    _make(asked.output)
    ports.store.open_run(None, opened)
    driving = Driving(settings.heartbeat_seconds, settings.lease_seconds, max_attempts=3)
    while True:
        lease = ports.store.claim_next("local", ClaimLimits())
        if lease is None:
            time.sleep(0.5)
            continue
        run = drive(lease, ports, fleet, driving)
        if run.closed:
            return run
        say(f"Waiting to try again: {_note(ports, run)}")


def _check(opened: RunOpened, ports: Ports, fleet: Fleet, settings: Settings) -> None:
    """Examine once for the person alone: a wrong option ends the command, not a run."""
    run = Run(opened.run_id, opened.ticket, opened.repository)
    try:
        examined = examine_story.perform(
            run, ports.tracker, ports.code_host, ports.repositories, ports.store, fleet
        )
    except ConfigurationError as fault:
        raise ConfigurationError(f"{fault}\n{IN_OPTIONS}") from fault
    run = run.apply(examined)
    if run.plan is None:
        return
    _check_plan(run, run.plan, fleet, settings)
    ports.sandboxes.stop(opened.run_id)  # there are none, but now we know that Docker answers


def _check_plan(run: Run, plan: Plan, fleet: Fleet, settings: Settings) -> None:
    used = []
    if plan.agent.startswith("native"):
        used.append(("The coder's model", plan.coder_model))
    if plan.evaluator == "judge":
        used.append(("The judge's model", plan.evaluator_model))
    found = (model_fault(settings, whose, model or "") for whose, model in used)
    refuse([fault for fault in found if fault])
    command = fleet.agents.get(plan.agent)
    if command and plan.coder_model is None and any("{model}" in word for word in command.argv):
        raise ConfigurationError(f"The agent `{plan.agent}` is given {{model}}: say --model.")
    if run.branch == plan.base_branch:
        raise ConfigurationError(
            f"The branch {run.branch} is checked out, and it is the one that this story's work "
            "goes to. Switch to the branch that the work is for (`git switch …`)."
        )


def _make(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise ConfigurationError(
            f"The output directory {output} cannot be made ({fault.strerror}): give another with "
            "--output."
        ) from fault


def _note(ports: Ports, run: Run) -> str:
    notes = [row.note for row in ports.store.runs(1) if row.id == run.id]
    return notes[0] if notes else ""


def local_fleet(asked: LocalRun, settings: Settings) -> Fleet:
    """An allowlist of the one repository."""
    agent = "command" if asked.agent_command else "native"
    defaults = Defaults(
        agent=agent,
        coder_model=settings.coder_model,
        evaluator=asked.evaluator,
        evaluator_model=settings.evaluator_model,
    )
    repository = FleetRepository(
        f"local/{asked.repository.resolve().name}",
        teams=("LOCAL",),
        defaults=defaults,
        overrides=asked.overrides,
    )
    commands = dict(settings.fleet.agents)
    if asked.agent_command:
        commands["command"] = AgentCommand(asked.agent_command)
    return Fleet(
        (repository,),
        commands,
        installed=settings.fleet.installed,
        trigger_label=settings.trigger_label,
    )


def local_ports(
    asked: LocalRun,
    settings: Settings,
    fleet: Fleet,
    ticket: Ticket,
    observers: tuple[Observer, ...],
) -> Ports:
    """Everything the core needs, on the person's own repository and this machine's Docker."""
    repository, store = asked.repository.resolve(), MemoryRunStore()
    sandboxes = DockerSandboxes(
        settings.sandbox_image,
        docker_host=settings.docker_host,
        runtime=settings.sandbox_runtime,
        extra_ca_bundle=settings.extra_ca_bundle,
        # No fleet's janitor may take these for its own leftovers.
        fleet="local",
    )
    return Ports(
        tracker=LocalTracker(ticket, _unsaid),
        code_host=LocalCodeHost(repository, asked.output),
        repositories=LocalRepositories(_git(repository, settings), asked.output),
        sandboxes=sandboxes,
        sessions=MemorySessions(),
        agents=agents(fleet),
        gateway=gateway(settings, store),
        judge=judge(settings),
        scanner=scanner(settings),
        runners=InstalledRunners(),
        syntax=TreeSitterSyntax(),
        store=store,
        bell=MemoryBell(),
        clock=SystemClock(),
        observers=observers,
        redact=redactor(settings),
    )


def _git(repository: Path, settings: Settings) -> GitRepositories:
    """With a cache of its own for each directory: two may have the same name."""
    own = hashlib.sha256(str(repository).encode(errors="surrogateescape")).hexdigest()[:16]
    root = settings.data_dir / "local-git" / own
    return GitRepositories(root, lambda _: str(repository), None, keep_on_remote=False)


def _unsaid(comment: str) -> None:
    """A ticket's comments speak of labels; a terminal is told by the observers."""
    del comment
