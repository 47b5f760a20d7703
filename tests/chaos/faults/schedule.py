"""What is done to a fleet and when: drawn from one seed, spread over the tickets that end."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LAST_PART = 0.95
"""Of the tickets; after that the fleet is left in peace."""


class Fault(StrEnum):
    """Something that is done to a fleet."""

    KILL_WORKER = "kill -9 of a worker's main process"
    KILL_JOB = "kill -9 of a worker's child process"
    KILL_WHOLE_WORKER = "kill -9 of a worker with everything below it"
    KILL_RECEIVER = "kill -9 of the receiver"
    KILL_RECONCILER = "kill -9 of a reconciler"
    KILL_REDIS = "kill -9 of Redis"
    KILL_DATABASE = "kill -9 of PostgreSQL"
    CRASH_DATABASE = "immediate shutdown of PostgreSQL"
    STOP_WORKER = "SIGSTOP of a worker past its lease"
    STOP_REDIS = "SIGSTOP of Redis"
    STOP_DATABASE = "SIGSTOP of PostgreSQL"
    DEPLOY = "SIGTERM of a worker"
    FLUSH = "FLUSHALL of Redis"
    KILL_CONTAINER = "kill of a sandbox"
    PAUSE_CONTAINER = "pause of a sandbox"
    WEBHOOKS = "mischief with webhooks"
    API = "mischief with an API"


KILLS = frozenset(fault for fault in Fault if fault.value.startswith(("kill -9", "immediate")))
"""What counts as a kill. A container's end is not one: nothing of the fleet dies of it."""

_DATABASE = (Fault.KILL_DATABASE, Fault.CRASH_DATABASE, Fault.STOP_DATABASE)
_DOCKER = (Fault.PAUSE_CONTAINER,)

PER_HUNDRED: Mapping[Fault, float] = {
    Fault.KILL_WORKER: 8,
    Fault.KILL_JOB: 7,
    Fault.KILL_WHOLE_WORKER: 3,
    Fault.KILL_RECEIVER: 2,
    Fault.KILL_RECONCILER: 2,
    Fault.KILL_REDIS: 1.5,
    Fault.KILL_DATABASE: 0.6,
    Fault.CRASH_DATABASE: 0.6,
    Fault.STOP_WORKER: 2,
    Fault.STOP_REDIS: 0.6,
    Fault.STOP_DATABASE: 0.6,
    Fault.DEPLOY: 2,
    Fault.FLUSH: 1,
    Fault.KILL_CONTAINER: 4,
    Fault.PAUSE_CONTAINER: 2,
    Fault.WEBHOOKS: 6,
    Fault.API: 40,
}
"""How often for every hundred tickets; each at least once."""


@dataclass(frozen=True, slots=True)
class Blow:
    """One fault, as the seed wants it."""

    at: int
    """Due once so many tickets have ended."""
    fault: Fault
    pick: float
    """Between 0 and 1: which of those that can be struck, or what exactly is done."""
    strength: float
    """Between 0 and 1: how long, or how much."""


def draw(tickets: int, chance: random.Random, *, postgresql: bool, docker: bool) -> list[Blow]:
    """The whole schedule, in its order."""
    blows = [
        Blow(at, fault, chance.random(), chance.random())
        for fault, often in PER_HUNDRED.items()
        for at in _moments(tickets, often, chance)
        if (postgresql or fault not in _DATABASE) and (docker or fault not in _DOCKER)
    ]
    return sorted(blows, key=lambda blow: (blow.at, blow.fault, blow.pick))


def _moments(tickets: int, per_hundred: float, chance: random.Random) -> list[int]:
    often = max(1, round(tickets * per_hundred / 100))
    return sorted(int(chance.random() * tickets * LAST_PART) for _ in range(often))


def chosen(pick: float, count: int) -> int:
    """The index, below ``count``, that a pick stands for."""
    return min(int(pick * count), count - 1)
