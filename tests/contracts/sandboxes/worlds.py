"""The same sandboxes twice: in memory, where the commands are played, and on Docker."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from integrations.docker import DockerSandboxes
from integrations.memory.sandboxes import Files, MemorySandboxes
from tests.integration.docker import engine
from worker.domain.command import Command, CommandResult
from worker.domain.errors import Unavailable
from worker.ports import Sandboxes

SAY = ("sh", "-c", "echo said; exit 3")
READ_INPUT = ("cat",)
TELL = ("sh", "-c", 'echo "$WORD"')
CHANGE = ("sh", "-c", "rm README.md; echo new >made.txt")
WAIT = ("sleep", "600")
NOWHERE = "unix:///nowhere/docker.sock"


class World(Protocol):
    @property
    def sandboxes(self) -> Sandboxes: ...

    def bundle(self, files: Mapping[str, str]) -> bytes: ...

    def handed_out(self, base: bytes, bundle: bytes) -> Mapping[str, str]: ...

    def broken(self) -> Sandboxes:
        """Sandboxes whose machine does not answer."""
        ...


def play(command: Command, files: Files) -> CommandResult:
    """What the commands above do, without a shell."""
    if command.argv == SAY:
        return CommandResult(3, "said\n")
    if command.argv == READ_INPUT:
        return CommandResult(0, (command.stdin or b"").decode())
    if command.argv == TELL:
        return CommandResult(0, f"{command.env.get('WORD', '')}\n")
    if command.argv == CHANGE:
        del files["README.md"]
        files["made.txt"] = "new\n"
        return CommandResult(0, "")
    return CommandResult(127, "not found\n")


@dataclass
class MemoryWorld:
    sandboxes: MemorySandboxes = field(default_factory=lambda: MemorySandboxes(play))

    def bundle(self, files: Mapping[str, str]) -> bytes:
        return json.dumps({"files": dict(files)}).encode()

    def handed_out(self, base: bytes, bundle: bytes) -> Mapping[str, str]:
        found: dict[str, str] = json.loads(bundle)["files"]
        return found

    def broken(self) -> Sandboxes:
        return MemorySandboxes(play, failure=Unavailable("no machine"))


@dataclass
class DockerWorld:
    scratch: Path
    sandboxes: DockerSandboxes = field(default_factory=lambda: DockerSandboxes(engine.IMAGE))

    def bundle(self, files: Mapping[str, str]) -> bytes:
        return engine.bundle(self.scratch, files)

    def handed_out(self, base: bytes, bundle: bytes) -> Mapping[str, str]:
        return engine.handed_out(self.scratch, base, bundle)

    def broken(self) -> Sandboxes:
        return DockerSandboxes(engine.IMAGE, NOWHERE)
