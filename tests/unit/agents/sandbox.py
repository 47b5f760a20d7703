"""A sandbox for tests of agents: a plain directory and plain subprocesses."""

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from worker.domain.command import Breach, Command, CommandResult, never
from worker.domain.errors import HandOverRefused

_POLL_SECONDS = 0.05


class DirectorySandbox:
    """Keeps every command that was run. Its home is a directory beside the checkout."""

    def __init__(self, root: Path, files: dict[str, str] | None = None) -> None:
        self.root = root
        self.home = root.parent / f"{root.name}-home"
        self.commands: list[Command] = []
        for path, text in (files or {}).items():
            self.write(path, text)

    def run(self, command: Command, over: Callable[[], bool] = never) -> CommandResult:
        self.commands.append(command)
        self.home.mkdir(exist_ok=True)
        environment = {**os.environ, "HOME": str(self.home), **command.env}  # noqa: TID251
        process = subprocess.Popen(
            command.argv,
            cwd=self.root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        given: bytes | None = command.stdin or b""
        deadline = time.monotonic() + command.timeout_seconds
        with process:
            while True:
                try:
                    output, _ = process.communicate(given, timeout=_POLL_SECONDS)
                    return CommandResult(process.returncode, output.decode(errors="replace"))
                except subprocess.TimeoutExpired:
                    given = None
                if over() or time.monotonic() >= deadline:
                    process.kill()
                    output, _ = process.communicate()
                    breach = Breach.STOPPED if over() else Breach.TIMEOUT
                    return CommandResult(137, output.decode(errors="replace"), breach=breach)

    def read(self, path: str) -> str | None:
        file = self._inside(path)
        return file.read_text() if file.is_file() else None

    def write(self, path: str, content: str) -> None:
        file = self._inside(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)

    def hand_out(self) -> bytes:
        raise HandOverRefused("a directory hands nothing out")

    def pack_home(self, paths: Sequence[str], most_bytes: int, most_files: int) -> bytes | None:
        del paths, most_bytes, most_files
        return None

    def unpack_home(self, archive: bytes, paths: Sequence[str]) -> bool:
        """Whether the archive is the text ``good``."""
        for path in paths if archive == b"good" else ():
            file = self.home / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(archive)
        return archive == b"good"

    def _inside(self, path: str) -> Path:
        file = (self.root / path).resolve()
        if not file.is_relative_to(self.root.resolve()):
            raise HandOverRefused(f"`{path}` leads outside")
        return file
