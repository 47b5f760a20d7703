"""Local mode: the same core on a person's own repository, with no Linear, GitHub or Redis."""

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
from worker.bootstrap.fleet import SystemClock
from worker.bootstrap.models import agents, judge
from worker.director.loop import Driving, drive
from worker.domain.fleet import AgentCommand, Defaults, Fleet, FleetRepository
from worker.domain.lease import ClaimLimits
from worker.domain.repository_settings import RepositorySettings
from worker.domain.run import Run
from worker.intake.admission import opening
from worker.ports import Observer, Ports
from worker.settings import Settings
from worker.telemetry import Redactor


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
    """Drive one run to its end in this process and return it. Raises FleetError."""
    fleet = _fleet(asked, settings)
    ticket = story_ticket(asked.story, labels=(fleet.trigger_label,))
    asked.output.mkdir(parents=True, exist_ok=True)
    ports = _ports(asked, settings, fleet, LocalTracker(ticket, say), observers)
    opened = opening(ticket.ref, fleet, ports.clock)
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


def _note(ports: Ports, run: Run) -> str:
    notes = [row.note for row in ports.store.runs(1) if row.id == run.id]
    return notes[0] if notes else ""


def _fleet(asked: LocalRun, settings: Settings) -> Fleet:
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
    return Fleet((repository,), commands, settings.trigger_label)


def _ports(
    asked: LocalRun,
    settings: Settings,
    fleet: Fleet,
    tracker: LocalTracker,
    observers: tuple[Observer, ...],
) -> Ports:
    repository = asked.repository.resolve()
    git = GitRepositories(
        settings.data_dir / "local-git", lambda _: str(repository), None, keep_on_remote=False
    )
    sandboxes = DockerSandboxes(
        settings.sandbox_image,
        docker_host=settings.docker_host,
        runtime=settings.sandbox_runtime,
        extra_ca_bundle=settings.extra_ca_bundle,
    )
    return Ports(
        tracker=tracker,
        code_host=LocalCodeHost(repository, asked.output),
        repositories=LocalRepositories(git, asked.output),
        sandboxes=sandboxes,
        agents=agents(settings, fleet),
        judge=judge(settings),
        store=MemoryRunStore(),
        bell=MemoryBell(),
        clock=SystemClock(),
        observers=observers,
        redact=Redactor(settings.secrets()),
    )
