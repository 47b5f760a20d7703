"""The same sandboxes thrice: in memory, where commands are played, scripted, and on Docker."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

from integrations.docker import DockerSandboxes
from integrations.memory.sandboxes import Files, MemorySandbox, MemorySandboxes
from integrations.stubs.sandboxes import ScriptedSandboxes
from tests.integration.docker import engine
from worker.domain.command import Command, CommandResult
from worker.domain.errors import Unavailable
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import SandboxSpec
from worker.ports import Sandbox, Sandboxes

SAY = ("sh", "-c", "echo said; exit 3")
READ_INPUT = ("cat",)
TELL = ("sh", "-c", 'echo "$WORD"')
CHANGE = ("sh", "-c", "rm README.md; echo new >made.txt")
FAIL = ("sh", "-c", "true && exit 3")
NOTHING = ("true",)
FIND = ("grep", "-q", "Shop", "README.md")
MISS = ("grep", "-q", "Nowhere", "README.md")
WAIT = ("sleep", "600")
NO_TOOL = "agent-nobody:0"
NOWHERE = "unix:///nowhere/docker.sock"
ANOTHER = "another"
FILES = {"README.md": "# Shop\n", "src/ünï.py": "print('ü')\n"}
ROOT = Path(__file__).resolve().parents[3]

LEAVE = """
import os, sys
from pathlib import Path
from integrations.stubs.sandboxes import ScriptedSandboxes
from worker.domain.lease import RunId
from worker.domain.plan import Limits
from worker.ports import SandboxSpec
directory, bundle, run_id, fence = sys.argv[1:]
spec = SandboxSpec(RunId(run_id), int(fence), "agent", "scripted", Limits())
with ScriptedSandboxes(Path(directory)).open(spec, Path(bundle).read_bytes()):
    os.kill(os.getpid(), 9)
"""


class World(Protocol):
    @property
    def sandboxes(self) -> Sandboxes: ...

    def bundle(self, files: Mapping[str, str]) -> bytes: ...

    def handed_out(self, base: bytes, bundle: bytes) -> Mapping[str, str]: ...

    def remember(self, sandbox: Sandbox, path: str, text: str) -> None:
        """As an agent does in its home; not in the scripted world, which has none."""
        ...

    def remembered(self, sandbox: Sandbox, path: str) -> str:
        """What an agent would find in its home."""
        ...

    def broken(self) -> Sandboxes:
        """Sandboxes whose machine does not answer."""
        ...

    def another_fleet(self) -> Sandboxes:
        """Those of another fleet on the same machine."""
        ...

    @contextmanager
    def left_behind(self, spec: SandboxSpec, base: bytes) -> Iterator[None]:
        """A sandbox that has ended, and that nobody has removed."""
        yield


def play(command: Command, files: Files) -> CommandResult:
    """What the commands above do, without a shell."""
    told = f"{command.env.get('WORD', '')}\n"
    answers = {
        SAY: (3, "said\n"),
        READ_INPUT: (0, (command.stdin or b"").decode()),
        TELL: (0, told),
        FAIL: (3, ""),
        NOTHING: (0, ""),
        FIND: (0 if "Shop" in files.get("README.md", "") else 1, ""),
        MISS: (1, ""),
        CHANGE: (0, ""),
    }
    if command.argv == CHANGE:
        del files["README.md"]
        files["made.txt"] = "new\n"
    return CommandResult(*answers.get(command.argv, (127, "not found\n")))


@dataclass
class MemoryWorld:
    sandboxes: MemorySandboxes = field(
        default_factory=lambda: MemorySandboxes(play, missing_tools={NO_TOOL})
    )

    def bundle(self, files: Mapping[str, str]) -> bytes:
        return json.dumps({"files": dict(files)}).encode()

    def handed_out(self, base: bytes, bundle: bytes) -> Mapping[str, str]:
        found: dict[str, str] = json.loads(bundle)["files"]
        return found

    def remember(self, sandbox: Sandbox, path: str, text: str) -> None:
        assert isinstance(sandbox, MemorySandbox)
        sandbox.home[path] = text

    def remembered(self, sandbox: Sandbox, path: str) -> str:
        assert isinstance(sandbox, MemorySandbox)
        return sandbox.home[path]

    def broken(self) -> Sandboxes:
        return MemorySandboxes(play, failure=Unavailable("no machine"))

    def another_fleet(self) -> Sandboxes:
        return self.sandboxes.of_fleet(ANOTHER)

    @contextmanager
    def left_behind(self, spec: SandboxSpec, base: bytes) -> Iterator[None]:
        self.sandboxes.leave(spec)
        yield


@dataclass
class GitWorld:
    """What the worlds have in common whose bundles are git's."""

    scratch: Path

    def bundle(self, files: Mapping[str, str]) -> bytes:
        return engine.bundle(self.scratch, files)

    def handed_out(self, base: bytes, bundle: bytes) -> Mapping[str, str]:
        return engine.handed_out(self.scratch, base, bundle)

    def remember(self, sandbox: Sandbox, path: str, text: str) -> None:
        script = 'cd && mkdir -p "$(dirname "$1")" && printf %s "$2" >"$1"'
        assert sandbox.run(Command(("sh", "-c", script, "sh", path, text), 30)).ok

    def remembered(self, sandbox: Sandbox, path: str) -> str:
        return sandbox.run(Command(("sh", "-c", 'cat ~/"$1"', "sh", path), 30)).output


class ScriptedWorld(GitWorld):
    @property
    def sandboxes(self) -> ScriptedSandboxes:
        """A new one each time: what they know must be in the directory they share."""
        return ScriptedSandboxes(self.scratch / "sandboxes")

    def broken(self) -> Sandboxes:
        (self.scratch / "no directory").write_text("")
        return ScriptedSandboxes(self.scratch / "no directory")

    def another_fleet(self) -> Sandboxes:
        return ScriptedSandboxes(self.scratch / "sandboxes", fleet=ANOTHER)

    @contextmanager
    def left_behind(self, spec: SandboxSpec, base: bytes) -> Iterator[None]:
        (self.scratch / "base").write_bytes(base)
        where = (str(self.scratch / "sandboxes"), str(self.scratch / "base"))
        ended = subprocess.run(
            [sys.executable, "-c", LEAVE, *where, spec.run_id, str(spec.fence)],
            cwd=ROOT,
            check=False,
        )
        assert ended.returncode == -9
        yield


@dataclass
class DockerWorld(GitWorld):
    fleet: str = field(default_factory=engine.new_run)
    """Of its own, since other tests use the same engine."""

    @cached_property
    def sandboxes(self) -> DockerSandboxes:
        return DockerSandboxes(engine.IMAGE, fleet=self.fleet)

    def broken(self) -> Sandboxes:
        return DockerSandboxes(engine.IMAGE, NOWHERE, fleet=self.fleet)

    def another_fleet(self) -> Sandboxes:
        return DockerSandboxes(engine.IMAGE, fleet=f"{self.fleet}-{ANOTHER}")

    @contextmanager
    def left_behind(self, spec: SandboxSpec, base: bytes) -> Iterator[None]:
        with self.sandboxes.open(spec, base), engine.api() as client:
            (container,) = engine.containers(client, spec.run_id)
            client.kill(container)
            client.wait(container)
            yield


def spec(world: World, run_id: RunId, fence: int = 1) -> SandboxSpec:
    image = world.sandboxes.image(ImageSpec(), bytes)
    return SandboxSpec(run_id, fence, "agent", image, engine.SMALL)
