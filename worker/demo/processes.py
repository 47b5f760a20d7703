"""The demo's processes: real ones, each with its log file, stopped together."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from worker.domain.errors import Unavailable

STOP_SECONDS = 40.0
"""More than a busy worker's soft shutdown (20 s), after which it removes its sandbox."""


@dataclass
class Processes:
    """Starts ``fleet`` commands and ends them all when the ``with`` block is left."""

    logs: Path
    environment: Mapping[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, name: str, *arguments: str) -> None:
        """Run ``fleet ARGUMENTS`` in the background; its output goes to ``logs/NAME.log``."""
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "worker", *arguments],
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_for(self, name: str, url: str, timeout_seconds: float = 30.0) -> None:
        """Wait until the process answers at ``url``. Raises Unavailable with its log's end."""
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            self.check()
            try:
                if httpx.get(url, timeout=2).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise Unavailable(f"{name} does not answer at {url}.\n{self.log_end(name)}")

    def check(self) -> None:
        """Raises Unavailable if one of the processes has ended."""
        for name, process in self.running.items():
            if process.poll() is not None:
                raise Unavailable(
                    f"{name} ended with code {process.returncode}.\n{self.log_end(name)}"
                )

    def log_end(self, name: str) -> str:
        """The end of a process's log, with where the whole of it lies."""
        path = self.logs / f"{name}.log"
        lines = path.read_text(errors="replace").splitlines()[-15:]
        return "\n".join([f"The end of {path}:", *lines])

    def stop(self) -> None:
        """Ask every process to end, then make it."""
        for process in reversed(list(self.running.values())):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in self.running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()
