"""Sandboxes in memory: files in a dictionary, and commands that a test or a demo answers itself.

Bundles, in both directions, are those of ``integrations.memory.repositories``.
"""

import json
import posixpath
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from worker.domain.command import Breach, Command, CommandResult, never
from worker.domain.errors import FleetError, HandOverRefused, ImageUnavailable, SandboxGone
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import FoundSandbox, SandboxSpec

Files = dict[str, str]
Answer = Callable[[Command, Files], CommandResult]
"""Does what a command would: may change the files, returns the result, may raise a FleetError."""

_KILLED = 137


def by_argv(results: Mapping[tuple[str, ...], CommandResult]) -> Answer:
    """The same result for the same arguments; others are not found (127)."""

    def answer(command: Command, _files: Files) -> CommandResult:
        missing = CommandResult(127, f"{' '.join(command.argv)}: not found\n")
        return results.get(command.argv, missing)

    return answer


@dataclass(slots=True)
class MemorySandboxes:
    """Safe to stop from another thread, as the port promises."""

    answer: Answer = field(default_factory=lambda: by_argv({}))
    images: set[str] = field(default_factory=lambda: {"default"})
    """What there is; ``default`` stands for a spec that names none."""
    missing_tools: set[str] = field(default_factory=set)
    """Tools that have no image; all others have one."""
    failure: FleetError | None = None
    """Raised by every call while it is set."""
    opened: list[SandboxSpec] = field(default_factory=list)
    """Every sandbox there ever was, oldest first."""
    commands: list[Command] = field(default_factory=list)
    """Every command of every sandbox, oldest first."""
    fleet: str = "storyfleet"
    _open: dict[int, "MemorySandbox"] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of_fleet(self, fleet: str) -> "MemorySandboxes":
        """Another fleet's on the same machine."""
        return replace(self, fleet=fleet)

    def leave(self, spec: SandboxSpec) -> None:
        """Leave an ended sandbox behind, as a worker does that was killed."""
        sandbox = MemorySandbox(self, spec, {}, gone=True)
        with self._lock:
            self._open[id(sandbox)] = sandbox

    def image(
        self, spec: ImageSpec, archive: Callable[[], bytes], tools: Sequence[str] = ()
    ) -> str:
        """Building always works and is remembered by name; the archive is read, not kept."""
        self._check()
        name = spec.image or "default"
        if spec.dockerfile is None and name not in self.images:
            raise ImageUnavailable(f"There is no image {name}.")
        missing = [tool for tool in tools if tool in self.missing_tools]
        if missing:
            raise ImageUnavailable(f"There is no image of the tool {missing[0]}.")
        if spec.dockerfile is not None or spec.setup:
            archive()
            name = "+".join((spec.dockerfile or name, *spec.setup))
        built = "+".join((name, *tools))
        self.images.add(built)
        return built

    @contextmanager
    def open(self, spec: SandboxSpec, bundle: bytes) -> Iterator["MemorySandbox"]:
        """Raises ImageUnavailable."""
        self.stop(spec.run_id, below_fence=spec.fence)
        if spec.image not in self.images:
            raise ImageUnavailable(f"There is no image {spec.image}.")
        if spec.door is not None and "forward" not in spec.image.split("+"):
            raise ImageUnavailable(f"The image {spec.image} lacks the forwarder to the door.")
        sandbox = MemorySandbox(self, spec, dict(json.loads(bundle)["files"]))
        with self._lock:
            self.opened.append(spec)
            self._open[id(sandbox)] = sandbox
        try:
            yield sandbox
        finally:
            with self._lock:
                self._open.pop(id(sandbox), None)
            sandbox.gone = True

    def stop(self, run_id: RunId, below_fence: int | None = None) -> int:
        """How many were stopped."""
        self._check()
        with self._lock:
            outdated = [
                key
                for key, sandbox in self._open.items()
                if (sandbox.world.fleet, sandbox.spec.run_id) == (self.fleet, run_id)
                and (below_fence is None or sandbox.spec.fence < below_fence)
            ]
            for key in outdated:
                self._open.pop(key).gone = True
        return len(outdated)

    def rebuilt(self, spec: SandboxSpec, setup: Sequence[str], archive: bytes, token: str) -> str:
        """Runs nothing."""
        del setup, archive, token
        return f"{spec.image}+rebuilt"

    def forget(self, run_id: RunId) -> None:
        """Nothing was kept."""
        del run_id

    def prune(self, unused_seconds: float) -> int:
        """Nothing is ever built."""
        del unused_seconds
        return 0

    def found(self) -> Sequence[FoundSandbox]:
        """Open ones, and what was left."""
        self._check()
        with self._lock:
            return [
                FoundSandbox(sandbox.spec.run_id, sandbox.spec.fence)
                for sandbox in self._open.values()
                if sandbox.world.fleet == self.fleet
            ]

    def _check(self) -> None:
        if self.failure is not None:
            raise self.failure


@dataclass(slots=True)
class MemorySandbox:
    """See ``worker.ports.Sandbox``."""

    world: MemorySandboxes
    spec: SandboxSpec
    files: Files
    gone: bool = False
    home: Files = field(default_factory=dict)
    """Path to text; what a test says that an agent has left there."""

    def run(self, command: Command, over: Callable[[], bool] = never) -> CommandResult:
        """The world's answer, which takes no time: ``over`` is asked before and after it.

        Raises SandboxGone where it was stopped, also meanwhile.
        """
        self._check()
        self.world.commands.append(command)
        if over():
            return CommandResult(_KILLED, "", breach=Breach.STOPPED)
        result = self.world.answer(command, self.files)
        self._check()
        return replace(result, exit_code=_KILLED, breach=Breach.STOPPED) if over() else result

    def read(self, path: str) -> str | None:
        """The text, or None."""
        self._check()
        return self.files.get(posixpath.normpath(path))

    def write(self, path: str, content: str) -> None:
        """Raises HandOverRefused."""
        self._check()
        normal = posixpath.normpath(path)
        parts = [part.lower() for part in normal.split("/")]
        if normal == "." or parts[0] in ("", "..") or ".git" in parts:
            raise HandOverRefused(f"{path!r} is not a path inside the checkout.")
        self.files[normal] = content

    def hand_out(self) -> bytes:
        """The files, as ``MemoryRepositories`` takes them in."""
        self._check()
        return json.dumps({"files": self.files}).encode()

    def pack_home(self, paths: Sequence[str], most_bytes: int, most_files: int) -> bytes | None:
        """The files of ``home``."""
        self._check()
        found = {name: text for name, text in self.home.items() if _below(name, paths)}
        size = sum(len(text.encode()) for text in found.values())
        if not found or len(found) > most_files or size > most_bytes:
            return None
        return json.dumps(found).encode()

    def unpack_home(self, archive: bytes, paths: Sequence[str]) -> bool:
        """Whether it is one of ``pack_home``'s."""
        self._check()
        try:
            found = dict(json.loads(archive))
        except (ValueError, TypeError):
            return False
        self.home |= {name: text for name, text in found.items() if _below(name, paths)}
        return True

    def _check(self) -> None:
        self.world._check()  # noqa: SLF001 - two halves of one double
        if self.gone:
            raise SandboxGone("The sandbox was stopped.")


def _below(name: str, paths: Sequence[str]) -> bool:
    return any(name == path or name.startswith(f"{path}/") for path in paths)
