"""Waits until a world has come to rest, with every fault taken away."""

import time
from collections.abc import Callable

import httpx

from tests.chaos.audit import collect
from tests.chaos.engine.watching import NotSeen
from tests.chaos.engine.world import World

REST_SECONDS = 12.0
"""More than two looks of the reconciler at the tracker."""
PATIENCE_SECONDS = 150.0
"""More than the janitor's grace."""
POLL_SECONDS = 1.0


def settle(world: World, told: Callable[[str], None]) -> bool:
    """Wait until nothing is under way any more; False where something still is in the end.

    Webhooks that were never answered come once more: Linear would send them again hours later.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    _rest(world, deadline)
    for delivery in world.stubs.get("/linear/deliveries"):
        if delivery["outcome"] in ("pending", "failed"):
            world.stubs.act(f"/linear/deliveries/{delivery['id']}")
    time.sleep(REST_SECONDS)
    restless = _rest(world, max(deadline, time.monotonic() + PATIENCE_SECONDS / 2))
    for line in restless:
        told(f"not at rest: {line}")
    return not restless


def _rest(world: World, deadline: float) -> list[str]:
    while (restless := unrest(world)) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return restless


def unrest(world: World) -> list[str]:
    """What is still under way, a line each."""
    try:
        rows = [f"{row.id} is {row.state}" for row in world.watch.runs() if row.state != "closed"]
        rows += [f"signal {row.id} is {row.state}" for row in world.watch.inbox()]
    except NotSeen as fault:
        return [str(fault)]
    down = [f"{name} is down" for name, each in world.supervisor.services.items() if not each.up]
    found = collect.leftovers(world).lines()
    left = [f"{what}: {line}" for what, lines in found.items() for line in lines]
    return [*rows, *down, *_unready(world), *left]


def _unready(world: World) -> list[str]:
    try:
        answer = httpx.get(f"{world.places.receiver_url}/readyz", timeout=5, trust_env=False)
    except httpx.TransportError as fault:
        return [f"the receiver: {fault}"]
    return [] if answer.is_success else [f"the receiver answers {answer.status_code}"]
