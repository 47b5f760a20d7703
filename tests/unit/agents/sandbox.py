"""A sandbox for tests of agents: a plain directory and plain subprocesses."""

import subprocess
from pathlib import Path

from worker.domain.command import Breach, Command, CommandResult
from worker.domain.errors import HandOverRefused


class DirectorySandbox:
    """Keeps every command that was run."""

    def __init__(self, root: Path, files: dict[str, str] | None = None) -> None:
        self.root = root
        self.commands: list[Command] = []
        for path, text in (files or {}).items():
            self.write(path, text)

    def run(self, command: Command) -> CommandResult:
        self.commands.append(command)
        try:
            done = subprocess.run(
                command.argv,
                cwd=self.root,
                input=command.stdin or b"",
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=command.timeout_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return CommandResult(124, "", command.timeout_seconds, Breach.TIMEOUT)
        return CommandResult(done.returncode, done.stdout.decode(errors="replace"))

    def read(self, path: str) -> str | None:
        file = self._inside(path)
        return file.read_text() if file.is_file() else None

    def write(self, path: str, content: str) -> None:
        file = self._inside(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)

    def hand_out(self) -> bytes:
        raise HandOverRefused("a directory hands nothing out")

    def _inside(self, path: str) -> Path:
        file = (self.root / path).resolve()
        if not file.is_relative_to(self.root.resolve()):
            raise HandOverRefused(f"`{path}` leads outside")
        return file
