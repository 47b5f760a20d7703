"""A whole fleet in memory, and a sandbox whose behaviour a test writes down."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from integrations.memory.bell import MemoryBell
from integrations.memory.code_host import MemoryCodeHost
from integrations.memory.gateway import MemoryGateway
from integrations.memory.repositories import MemoryRepositories
from integrations.memory.run_store import MemoryRunStore
from integrations.memory.runners import MemoryRunners
from integrations.memory.sessions import MemorySessions
from integrations.memory.syntax import MemorySyntax
from integrations.memory.tracker import MemoryTracker
from tests.unit.builders import REF, WordScanner, ticket
from worker.domain.budget import Spend
from worker.domain.command import Command, CommandResult, never
from worker.domain.errors import FleetError
from worker.domain.events import RunEvent, RunOpened
from worker.domain.fleet import Defaults, Fleet, FleetRepository
from worker.domain.lease import ClaimLimits, Lease, RunId
from worker.domain.plan import ImageSpec
from worker.domain.question import JudgeAnswer, JudgeQuestion
from worker.domain.run import Run
from worker.domain.sandbox import FoundSandbox, SandboxSpec
from worker.domain.task import AgentNeeds, AgentTask
from worker.domain.ticket import Ticket
from worker.domain.transcript import AgentSession
from worker.domain.verdict import Judgement
from worker.ports import Ports, Sandbox

SLUG = "acme/app"
LEASE_SECONDS = 60.0
SETTINGS = 'execution_command = "make test"\nmax_iterations = 3\n'

Act = Callable[["PlaySandbox"], AgentSession]
"""What an agent does in one round."""


class StillClock:
    """A clock that moves only when something sleeps."""

    def __init__(self) -> None:
        self.time = 1000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class PlayAgent:
    """An agent that plays the round's act, the last one in every round after it.

    A round that is repeated after a crash is the same act again.
    """

    acts: list[Act]
    tasks: list[AgentTask] = field(default_factory=list)
    needs: AgentNeeds = AgentNeeds()

    def work(self, task: AgentTask, sandbox: Sandbox) -> AgentSession:
        assert isinstance(sandbox, PlaySandbox)
        self.tasks.append(task)
        return self.acts[min(task.round_number, len(self.acts)) - 1](sandbox)


@dataclass
class PlayJudge:
    """A judge that gives its answers in order; an exception is raised."""

    answers: list[JudgeAnswer | Judgement | FleetError]
    questions: list[JudgeQuestion] = field(default_factory=list)

    def assess(self, question: JudgeQuestion) -> JudgeAnswer:
        self.questions.append(question)
        answer = self.answers.pop(0)
        if isinstance(answer, FleetError):
            raise answer
        if isinstance(answer, Judgement):
            return JudgeAnswer(answer, Spend(10, 1, 100, 0, 0, 1))
        return answer


class PlaySandbox:
    """A checkout as a dict of files; hands out what MemoryRepositories takes in."""

    def __init__(
        self, files: dict[str, str], run: Callable[["PlaySandbox"], CommandResult]
    ) -> None:
        self.files, self._run = files, run
        self.home: dict[str, str] = {}
        self.refusal: FleetError | None = None
        self.packing_fault: FleetError | None = None

    def run(self, command: Command, over: Callable[[], bool] = never) -> CommandResult:
        del command, over
        return self._run(self)

    def read(self, path: str) -> str | None:
        return self.files.get(path)

    def write(self, path: str, content: str) -> None:
        self.files[path] = content

    def hand_out(self) -> bytes:
        if self.refusal:
            raise self.refusal
        return json.dumps({"files": self.files}).encode()

    def pack_home(self, paths: Sequence[str], most_bytes: int, most_files: int) -> bytes | None:
        if self.packing_fault:
            raise self.packing_fault
        found = {path: self.home[path] for path in paths if path in self.home}
        archive = json.dumps(found).encode()
        return archive if found and len(archive) <= most_bytes and most_files else None

    def unpack_home(self, archive: bytes, paths: Sequence[str]) -> bool:
        found = json.loads(archive)
        assert set(found) <= set(paths)
        self.home |= found
        return True


@dataclass
class PlaySandboxes:
    """Opens PlaySandboxes and remembers what was opened and stopped."""

    execution: Callable[[PlaySandbox], CommandResult]
    opened: list[SandboxSpec] = field(default_factory=list)
    stopped: list[tuple[RunId, int | None]] = field(default_factory=list)
    fault: FleetError | None = None
    """Raised by every ``open`` while it is set."""
    stop_fault: FleetError | None = None
    """Raised by every ``stop`` while it is set, after it was noted."""

    def image(
        self, spec: ImageSpec, archive: Callable[[], bytes], tools: Sequence[str] = ()
    ) -> str:
        del archive
        return " + ".join((spec.image or "default", *tools))

    @contextmanager
    def open(self, spec: SandboxSpec, bundle: bytes) -> Iterator[PlaySandbox]:
        if self.fault:
            raise self.fault
        self.opened.append(spec)
        yield PlaySandbox(json.loads(bundle)["files"], self.execution)

    def stop(self, run_id: RunId, below_fence: int | None = None) -> int:
        self.stopped.append((run_id, below_fence))
        if self.stop_fault:
            raise self.stop_fault
        return 1

    def rebuilt(self, spec: SandboxSpec, setup: Sequence[str], archive: bytes, token: str) -> str:
        del setup, archive, token
        return f"{spec.image} + rebuilt"

    def forget(self, run_id: RunId) -> None:
        del run_id

    def prune(self, unused_seconds: float) -> int:
        del unused_seconds
        return 0

    def found(self) -> Sequence[FoundSandbox]:
        return ()


@dataclass
class Seen:
    """An Observer that remembers."""

    events: list[RunEvent] = field(default_factory=list)

    def saw(self, run: Run, event: RunEvent) -> None:
        del run
        self.events.append(event)


@dataclass
class World:
    """Everything a director test needs, with the ports by their own types."""

    agent: PlayAgent
    judge: PlayJudge
    sandboxes: PlaySandboxes
    fleet: Fleet
    tracker: MemoryTracker
    code_host: MemoryCodeHost
    repositories: MemoryRepositories
    store: MemoryRunStore
    clock: StillClock
    """The store's clock too: sleep, and leases end and delays are over."""
    seen: Seen = field(default_factory=Seen)
    gateway: MemoryGateway = field(default_factory=MemoryGateway)
    scanner: WordScanner = field(default_factory=lambda: WordScanner("hunter2"))
    runners: MemoryRunners = field(default_factory=MemoryRunners)
    syntax: MemorySyntax = field(default_factory=MemorySyntax)
    sessions: MemorySessions = field(default_factory=MemorySessions)

    def ports(self, redact: Callable[[str], str] = str) -> Ports:
        return Ports(
            tracker=self.tracker,
            code_host=self.code_host,
            repositories=self.repositories,
            sandboxes=self.sandboxes,
            agents={"native": self.agent},
            gateway=self.gateway,
            judge=self.judge,
            scanner=self.scanner,
            runners=self.runners,
            syntax=self.syntax,
            store=self.store,
            bell=MemoryBell(),
            sessions=self.sessions,
            clock=self.clock,
            observers=(self.seen,),
            redact=redact,
        )

    def open(self, slug: str | None = SLUG) -> Lease:
        self.store.open_run(None, RunOpened(RunId("r1"), REF, slug))
        return self.claim()

    def claim(self) -> Lease:
        lease = self.store.claim_next("w1", ClaimLimits())
        assert lease is not None
        return lease

    def journal(self) -> Run:
        return Run.from_journal(self.store.journal(RunId("r1")))


def green_if(path: str, text: str) -> Callable[[PlaySandbox], CommandResult]:
    """The execution command passes where ``path`` holds ``text``."""

    def execution(sandbox: PlaySandbox) -> CommandResult:
        good = text in (sandbox.read(path) or "")
        return CommandResult(0 if good else 1, "2 passed" if good else "1 failed", 0.5)

    return execution


def writes(text: str, path: str = "calc.py") -> Act:
    """An act that writes one file."""

    def act(sandbox: PlaySandbox) -> AgentSession:
        sandbox.write(path, text)
        return AgentSession(f"wrote {path}")

    return act


def does_nothing(_: PlaySandbox) -> AgentSession:
    """An act that leaves everything as it was."""
    return AgentSession("nothing to do")


def world(
    acts: Sequence[Act] = (writes("square = 9"),),
    answers: Sequence[JudgeAnswer | Judgement | FleetError] = (),
    *,
    tickets: Sequence[Ticket] | None = None,
    files: dict[str, str] | None = None,
    evaluator: str = "command",
) -> World:
    """A world with one repository and one ticket, whose execution command wants a square."""
    repositories, clock = MemoryRepositories(), StillClock()
    repositories.create(SLUG, {".storyfleet.toml": SETTINGS} if files is None else files)
    defaults = Defaults("native", "openai:coder", evaluator, "openai:judge")
    return World(
        PlayAgent(list(acts)),
        PlayJudge(list(answers)),
        PlaySandboxes(green_if("calc.py", "square")),
        Fleet((FleetRepository(SLUG, teams=("ENG",), defaults=defaults),)),
        MemoryTracker([ticket()] if tickets is None else tickets),
        MemoryCodeHost({SLUG: "main"}),
        repositories,
        MemoryRunStore(LEASE_SECONDS, clock.monotonic),
        clock,
    )
