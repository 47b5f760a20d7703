"""Misbehaving on demand: what a stub has in mind for its requests, by plan or by chance."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Literal, TypeAlias, get_args

from starlette.types import Scope

Kind: TypeAlias = Literal["delay", "error", "rate_limit", "hang", "cut", "hold"]
Vendor: TypeAlias = Literal["linear", "github", "git", "models"]

WEIGHTS: Mapping[str, float] = {"error": 4, "rate_limit": 2, "delay": 2, "cut": 2, "hang": 1}
"""How often a mix draws each kind, unless it says."""
POLL_SECONDS = 0.02
_SHOWN = 300


@dataclass(frozen=True)
class Misdeed:
    """One way to misbehave, for `count` requests (None: until cleared)."""

    kind: Kind
    """`hold` holds a request until it is released, by forgetting the misdeed"""
    count: int | None = None
    probability: float = 1.0
    skip: int = 0
    """let this many matching requests through first"""
    match: str = ""
    """only requests that contain this in "METHOD path?query body", e.g. `commentCreate`; of git no
    body is read, so there it is e.g. `POST /acme/demo.git/git-receive-pack`"""
    seconds: float = 0.0
    """how long to delay or hang (0: hang until cleared), or until a rate limit is over"""
    status: int = 500
    """of `error`; of GitHub's `rate_limit`: 403 is the primary limit, 429 the secondary"""
    after: bool = False
    """do what was asked first, and misbehave with the answer only"""
    name: str = ""
    """to forget it by"""

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"kind must be one of {', '.join(get_args(Kind))}: {self.kind!r}")


@dataclass(frozen=True)
class Mix:
    """Bad weather: each request is struck with a probability, in a way drawn by weight."""

    probability: float
    kinds: Mapping[str, float] = field(default_factory=lambda: dict(WEIGHTS))
    """kind to weight; any but `hold`"""
    after: float = 0.5
    """the share that comes after the effect; a rate limit never does"""
    statuses: Sequence[int] = (500, 502, 503)
    """of errors"""
    rate_limit_seconds: float = 1.0
    delay_seconds: float = 0.2
    hang_seconds: float = 3.0
    count: int | None = None
    skip: int = 0
    match: str = ""
    seed: int = 0
    name: str = ""

    def __post_init__(self) -> None:
        unknown = set(self.kinds) - set(WEIGHTS)
        if unknown or not any(self.kinds.values()) or min(self.kinds.values()) < 0:
            raise ValueError(f"kinds must give weights to some of {', '.join(WEIGHTS)}")
        if not self.statuses:
            raise ValueError("statuses must not be empty")

    def draw(self, chance: random.Random) -> Misdeed:
        """Always draws as many numbers, whatever it comes to."""
        kinds = sorted(self.kinds)
        kind: Kind = chance.choices(kinds, [self.kinds[k] for k in kinds])[0]  # type: ignore[assignment]
        status, limit = chance.choice(self.statuses), chance.choice((403, 429))
        after = chance.random() < self.after
        limited = kind == "rate_limit"
        seconds = {
            "rate_limit": self.rate_limit_seconds,
            "delay": self.delay_seconds,
            "hang": self.hang_seconds,
        }
        return Misdeed(
            kind,
            seconds=seconds.get(kind, 0.0),
            status=limit if limited else status,
            after=after and not limited,
        )


@dataclass(eq=False)
class Plan:
    """A misdeed or a mix, and what came of it so far."""

    what: Misdeed | Mix
    chance: random.Random
    skipped: int = 0
    done: int = 0

    def strikes(self, request: str) -> Misdeed | None:
        what = self.what
        if what.match not in request or (what.count is not None and self.done >= what.count):
            return None
        if self.skipped < what.skip:
            self.skipped += 1
            return None
        hit = self.chance.random() < what.probability
        misdeed = what.draw(self.chance) if isinstance(what, Mix) else what
        if not hit:
            return None
        self.done += 1
        return misdeed

    def state(self) -> dict[str, object]:
        kind = {"kind": "mix"} if isinstance(self.what, Mix) else {}
        return {**kind, **asdict(self.what), "done": self.done}


@dataclass(frozen=True)
class Strike:
    """What is to be done to one request."""

    misdeed: Misdeed
    plan: Plan


@dataclass(eq=False)
class Holding:
    """A request that is being held."""

    name: str
    request: str
    after: bool
    since: float = field(default_factory=time.monotonic)
    client_gone: bool = False
    """who asked does not wait for the answer any more"""


@dataclass
class Mischief:
    """What a stub has in mind; safe to use from any thread. The same seed, the same choices."""

    vendor: Vendor
    seed: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    """how many requests were struck, by kind, as `cut` or `cut after`; never forgotten"""
    _plans: list[Plan] = field(default_factory=list)
    _holdings: list[Holding] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - mischief is no secret

    def add(self, what: Misdeed | Mix) -> None:
        """A mix draws by its own seed, all misdeeds together by the stub's."""
        own = random.Random(what.seed) if isinstance(what, Mix) else self._random  # noqa: S311
        with self._lock:
            self._plans.append(Plan(what, own))

    def clear(self, name: str | None = None) -> int:
        """Forget every misdeed, or those of a name; requests that hang or are held go on. How many
        were forgotten.
        """
        with self._lock:
            kept = [p for p in self._plans if name is not None and p.what.name != name]
            forgotten = len(self._plans) - len(kept)
            self._plans = kept
        return forgotten

    def choose(self, request: str) -> Strike | None:
        """What to do to a request, counting it; the first plan that applies."""
        with self._lock:
            for plan in self._plans:
                if misdeed := plan.strikes(request):
                    self.counts[f"{misdeed.kind} after" if misdeed.after else misdeed.kind] += 1
                    return Strike(misdeed, plan)
        return None

    def intends(self, strike: Strike) -> bool:
        """Whether it has not been cleared."""
        with self._lock:
            return strike.plan in self._plans

    @contextmanager
    def holding(self, strike: Strike, request: str) -> Iterator[Holding]:
        """Show that a request is being held."""
        held = Holding(strike.misdeed.name, request[:_SHOWN], strike.misdeed.after)
        with self._lock:
            self._holdings.append(held)
        try:
            yield held
        finally:
            with self._lock:
                self._holdings.remove(held)

    def held(self) -> list[dict[str, object]]:
        """Requests that are being held now, oldest first; `seconds` is for how long."""
        now = time.monotonic()
        with self._lock:
            return [
                {
                    "name": each.name,
                    "request": each.request,
                    "after": each.after,
                    "seconds": now - each.since,
                    "client_gone": each.client_gone,
                }
                for each in self._holdings
            ]

    def state(self) -> list[dict[str, object]]:
        with self._lock:
            return [plan.state() for plan in self._plans]


async def cut(scope: Scope) -> None:
    """Drop the connection without another byte (needs the stub's own server, see server.py)."""
    transport: asyncio.Transport = scope["state"]["transport"]
    transport.abort()
    await asyncio.sleep(POLL_SECONDS)
