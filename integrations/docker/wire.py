"""The connection to one process in a container: bytes in, Docker's multiplexed frames out."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Protocol, cast

_HEADER_BYTES = 8
_CHUNK_BYTES = 64 * 1024
_SILENCE_SECONDS = 5.0
"""After so much of it, we ask whether the daemon is there still."""
_PATIENCE_SECONDS = 1.0
SILENCE: tuple[int, bytes] = (0, b"")
"""What is received where nothing is."""
STDOUT, STDERR = 1, 2


class _Socket(Protocol):
    def settimeout(self, seconds: float, /) -> None: ...

    def send(self, data: memoryview, /) -> int: ...

    def recv(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


class Overdue(Exception):
    """The deadline passed while we waited for the process."""


class Wire:
    """Deadlines are readings of ``time.monotonic()``."""

    def __init__(self, opened: object, check: Callable[[], None]) -> None:
        """``opened`` is what the SDK's ``exec_start(socket=True)`` returned; ``check`` is called
        during every silence, and raises where the daemon is not there: a hung one closes nothing.
        """
        self._check = check
        self._heard_at = time.monotonic()
        self._opened = cast("_Socket", opened)
        # The SDK wraps sockets in a file without timeouts; the others come as they are.
        self._socket = cast("_Socket", getattr(opened, "_sock", opened))
        self._frames = Frames()

    def send(self, data: bytes, deadline: float) -> None:
        """Write everything, or as much as the process takes before it ends. Raises Overdue."""
        left = memoryview(data)
        # A process that ended early says why in its output.
        with suppress(BrokenPipeError, ConnectionResetError):
            while left:
                self._socket.settimeout(_patience(deadline))
                try:
                    left = left[self._socket.send(left) :]
                except TimeoutError:
                    self._still_waiting(deadline)

    def receive(self, deadline: float) -> Iterator[tuple[int, bytes]]:
        """What the process writes, as (1 stdout or 2 stderr, bytes), to its end, and SILENCE for
        every second without anything. Raises Overdue.
        """
        while True:
            self._socket.settimeout(_patience(deadline))
            try:
                data = self._socket.recv(_CHUNK_BYTES)
            except TimeoutError:
                self._still_waiting(deadline)
                yield SILENCE
                continue
            except ConnectionResetError:
                return
            if not data:
                return
            self._heard_at = time.monotonic()
            yield from self._frames.feed(data)

    def _still_waiting(self, deadline: float) -> None:
        now = time.monotonic()
        if now >= deadline:
            raise Overdue
        if now >= self._heard_at + _SILENCE_SECONDS:
            self._check()
            self._heard_at = now

    def close(self) -> None:
        """Give the connection up; the process inside is not affected."""
        with suppress(OSError):
            if isinstance(self._socket, socket.socket):
                self._socket.shutdown(socket.SHUT_RDWR)
        # The SDK keeps the answer with the socket; closed in another order, it complains.
        response = getattr(self._opened, "_response", None)
        if response is not None:
            response.close()
        self._opened.close()
        self._socket.close()


class Frames:
    """Takes the stream apart, however its bytes are cut."""

    def __init__(self) -> None:
        self._header = bytearray()
        self._stream = 0
        self._left = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The parts of payload in ``data``, each with the number of its stream."""
        view = memoryview(data)
        while view:
            if self._left:
                part, view = view[: self._left], view[self._left :]
                self._left -= len(part)
                yield self._stream, bytes(part)
                continue
            missing = _HEADER_BYTES - len(self._header)
            self._header += view[:missing]
            view = view[missing:]
            if len(self._header) == _HEADER_BYTES:
                self._stream = self._header[0]
                self._left = int.from_bytes(self._header[4:], "big")
                self._header.clear()


def _patience(deadline: float) -> float:
    # Zero would make the socket non-blocking.
    return min(_PATIENCE_SECONDS, max(0.001, deadline - time.monotonic()))
