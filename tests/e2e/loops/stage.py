"""The stage: a scripted agent works a ticket, with real git, real containers and all gates."""

import base64
import json
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integrations.agents.command import CommandAgent
from integrations.docker import DockerSandboxes
from integrations.git.repositories import GitRepositories
from integrations.memory.bell import MemoryBell
from integrations.memory.code_host import MemoryCodeHost
from integrations.memory.gateway import MemoryGateway
from integrations.memory.judge import ScriptedJudge, accepting
from integrations.memory.run_store import MemoryRunStore
from integrations.memory.scanner import MemoryScanner
from integrations.memory.sessions import MemorySessions
from integrations.memory.tracker import MemoryTracker
from integrations.runners.reading import InstalledRunners
from integrations.stubs.repositories import seed_repository
from integrations.stubs.server import Stubs
from integrations.syntax.reader import TreeSitterSyntax
from tests.integration.docker import engine
from worker.director.loop import Driving, drive
from worker.domain.budget import Budget
from worker.domain.events import Outcome
from worker.domain.fleet import AgentCommand, Defaults, Fleet, FleetRepository
from worker.domain.lease import ClaimLimits
from worker.domain.ledger import State
from worker.domain.plan import Limits
from worker.domain.question import JudgeAnswer
from worker.domain.run import Run
from worker.domain.ticket import Ticket, TicketId, TicketRef
from worker.intake.admission import opening
from worker.ports import Ports

TOKEN = "loops-token"
MIB = 1024 * 1024
LIMITS = Limits(512 * MIB, 2.0, 128, 96 * MIB, 256 * 1024, 20_000)
FOOLED = "diff --git"
"""Stands in every diff: what a judge quotes who believes anything."""
_WRITER = """
import base64, json, pathlib, sys
rounds = json.loads(base64.b64decode(sys.argv[1]))
for path, text in rounds[min(int(sys.argv[2]), len(rounds)) - 1].items():
    path = pathlib.Path(path)
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
"""

Round = Mapping[str, str | None]
"""What the agent writes in a round, by path; None removes the file. The last is repeated."""


class _Clock:
    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)


@dataclass(frozen=True)
class Played:
    """A run that has ended, and what a person sees of it."""

    run: Run
    code_host: MemoryCodeHost
    slug: str

    @property
    def outcome(self) -> Outcome | None:
        return self.run.closed.outcome if self.run.closed else None

    @property
    def reason(self) -> str:
        return self.run.closed.reason if self.run.closed else ""

    def gates(self, number: int) -> list[str]:
        """The red gates of a round, each once, in order."""
        evidence = self.run.rounds[number - 1].evidence
        return list(dict.fromkeys(f.gate for f in evidence.findings)) if evidence else []

    def told(self, number: int) -> str:
        """All that gates said of a round."""
        evidence = self.run.rounds[number - 1].evidence
        return "\n".join(f"{f.place}: {f.text}" for f in evidence.findings) if evidence else ""

    def prompt(self, number: int) -> str:
        return self.run.rounds[number - 1].report.prompt

    def regressed(self) -> list[str]:
        """Places of what had been mended and came back, and stayed."""
        failures = self.run.ledger.failures
        return [f.finding.place for f in failures if f.state is State.REGRESSED]


@dataclass(frozen=True)
class Stage:
    """What all runs share."""

    directory: Path
    stubs: Stubs

    def play(
        self,
        files: Mapping[str, str],
        rounds: Sequence[Round],
        *,
        story: str = "## Acceptance criteria\n- it works\n",
        settings: str = "",
        most: int = 5,
        judge: Sequence[JudgeAnswer] = (accepting((1,), FOOLED),),
    ) -> Played:
        """Work one ticket to its end. ``files`` are the base's, ``settings`` further lines of its
        settings, ``most`` how many rounds a tier has.
        """
        slug = f"acme/loop-{secrets.token_hex(4)}"
        own = f"agent_timeout_seconds = 60\nexecution_timeout_seconds = 60\n{settings}"
        seed_repository(self.directory / "git", slug, {**files, ".storyfleet.toml": own})
        ticket = _ticket(story)
        ports = self._ports(slug, ticket, rounds, judge)
        opened = opening(ticket.ref, fleet := _fleet(slug, most), 0)
        assert ports.store.open_run(None, opened)
        lease = ports.store.claim_next("loops", ClaimLimits())
        assert lease is not None
        drive(lease, ports, fleet, Driving())
        run = Run.from_journal(ports.store.journal(opened.run_id))
        code_host = ports.code_host
        assert isinstance(code_host, MemoryCodeHost)
        return Played(run, code_host, slug)

    def _ports(
        self, slug: str, ticket: Ticket, rounds: Sequence[Round], judge: Sequence[JudgeAnswer]
    ) -> Ports:
        script = base64.b64encode(json.dumps([dict(one) for one in rounds]).encode()).decode()
        argv = ("python3", "-c", _WRITER, script, "{round}")
        agents: Any = {name: CommandAgent(name, argv) for name in ("small", "large")}
        return Ports(
            tracker=MemoryTracker([ticket]),
            code_host=MemoryCodeHost({slug: "main"}),
            repositories=GitRepositories(
                self.directory / "work",
                lambda name: f"{self.stubs.url}/git/{name}.git",
                lambda: TOKEN,
            ),
            sandboxes=DockerSandboxes(
                engine.IMAGE, fleet=f"loops-{os.getpid()}", lifetime_seconds=3600
            ),
            agents=agents,
            gateway=MemoryGateway(),
            judge=ScriptedJudge(*judge),
            scanner=MemoryScanner(),
            runners=InstalledRunners(),
            syntax=TreeSitterSyntax(),
            store=MemoryRunStore(),
            bell=MemoryBell(),
            sessions=MemorySessions(),
            clock=_Clock(),
        )


def _fleet(slug: str, most: int) -> Fleet:
    defaults = Defaults(
        agent="small",
        evaluator="judge",
        evaluator_model="openai:judge",
        budget=Budget(most, 1200.0, None, None),
        limits=LIMITS,
    )
    commands = {name: AgentCommand(("true",)) for name in ("small", "large")}
    return Fleet((FleetRepository(slug, "main", teams=("ENG",), defaults=defaults),), commands)


def _ticket(story: str) -> Ticket:
    name = secrets.token_hex(4)
    ref = TicketRef(TicketId(f"t-{name}"), f"ENG-{int(name, 16)}", "ENG")
    url = f"https://linear.invalid/{ref.identifier}"
    return Ticket(ref, "Make it work", story, url, labels=("agent",))
