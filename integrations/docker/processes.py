"""One process at a time in a container: started, listened to, and surely ended."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files

from integrations.docker.connection import Connection
from integrations.docker.failures import translated
from integrations.docker.hardening import AGENT
from integrations.docker.listening import Counts, Ended, Opening, Take, begins, drain, listen
from integrations.docker.wire import STDOUT, Wire
from worker.domain.command import never
from worker.domain.errors import SandboxGone, Unavailable

KILLED = 137
MIB = 1024 * 1024
_KILL_SECONDS = 10.0
_KILL_ATTEMPTS = 5
_EXIT_SECONDS = 10.0
_LOOK_SECONDS = 60.0
_FULL_KIB = 1024
_FULL_FILES = 16
"""A place with less free than this counts as full."""
_RESERVE_BYTES = 256 * MIB
_MESSAGE_BYTES = 16 * 1024
_SCRIPTS = files("integrations.docker") / "scripts"


@dataclass(frozen=True, slots=True)
class Collected:
    """A script of ours that has ended, and what it wrote."""

    ended: Ended
    out: bytes
    message: str
    """Its stderr, or why it did not start."""

    @property
    def complete(self) -> bool:
        """Whether it ran to an end of its own."""
        return self.ended.started and self.ended.stop is None


@dataclass(frozen=True, slots=True)
class Findings:
    """What can be seen in a container after a failure."""

    counts: Counts
    full: bool
    """Whether a place that can be written to has no room left."""
    full_of_files: bool
    """Whether one can take no more files, however small."""


class Processes:
    """The processes of one container. Every method raises SandboxGone and Unavailable."""

    def __init__(self, connection: Connection, container: str, memory_bytes: int) -> None:
        self._connection = connection
        self._container = container
        self._memory_bytes = memory_bytes
        self._relieved = False
        self.spent = ""
        """Why nothing can be run any more, once the container had to be killed."""

    def script(
        self,
        name: str,
        *arguments: str,
        take: Take,
        seconds: float,
        stdin: bytes = b"",
        over: Callable[[], bool] = never,
    ) -> Ended:
        """Run ``scripts/<name>.sh``; it is ended after ``seconds``, or when ``take`` or ``over``
        says so.
        """
        argv = ("sh", "-c", _text("prologue") + _text(name), "storyfleet", *arguments)
        given = f"{len(stdin)}\n".encode() + stdin
        ended = self._perform(argv, given, take, seconds, over)
        if not ended.started and not self.spent and not self._relieved:
            self._check_alive()
            # Not even a shell starts in a container whose memory is full of files.
            self.relieve()
            ended = self._perform(argv, given, take, seconds, over)
        return ended

    def collect(
        self, name: str, *arguments: str, seconds: float, limit_bytes: int, stdin: bytes = b""
    ) -> Collected:
        """Run a script of ours for what it writes; beyond ``limit_bytes`` it is stopped."""
        out, err = bytearray(), bytearray()

        def take(stream: int, data: bytes) -> bool:
            if stream == STDOUT:
                out.extend(data)
            else:
                err.extend(data[: _MESSAGE_BYTES - len(err)])
            return len(out) <= limit_bytes

        ended = self.script(name, *arguments, take=take, seconds=seconds, stdin=stdin)
        message = err.decode(errors="replace").strip() or ended.refusal
        return Collected(ended, bytes(out), message)

    def post_mortem(self) -> Findings | None:
        """End whatever still runs, and look why something may have failed; None: cannot be seen."""
        found = self.collect("post_mortem", seconds=_LOOK_SECONDS, limit_bytes=MIB)
        if not found.complete:
            self.end_all()
            return None
        room, _, files = found.out.decode(errors="replace").partition("\n\n")
        full, full_of_files = _least_free(room) < _FULL_KIB, _least_free(files) < _FULL_FILES
        return Findings(found.ended.counts, full, full_of_files)

    def relieve(self) -> None:
        """Raise the container's memory limit once, so that our own work has room."""
        if self._relieved:
            return
        self._relieved = True
        limit = self._memory_bytes + _RESERVE_BYTES
        with translated(self._connection.host):
            api = self._connection.api()
            api.update_container(self._container, mem_limit=limit, memswap_limit=limit)

    def end_all(self) -> None:
        """Kill every process but the container's main one, or else the container."""
        argv = ("sh", "-c", _text("prologue"))
        for attempt in range(_KILL_ATTEMPTS):
            time.sleep(0.2 * attempt)
            if self._begins(argv):
                return
        self.spent = (
            "The sandbox was shut down: what the command left running could not be ended otherwise."
        )
        with translated(self._connection.host):
            self._connection.api().kill(self._container)

    def _begins(self, argv: Sequence[str]) -> bool:
        """Whether the script's opening line came: all that is waited for.

        The daemon tells of no end in a container while another process's output is not read.
        """
        with translated(self._connection.host), self._attached(argv) as (_, wire):
            return begins(wire, time.monotonic() + _KILL_SECONDS)

    def _perform(
        self,
        argv: Sequence[str],
        stdin: bytes,
        take: Take,
        seconds: float,
        over: Callable[[], bool],
    ) -> Ended:
        opening = Opening(take)
        with translated(self._connection.host), self._attached(argv) as (process, wire):
            stop = listen(wire, stdin, opening, time.monotonic() + seconds, over)
            at = time.monotonic()
            code = KILLED
            if stop is None:
                code = self._exit_code(process)
            else:
                self.end_all()
                drain(wire)
        if code >= KILLED and not self.spent:
            self._check_alive()
        return opening.ended(code, at, stop)

    @contextmanager
    def _attached(self, argv: Sequence[str]) -> Iterator[tuple[str, Wire]]:
        api = self._connection.api()
        process = str(api.exec_create(self._container, list(argv), stdin=True, user=AGENT)["Id"])
        wire = Wire(api.exec_start(process, socket=True), self._connection.check)
        try:
            yield process, wire
        finally:
            wire.close()

    def _exit_code(self, process: str) -> int:
        """The stream may end a little before the daemon knows the exit code."""
        deadline = time.monotonic() + _EXIT_SECONDS
        while time.monotonic() < deadline:
            told = self._connection.api().exec_inspect(process)
            if not told["Running"] and told["ExitCode"] is not None:
                return int(told["ExitCode"])
            time.sleep(0.01)
        self.end_all()
        raise Unavailable("The Docker daemon lost sight of a command: how it ended is not known.")

    def _check_alive(self) -> None:
        """Raises SandboxGone."""
        with translated(self._connection.host):
            state = self._connection.api().inspect_container(self._container)["State"]
        if state["Running"]:
            return
        # True of any process of it, at any time: no proof of what ended the sandbox.
        hint = " Memory had run out in it: the limit may be too low." if state["OOMKilled"] else ""
        raise SandboxGone(f"The sandbox was stopped while a command ran in it.{hint}")


def _least_free(table: str) -> float:
    """Read what ``df -P`` says: name, size, used, available; unlimited where it says nothing."""
    rows = [line.split() for line in table.splitlines()[1:]]
    free = [int(row[3]) for row in rows if len(row) > 3 and row[3].isdigit()]  # noqa: PLR2004
    return min(free, default=math.inf)


def _text(name: str) -> str:
    return (_SCRIPTS / f"{name}.sh").read_text(encoding="utf-8")
