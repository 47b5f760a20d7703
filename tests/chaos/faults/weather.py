"""Bad weather: webhooks that go astray, and vendors that answer late, wrongly or not at all."""

from collections import Counter
from collections.abc import Callable

from tests.chaos.engine.stubs import Json, Stubs
from tests.chaos.faults.schedule import Blow, chosen

WEBHOOKS: tuple[Json, ...] = (
    {"duplicate": 5},
    {"delay_seconds": 4.0},
    {"reorder": 4},
    {"drop": 3},
    {"duplicate": 2, "delay_seconds": 2.0, "reorder": 3},
)
"""One at a time, for some seconds."""

MISDEEDS: tuple[Json, ...] = (
    {"stub": "linear", "kind": "rate_limit", "seconds": 2},
    {"stub": "linear", "kind": "error", "status": 500},
    {"stub": "linear", "kind": "error", "status": 502, "after": True},
    {"stub": "linear", "kind": "hang", "seconds": 3},
    {"stub": "linear", "kind": "hang", "seconds": 12},
    {"stub": "linear", "kind": "cut"},
    {"stub": "linear", "kind": "cut", "after": True},
    {"stub": "github", "kind": "rate_limit", "status": 429, "seconds": 2},
    {"stub": "github", "kind": "rate_limit", "status": 403, "seconds": 2},
    {"stub": "github", "kind": "error", "status": 500},
    {"stub": "github", "kind": "error", "status": 502, "after": True},
    {"stub": "github", "kind": "hang", "seconds": 3},
    {"stub": "github", "kind": "cut"},
    {"stub": "github", "kind": "cut", "after": True},
    {"stub": "git", "kind": "error", "status": 503},
    {"stub": "git", "kind": "error", "status": 500, "after": True},
    {"stub": "git", "kind": "rate_limit", "seconds": 1},
    {"stub": "git", "kind": "hang", "seconds": 3},
    {"stub": "git", "kind": "cut"},
    {"stub": "git", "kind": "cut", "after": True},
    {"stub": "models", "kind": "rate_limit", "seconds": 1},
    {"stub": "models", "kind": "error", "status": 500},
    {"stub": "models", "kind": "hang", "seconds": 3},
    {"stub": "models", "kind": "cut"},
    {"stub": "models", "kind": "cut", "after": True},
)
DRIZZLE: Json = {
    "probability": 0.01,
    "kinds": {"error": 4, "rate_limit": 1, "cut": 3, "hang": 1},
    "hang_seconds": 2.0,
}
VENDORS = ("linear", "github", "git", "models")
MOST_AT_ONCE = 6
"""Requests that one misdeed strikes."""


def webhooks(stubs: Stubs, blow: Blow) -> Callable[[], None]:
    """Begin; what is returned ends it."""
    stubs.misbehave("webhooks", **WEBHOOKS[chosen(blow.pick, len(WEBHOOKS))])
    return lambda: stubs.misbehave("webhooks")


def api(stubs: Stubs, blow: Blow) -> None:
    """Have the next few requests to one vendor go wrong in one way."""
    misdeed = MISDEEDS[chosen(blow.pick, len(MISDEEDS))]
    count = 1 + chosen(blow.strength, MOST_AT_ONCE)
    # Hanging holds a worker; few of those show as much as many.
    stubs.misbehave(**misdeed, count=1 if misdeed["kind"] == "hang" else count)


def drizzle(stubs: Stubs, seed: int) -> None:
    """From now on any request to any vendor may go wrong, seldom; the seed says which."""
    stubs.misbehave("all", kind="mix", seed=seed, **DRIZZLE)


def injected(stubs: Stubs) -> Counter[str]:
    """How many requests went wrong so far, by vendor and kind."""
    counted = stubs.get("/mischief")["counts"]
    return Counter(
        {f"{vendor}: {kind}": n for vendor in VENDORS for kind, n in counted[vendor].items()}
    )


def astray(stubs: Stubs) -> Counter[str]:
    """What became of webhooks."""
    counts: Counter[str] = Counter(stubs.get("/mischief")["counts"]["webhooks"])
    for each in stubs.get("/linear/deliveries"):
        counts["refused or not answered"] += sum(a["status"] != 200 for a in each["attempts"])
    return counts
