"""Listening to one script in a container: its opening line, its output, its end."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from integrations.docker.wire import STDOUT, Overdue, Wire

DRAIN_SECONDS = 10.0

Take = Callable[[int, bytes], bool]
"""Given (1 stdout or 2 stderr, bytes); returns whether there may be more."""


class Stop(Enum):
    """Why a script was ended by us."""

    OVERDUE = "overdue"
    FLOOD = "flood"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a script ended."""

    code: int
    started: bool
    """Whether the script itself began to run; where not, ``refusal`` says why."""
    refusal: str
    oom_kills: int
    """Processes that the kernel had killed for want of memory when the script began."""
    seconds: float
    """Since the script began to run."""
    stop: Stop | None


class Opening:
    """Takes the prologue's line off an output and hands the rest on."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._held = b""
        self._at: float | None = None
        self._oom_kills = 0

    def __call__(self, stream: int, data: bytes) -> bool:
        """See ``Take``."""
        if self._at is not None:
            return self._take(stream, data)
        self._held += data
        first, newline, rest = self._held.partition(b"\n")
        if stream != STDOUT or not newline or not first.startswith(b"ready "):
            return True
        self._at = time.monotonic()
        self._oom_kills = int(first.split()[1])
        self._held = b""
        return self._take(stream, rest) if rest else True

    @property
    def began(self) -> bool:
        """Whether the line has come."""
        return self._at is not None

    def ended(self, code: int, at: float, stop: Stop | None) -> Ended:
        """What is to be said of the script; ``at`` is a reading of ``time.monotonic()``."""
        seconds = 0.0 if self._at is None else at - self._at
        refusal = self._held.decode(errors="replace").strip()
        return Ended(code, self.began, refusal, self._oom_kills, seconds, stop)


def listen(wire: Wire, stdin: bytes, opening: Opening, deadline: float) -> Stop | None:
    """Hear a script out; why it has to be stopped, if it has to."""
    try:
        wire.send(stdin, deadline)
        for stream, data in wire.receive(deadline):
            if not opening(stream, data):
                return Stop.FLOOD
            if time.monotonic() > deadline:
                return Stop.OVERDUE
    except Overdue:
        return Stop.OVERDUE
    return None


def begins(wire: Wire, deadline: float) -> bool:
    """Start a script and wait for its opening line only; whether that came."""
    opening = Opening(lambda *_: True)
    try:
        wire.send(b"0\n", deadline)
        for stream, data in wire.receive(deadline):
            opening(stream, data)
            if opening.began:
                return True
    except Overdue:
        return False
    return False


def drain(wire: Wire) -> None:
    """Wait for the end of a script that was killed, so that the daemon has let go of it."""
    deadline = time.monotonic() + DRAIN_SECONDS
    try:
        for _ in wire.receive(deadline):
            if time.monotonic() > deadline:
                return
    except Overdue:
        return
