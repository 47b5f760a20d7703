"""The right to drive a run, and the fencing token that proves it is still held."""

from dataclasses import dataclass
from typing import NewType

RunId = NewType("RunId", str)
FencingToken = NewType("FencingToken", int)


@dataclass(frozen=True, slots=True)
class Lease:
    """Held by one worker at a time; a higher token for the same run makes it worthless."""

    run_id: RunId
    holder: str
    token: FencingToken
    attempt: int = 1
    """Claims that ended in an infrastructure failure so far, plus one."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """What a heartbeat brings back."""

    signals_waiting: bool = False
    """News has arrived for the run; the driver should stop its stage and look."""


@dataclass(frozen=True, slots=True)
class ClaimLimits:
    """How many runs may be worked on at the same time; None is no limit."""

    running: int | None = None
    running_per_repository: int | None = None
