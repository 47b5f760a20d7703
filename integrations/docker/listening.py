"""Listening to one script in a container: its opening line, its output, its end."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from integrations.docker.wire import SILENCE, STDERR, STDOUT, Overdue, Wire
from worker.domain.command import never

DRAIN_SECONDS = 10.0
_LOOK_SECONDS = 1.0

Take = Callable[[int, bytes], bool]
"""Given (1 stdout or 2 stderr, bytes); returns whether there may be more."""


class Stop(Enum):
    """Why a script was ended by us."""

    OVERDUE = "overdue"
    FLOOD = "flood"
    ENOUGH = "enough"


@dataclass(frozen=True, slots=True)
class Counts:
    """What the kernel has counted in the container since it was started."""

    oom_kills: int = 0
    """Processes that were killed for want of memory."""
    refused_forks: int = 0
    """Processes that were not made, since there were too many."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a script ended."""

    code: int
    started: bool
    """Whether the script itself began to run; where not, ``refusal`` says why."""
    refusal: str
    counts: Counts
    """When the script began."""
    seconds: float
    """Since it was told to begin: never less than what a clock inside has counted."""
    stop: Stop | None


class Opening:
    """Takes the prologue's line off an output and hands the rest on."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._out = b""
        self._err = b""
        self._told_at = time.monotonic()
        self._began = False
        self._counts = Counts()

    def __call__(self, stream: int, data: bytes) -> bool:
        """See ``Take``. What comes on stderr may overtake the line, which is on stdout."""
        if self._began:
            return self._take(stream, data)
        if stream != STDOUT:
            self._err += data
            return True
        self._out += data
        first, newline, rest = self._out.partition(b"\n")
        if not newline or not first.startswith(b"ready "):
            return True
        self._began = True
        self._counts = Counts(*(int(word) for word in first.split()[1:]))
        early, self._err, self._out = self._err, b"", b""
        go_on = self._take(STDERR, early) if early else True
        return go_on and (self._take(STDOUT, rest) if rest else True)

    @property
    def began(self) -> bool:
        """Whether the line has come."""
        return self._began

    def tell(self) -> None:
        """Note that the script is given its first line now."""
        self._told_at = time.monotonic()

    def ended(self, code: int, at: float, stop: Stop | None) -> Ended:
        """What is to be said of the script; ``at`` is a reading of ``time.monotonic()``."""
        refusal = (self._out + self._err).decode(errors="replace").strip()
        return Ended(code, self._began, refusal, self._counts, at - self._told_at, stop)


def listen(
    wire: Wire,
    stdin: bytes,
    opening: Opening,
    deadline: float,
    over: Callable[[], bool] = never,
) -> Stop | None:
    """Hear a script out; why it has to be stopped, if it has to. ``over`` is asked every second."""
    opening.tell()
    look_at = time.monotonic() + _LOOK_SECONDS
    try:
        wire.send(stdin, deadline)
        for heard in wire.receive(deadline):
            if heard != SILENCE and not opening(*heard):
                return Stop.FLOOD
            if (now := time.monotonic()) > deadline:
                return Stop.OVERDUE
            if now >= look_at and opening.began:
                if over():
                    return Stop.ENOUGH
                look_at = now + _LOOK_SECONDS
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
