"""Installed agents in real sandboxes, which reach scripted models through the real gateway."""

import os
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from docker import APIClient
from docker.errors import DockerException, ImageNotFound

from integrations.agents.installed import InstalledAgent, installed_agents
from integrations.docker import DockerSandboxes
from integrations.docker.tools_layer import tool_image
from integrations.gateway import ModelGateway, Upstream
from integrations.stubs import Stubs, StubsConfig, start_stubs
from integrations.stubs.models import Answer, Script
from tests.integration.docker import engine
from worker.domain.access import Access, Passage
from worker.domain.budget import Budget
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec, Limits
from worker.domain.sandbox import SandboxSpec
from worker.domain.task import AgentTask, Resumption, Way
from worker.domain.transcript import AgentSession
from worker.ports import Door, Sandbox
from worker.stages.resuming import MOST_BYTES, MOST_FILES

KEY = "the-operators-own-model-key"
FLEET = f"agents-{os.getpid()}"
TOOLS = ("forward",)
SECONDS = 300.0
"""For one session, however slow the machine is."""
MODELS = {"anthropic": "anthropic:claude-sonnet-4-5", "openai": "openai:gpt-4.1"}
MODELS["gemini"] = "gemini:gemini-2.5-flash"
GIB = 1024**3
_PLENTY = Budget()


@dataclass(frozen=True)
class Ended:
    """What came of one session."""

    session: AgentSession
    passage: Passage
    files: Mapping[str, str]
    sandbox_token: str
    seconds_after_refusal: float | None
    """From the gateway's first refusal for the budget until the agent had ended."""
    commit: bytes
    """A bundle with the files as a commit on the one that went in."""
    state: bytes | None
    """What the agent remembers, if it can go on with a session."""

    def resumption(self, prompt: str) -> Resumption:
        """What the next round goes on with."""
        assert self.state is not None
        return Resumption(self.session.id, self.state, prompt)


@dataclass
class Rig:
    """Scripted models, and a gateway and a sandbox for each session."""

    stubs: Stubs
    directory: Path
    scratch: Path
    attempt_timeout_seconds: float = 60.0
    """How long the gateway waits for an answer to begin."""

    def script(self, *answers: Answer | str) -> None:
        self.stubs.models.script = Script.in_order(*answers)

    def work(
        self,
        agent: InstalledAgent,
        model: str,
        files: Mapping[str, str] | bytes,
        *,
        resumption: Resumption | None = None,
        prompt: str = "Mend `add` in calc.py.",
        allowance: Budget = _PLENTY,
        image: str | None = None,
    ) -> Ended:
        """One session on these files or this commit, as the stage would have it."""
        sandboxes = DockerSandboxes(engine.IMAGE, fleet=FLEET)
        made = sandboxes.image(ImageSpec(image), bytes, (*agent.needs.tools, *TOOLS))
        bundle = files if isinstance(files, bytes) else engine.bundle(self.scratch, files)
        run = RunId(f"agents-{secrets.token_hex(6)}")
        limits = Limits(max(2 * GIB, agent.needs.memory_bytes))
        with self._gateway().open(Access(run, 1, (model,), allowance)) as door:
            spec = SandboxSpec(run, 1, "agent", made, limits, door.directory)
            with sandboxes.open(spec, bundle) as sandbox:
                task = AgentTask(prompt, 1, model, SECONDS, allowance, brief=prompt)
                way = Way("http://127.0.0.1:8080", door.token, door.over)
                task = replace(task, way=way, resumption=resumption)
                session, late = _timed(agent, task, sandbox, door)
                left = engine.handed_out(self.scratch, bundle, sandbox.hand_out())
                state = sandbox.pack_home(agent.needs.sessions, MOST_BYTES, MOST_FILES)
        commit = engine.next_bundle(self.scratch, bundle, left)
        return Ended(session, door.passage(), left, door.token, late, commit, state)

    def _gateway(self) -> ModelGateway:
        url = self.stubs.url
        upstreams = (
            Upstream("openai", f"{url}/openai/v1", KEY),
            Upstream("anthropic", f"{url}/anthropic", KEY),
            Upstream("gemini", f"{url}/gemini", KEY),
        )
        return ModelGateway(
            upstreams,
            directory=self.directory,
            attempt_timeout_seconds=self.attempt_timeout_seconds,
        )


@contextmanager
def rigged(scratch: Path) -> Iterator[Rig]:
    """With the stub server of the models running. A Unix socket's path must be short."""
    with (
        tempfile.TemporaryDirectory(prefix="sf") as directory,
        start_stubs(StubsConfig(git_root=scratch / "git", model_key=KEY)) as stubs,
    ):
        Path(directory).chmod(0o755)
        yield Rig(stubs, Path(directory), scratch)


def installed(name: str) -> InstalledAgent:
    """The agent, or the end of this test where its image is not there."""
    agent = installed_agents()[name]
    with engine.api() as api:
        for tool in (*agent.needs.tools, *TOOLS):
            _need(api, tool)
    return agent


def _need(api: APIClient, tool: str) -> None:
    try:
        api.inspect_image(tool_image(tool))  # type: ignore[no-untyped-call]
    except ImageNotFound:
        engine.missing(f"no {tool}: run infra/scripts/images {tool.partition(':')[0]}")
    except (DockerException, OSError) as fault:
        engine.missing(f"no Docker: {fault}")


def _timed(
    agent: InstalledAgent, task: AgentTask, sandbox: Sandbox, door: Door
) -> tuple[AgentSession, float | None]:
    """The session, and how long the agent went on after it was refused a call."""
    ended = threading.Event()
    refused: list[float] = []

    def watch() -> None:
        while not ended.wait(0.05):
            if not refused and _refused(door.passage()):
                refused.append(time.monotonic())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        session = agent.work(task, sandbox)
        at = time.monotonic()
    finally:
        ended.set()
        watcher.join()
    return session, at - refused[0] if refused else None


def _refused(passage: Passage) -> bool:
    return any(call.outcome.name == "OVER_BUDGET" for call in passage.calls)
