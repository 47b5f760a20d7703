"""Running one command in a container: input, output, exit code, and limits that really stop it.

Measured (dockerd 20.10): an exec's stream stays open as long as any process holds it, also after
the command itself has ended, and closing our end of it stops nothing.
"""

import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from docker import DockerClient

from integrations.docker.engine import present

POLL_SECONDS = 0.2
DRAIN_SECONDS = 0.5
HEADER = struct.Struct(">BxxxL")
STDOUT = 1

Sink = Callable[[int, bytes], bool]
"""Takes a stream's number and data; False stops the reading."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How an exec ended. ``exit_code`` is None where it did not end by itself."""

    exit_code: int | None
    stopped: bool = False
    """The sink had enough."""


@dataclass(frozen=True, slots=True)
class Exec:
    """What to execute, and as whom."""

    argv: tuple[str, ...]
    user: str
    environment: dict[str, str]
    workdir: str
    stdin: bytes | None = None
    deadline_seconds: float = 60.0


def execute(client: DockerClient, container_id: str, what: Exec, sink: Sink) -> Ended:
    """Run to the end, or to the deadline. Raises SandboxGone, Unavailable."""
    api = client.api
    with present():
        exec_id = api.exec_create(
            container_id,
            list(what.argv),
            stdin=what.stdin is not None,
            user=what.user,
            environment=what.environment,
            workdir=what.workdir,
        )["Id"]
        stream = api.exec_start(exec_id, socket=True)
        connection: socket.socket = getattr(stream, "_sock", stream)  # type: ignore[arg-type]
        try:
            feeding = _feed(connection, what.stdin)
            stopped = _read(connection, sink, lambda: _running(api, exec_id), what)
            if feeding:
                feeding.join(POLL_SECONDS)
        finally:
            stream.close()
            connection.close()
        state = api.exec_inspect(exec_id)
    return Ended(None if state["Running"] else state["ExitCode"], stopped)


def _running(api: Any, exec_id: str) -> bool:  # noqa: ANN401 - docker.APIClient
    return bool(api.exec_inspect(exec_id)["Running"])


def _feed(connection: socket.socket, stdin: bytes | None) -> threading.Thread | None:
    """Write the input beside the reading, or a command that writes first would never read it."""
    if stdin is None:
        return None

    def write() -> None:
        try:
            connection.sendall(stdin)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            # The command ended without reading all of it; its exit code says how.
            return

    thread = threading.Thread(target=write, name="exec-stdin", daemon=True)
    thread.start()
    return thread


def _read(connection: socket.socket, sink: Sink, running: Callable[[], bool], what: Exec) -> bool:
    """Read until the stream or the command ends, or the deadline; whether the sink had enough."""
    deadline = time.monotonic() + what.deadline_seconds
    connection.settimeout(POLL_SECONDS)
    pending = bytearray()
    drain_until: float | None = None
    while time.monotonic() < deadline:
        try:
            data = connection.recv(65536)
        except TimeoutError:
            if drain_until is None and not running():
                drain_until = time.monotonic() + DRAIN_SECONDS
        else:
            if not data:
                return False
            pending += data
            if not _frames(pending, sink):
                return True
        if drain_until is not None and time.monotonic() >= drain_until:
            return False
    return False


def _frames(pending: bytearray, sink: Sink) -> bool:
    """Hand every whole frame in ``pending`` to the sink."""
    while len(pending) >= HEADER.size:
        stream, length = HEADER.unpack_from(pending)
        if len(pending) < HEADER.size + length:
            return True
        data = bytes(pending[HEADER.size : HEADER.size + length])
        del pending[: HEADER.size + length]
        if not sink(stream, data):
            return False
    return True
