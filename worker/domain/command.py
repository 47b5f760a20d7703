"""A command for a sandbox, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Breach(StrEnum):
    """A limit that a command ran into; the value is shown to people."""

    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out of memory"
    OUT_OF_DISK = "out of disk"
    OUT_OF_FILES = "too many files"
    OUT_OF_PROCESSES = "too many processes"
    TOO_MUCH_OUTPUT = "too much output"
    STOPPED = "stopped"
    """By us, since there was nothing more to wait for."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to run: an argument vector (never a shell string), environment, time limit."""

    argv: tuple[str, ...]
    timeout_seconds: float
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes | None = None


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a command ended. ``output`` is stdout and stderr interleaved as they came."""

    exit_code: int
    output: str
    seconds: float = 0.0
    breach: Breach | None = None

    @property
    def ok(self) -> bool:
        """Whether it exited 0 within its limits."""
        return self.exit_code == 0 and self.breach is None


def never() -> bool:
    """Nothing asks to stop."""
    return False
