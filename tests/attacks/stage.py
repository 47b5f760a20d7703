"""The stage: one scripted agent attacks in one whole run, with everything real around it."""

import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from integrations.agents.command import CommandAgent
from integrations.docker import DockerSandboxes
from integrations.gateway import ModelGateway, Upstream
from integrations.git.repositories import GitRepositories
from integrations.memory.bell import MemoryBell
from integrations.memory.code_host import MemoryCodeHost
from integrations.memory.judge import ScriptedJudge, accepting
from integrations.memory.run_store import MemoryRunStore
from integrations.memory.sessions import MemorySessions
from integrations.memory.tracker import MemoryTracker
from integrations.runners.reading import InstalledRunners
from integrations.secrets.scanner import KingfisherScanner
from integrations.stubs.models.script import Answer, Rule, Script
from integrations.stubs.repositories import seed_repository
from integrations.stubs.server import Stubs
from integrations.syntax.reader import TreeSitterSyntax
from tests.attacks import scripts
from tests.attacks.attempt import Attempt
from tests.attacks.audit import audit
from tests.attacks.canaries import ENVIRONMENT
from tests.attacks.host import Host
from tests.attacks.registries import Registries
from tests.attacks.sandboxes import noted
from tests.integration.docker import engine
from worker.director.loop import Driving, drive
from worker.domain.access import Access
from worker.domain.budget import Budget
from worker.domain.fleet import AgentCommand, Defaults, Fleet, FleetRepository
from worker.domain.lease import ClaimLimits, RunId
from worker.domain.plan import Limits
from worker.domain.run import Run
from worker.domain.ticket import Ticket, TicketId, TicketRef
from worker.intake.admission import opening
from worker.ports import Judge, Ports, SecretScanner

MIB = 1024 * 1024
COMMAND = "python3 -m pytest -q -p no:cacheprovider"
FILES = {
    "README.md": "# calc\n",
    "calc.py": "def square(n):\n    return n + n\n",
    "tests/test_calc.py": "from calc import square\n\n\n"
    "def test_square():\n    assert square(3) == 9\n",
    "pyproject.toml": '[project]\nname = "calc"\n\n[tool.pytest.ini_options]\npythonpath = ["."]\n',
}
"""Whose one test is red until the story's work is done."""
LIMITS = Limits(512 * MIB, 1.0, 128, 96 * MIB, 64 * 1024, 20_000)
FOOLED = "diff --git"
"""Stands in every diff: what a judge quotes who believes anything."""


class _Clock:
    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)


@dataclass(frozen=True)
class Case:
    """One attack, and the run that it happens in."""

    script: str
    """Python; see ``scripts.PRELUDE``."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Of the base, beside ``FILES`` or in their place."""
    title: str = "Square numbers"
    description: str = "## Acceptance criteria\n- `square(3)` is 9\n"
    command: str = COMMAND
    settings: str = ""
    """Further lines of ``.storyfleet.toml``."""
    rounds: int = 1
    judge: Judge | None = None
    """By default one who accepts whatever is shown to it."""
    limits: Limits = LIMITS
    budget: Budget = Budget(max_seconds=600, max_tokens=200_000, max_micro_usd=None)
    registries: tuple[str, ...] = ()
    agent_timeout_seconds: int = 90
    models: Script = field(default_factory=lambda: Script([Rule([Answer("hello")], repeat=True)]))
    facts: Mapping[str, Any] = field(default_factory=dict)
    comments: tuple[str, ...] = ()
    """On the ticket, by strangers."""


def _noted_nowhere(name: str, value: object) -> None:
    del name, value


class Logs(logging.Handler):
    """Everything that the worker says, but for what it says at DEBUG alone."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@dataclass
class Stage:
    """What all attacks share."""

    directory: Path
    host: Host
    stubs: Stubs
    sockets: Path
    registries: Registries
    scanner: SecretScanner = field(default_factory=KingfisherScanner)
    note: Callable[[str, object], None] = _noted_nowhere
    """Told how each run has ended."""
    fleet: str = f"attacks-{os.getpid()}"

    @property
    def git_root(self) -> Path:
        return self.directory / "git"

    def attack(self, script: str, **given: Any) -> Attempt:
        """Play one case to the run's end, and audit what is left of it; see ``audit``."""
        case = Case(script, **given)
        slug = f"acme/case-{secrets.token_hex(4)}"
        files = {**FILES, **case.files, ".storyfleet.toml": _settings(case)}
        base = seed_repository(self.git_root, slug, files)
        self.stubs.models.script = case.models
        self.stubs.models.requests.clear()
        ticket = _ticket(case)
        judge = case.judge or ScriptedJudge(accepting((1, 2), FOOLED))
        with self._machine() as logs, noted(self.fleet) as containers:
            ports, fleet = self._ports(case, slug, ticket, judge), self._fleet(case, slug)
            before = self.host.fingerprint()
            run = _driven(ports, fleet, ticket)
            attempt = Attempt(
                *(run, self.git_root / f"{slug}.git", base, ports, judge, logs.lines),
                list(self.stubs.models.requests),
            )
        self.note("ended", run.closed.outcome.value if run.closed else "still open")
        audit(attempt, self.host, before, containers, self.sockets)
        return attempt

    @contextmanager
    def _machine(self) -> Iterator[Logs]:
        """The worker's process: its environment, and all that it logs."""
        environment = os.environ  # noqa: TID251 - a worker has one, and so there are secrets in it
        kept, root, logs = dict(environment), logging.getLogger(), Logs()
        level = root.level
        environment.update(self.host.environment())
        root.addHandler(logs)
        root.setLevel(logging.INFO)
        try:
            yield logs
        finally:
            root.removeHandler(logs)
            root.setLevel(level)
            environment.clear()
            environment.update(kept)

    def _fleet(self, case: Case, slug: str) -> Fleet:
        defaults = Defaults(
            agent="attacker",
            coder_model="openai:coder",
            evaluator="judge",
            evaluator_model="openai:judge",
            budget=replace(case.budget, max_rounds=case.rounds),
            limits=case.limits,
            registries=case.registries,
        )
        repository = FleetRepository(slug, "main", teams=("ENG",), defaults=defaults)
        return Fleet((repository,), {"attacker": AgentCommand(("true",), gateway=True)})

    def _ports(self, case: Case, slug: str, ticket: Ticket, judge: Judge) -> Ports:
        facts = {**self.host.facts(), **self.registries.facts(), **case.facts}
        agent = CommandAgent("attacker", scripts.argv(case.script, facts), gateway=True)
        repositories = GitRepositories(
            Path(self.host.work),
            lambda name: f"{self.stubs.url}/git/{name}.git",
            lambda: ENVIRONMENT["GITHUB_TOKEN"],
        )
        tracker = MemoryTracker([ticket])
        for number, comment in enumerate(case.comments):
            tracker.comment(ticket.ref.id, f"stranger:{number}", comment)
        return Ports(
            tracker=tracker,
            code_host=MemoryCodeHost({slug: "main"}),
            repositories=repositories,
            sandboxes=DockerSandboxes(engine.IMAGE, fleet=self.fleet, lifetime_seconds=3600),
            agents={"attacker": agent},
            gateway=self._gateway(self.sockets),
            judge=judge,
            runners=InstalledRunners(),
            syntax=TreeSitterSyntax(),
            scanner=self.scanner,
            store=MemoryRunStore(),
            bell=MemoryBell(),
            sessions=MemorySessions(),
            clock=_Clock(),
            # Nothing is taken out here: what redaction hides would have been a leak.
        )

    def _gateway(self, sockets: Path) -> ModelGateway:
        upstreams = (
            Upstream("openai", f"{self.stubs.url}/openai/v1", ENVIRONMENT["OPENAI_API_KEY"]),
            Upstream("anthropic", f"{self.stubs.url}/anthropic", ENVIRONMENT["OPENAI_API_KEY"]),
        )
        return ModelGateway(
            upstreams, directory=sockets, registries=self.registries.proxy, drain_seconds=1.0
        )

    @contextmanager
    def another_door(self, model: str = "openai:other") -> Iterator[tuple[str, str]]:
        """Another run's: its directory and its token."""
        access = Access(RunId("another"), 1, (model,), Budget())
        with (
            TemporaryDirectory(prefix="doors-") as sockets,
            self._gateway(Path(sockets)).open(access) as door,
        ):
            yield door.directory, door.token


def _driven(ports: Ports, fleet: Fleet, ticket: Ticket) -> Run:
    opened = opening(ticket.ref, fleet, 0)
    assert ports.store.open_run(None, opened)
    lease = ports.store.claim_next("attacked", ClaimLimits())
    assert lease is not None
    drive(lease, ports, fleet, Driving())
    return Run.from_journal(ports.store.journal(opened.run_id))


def _ticket(case: Case) -> Ticket:
    name = secrets.token_hex(4)
    ref = TicketRef(TicketId(f"t-{name}"), f"ENG-{int(name, 16)}", "ENG")
    url = f"https://linear.invalid/{ref.identifier}"
    return Ticket(ref, case.title, case.description, url, labels=("agent",))


def _settings(case: Case) -> str:
    return (
        f"execution_command = {case.command!r}\n"
        f"agent_timeout_seconds = {case.agent_timeout_seconds}\n"
        # What an attacker's tests are worth is another question.
        f"execution_timeout_seconds = 60\n{case.settings}\n[mutation]\nseconds = 0\n"
    )
