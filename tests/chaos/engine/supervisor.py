"""Keeps real processes running, as compose's ``restart: unless-stopped`` does."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.chaos.engine import procfs

POLL_SECONDS = 0.05
RESTART_SECONDS = 0.3
STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Command:
    """How to start a service."""

    argv: Sequence[str]
    environment: Mapping[str, str]
    directory: Path
    """Its working directory."""
    user: str | None = None
    """None: the present one."""
    stop_signal: int = signal.SIGTERM
    foundation: bool = False
    """Whether others need it, so that it is stopped after them."""


@dataclass(slots=True)
class Service:
    """A process that is started again whenever it ends."""

    name: str
    command: Command
    process: subprocess.Popen[bytes]
    restart_at: float | None = None
    wanted: bool = True
    starts: int = 1
    exits: list[int] = field(default_factory=list)
    """Codes of every process that ended; below zero a signal's number."""

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def up(self) -> bool:
        return self.process.poll() is None


@dataclass
class Supervisor:
    """A context manager; leaving it ends every process that it started, and their children."""

    directory: Path
    """Below which everything of this world lives; ``logs`` in it has a file for each service."""
    services: dict[str, Service] = field(default_factory=dict)
    sessions: set[int] = field(default_factory=set)
    """Of every process that was ever started."""
    left_behind: list[procfs.Process] = field(default_factory=list)
    """What was still there after everything had been asked to end."""
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        (self.directory / "logs").mkdir(parents=True, exist_ok=True)
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        self._end()

    def start(self, name: str, command: Command) -> None:
        """Run a service from now on. It leads a session of its own."""
        with self._lock:
            self.services[name] = Service(name, command, self._spawn(name, command))

    def pid(self, name: str) -> int | None:
        """The service's present process, or None while it is down."""
        service = self.services[name]
        return service.pid if service.up else None

    def names(self, prefix: str) -> list[str]:
        """Services whose names start so, in the order of their start."""
        return [name for name in self.services if name.startswith(prefix)]

    def kill(self, name: str, number: int = signal.SIGKILL) -> bool:
        """Signal the service's own process; False if it is down."""
        with suppress(ProcessLookupError):
            if (pid := self.pid(name)) is not None:
                os.kill(pid, number)
                return True
        return False

    def kill_tree(self, name: str, number: int = signal.SIGKILL) -> bool:
        """Signal the service's process and all below it, as the end of a container does."""
        pid = self.pid(name)
        if pid is None:
            return False
        for each in procfs.descendants(pid):
            with suppress(ProcessLookupError):
                os.kill(each, number)
        return True

    def hold(self, name: str) -> None:
        """Do not start the service again until ``let`` is called; ends nothing."""
        with self._lock:
            self.services[name].wanted = False

    def let(self, name: str) -> None:
        """Start the service again if it is down."""
        with self._lock:
            self.services[name].wanted = True

    def log(self, name: str) -> Path:
        return self.directory / "logs" / f"{name}.log"

    def strays(self) -> list[procfs.Process]:
        """Processes of this world that no running service has below it: left over by dead ones."""
        # In this order: what is started in between is not taken for left over.
        found = procfs.belonging(self.sessions, self.directory)
        kept = {p for s in list(self.services.values()) for p in procfs.descendants(s.pid)}
        return [process for process in found if process.pid not in kept]

    def _spawn(self, name: str, command: Command) -> subprocess.Popen[bytes]:
        with self.log(name).open("ab") as log:
            process = subprocess.Popen(
                list(command.argv),
                env=dict(command.environment),
                cwd=command.directory,
                user=command.user,
                group=command.user,
                extra_groups=[] if command.user else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.sessions.add(process.pid)
        return process

    def _watch(self) -> None:
        while not self._over.wait(POLL_SECONDS):
            with self._lock:
                for service in self.services.values():
                    self._care(service)

    def _care(self, service: Service) -> None:
        if service.up:
            return
        if service.restart_at is None:
            service.exits.append(service.process.returncode)
            service.restart_at = time.monotonic() + RESTART_SECONDS
        if service.wanted and time.monotonic() >= service.restart_at:
            service.process = self._spawn(service.name, service.command)
            service.restart_at = None
            service.starts += 1

    def _end(self) -> None:
        """Ask, first those that stand on others, then make them; nothing outlives this."""
        for foundation in (False, True):
            asked = [s for s in self.services.values() if s.command.foundation is foundation]
            for service in asked:
                self.kill_tree(service.name, signal.SIGCONT)
                self.kill(service.name, service.command.stop_signal)
            _wait(asked)
        self.left_behind = self._remaining()
        for process in self.left_behind:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        _wait(list(self.services.values()))
        self._remaining()

    def _remaining(self) -> list[procfs.Process]:
        """What does not end by itself within a while."""
        deadline = time.monotonic() + STOP_SECONDS
        while remaining := procfs.belonging(self.sessions, self.directory):
            if time.monotonic() > deadline:
                return remaining
            time.sleep(POLL_SECONDS)
        return []


def _wait(services: Sequence[Service]) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while any(service.up for service in services) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
