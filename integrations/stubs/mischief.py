"""Misbehaving on demand: one ASGI middleware that the Linear, GitHub and model stubs share."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from dataclasses import asdict, dataclass, field
from typing import Literal, TypeAlias, get_args

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Kind: TypeAlias = Literal["delay", "error", "rate_limit", "hang", "cut"]
Vendor: TypeAlias = Literal["linear", "github", "models"]

_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Misdeed:
    """One way to misbehave, for `count` requests (None: until cleared)."""

    kind: Kind
    count: int | None = None
    probability: float = 1.0
    skip: int = 0
    """let this many matching requests through first"""
    match: str = ""
    """only requests that contain this in "METHOD path body", e.g. `commentCreate`"""
    seconds: float = 0.0
    """how long to delay or hang (0: hang until cleared), or until a rate limit is over"""
    status: int = 500
    """of `error`; of GitHub's `rate_limit`: 403 is the primary limit, 429 the secondary"""
    after: bool = False
    """do what was asked first, and misbehave with the answer only (`error` and `cut`)"""

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"kind must be one of {', '.join(get_args(Kind))}: {self.kind!r}")


@dataclass
class _Planned:
    misdeed: Misdeed
    skipped: int = 0
    done: int = 0


@dataclass
class Mischief:
    """What a stub has in mind; safe to use from any thread. The same seed, the same choices."""

    vendor: Vendor
    seed: int = 0
    _plans: list[_Planned] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - mischief is no secret

    def add(self, misdeed: Misdeed) -> None:
        with self._lock:
            self._plans.append(_Planned(misdeed))

    def clear(self) -> None:
        """Forget every misdeed; requests that hang are answered."""
        with self._lock:
            self._plans.clear()

    def choose(self, request: str) -> Misdeed | None:
        """What to do to a request, counting it; the first misdeed that applies."""
        with self._lock:
            for plan in self._plans:
                if self._applies(plan, request):
                    plan.done += 1
                    return plan.misdeed
        return None

    def holds(self, misdeed: Misdeed) -> bool:
        """Whether it has not been cleared."""
        with self._lock:
            return any(plan.misdeed is misdeed for plan in self._plans)

    def state(self) -> list[dict[str, object]]:
        with self._lock:
            return [{**asdict(plan.misdeed), "done": plan.done} for plan in self._plans]

    def _applies(self, plan: _Planned, request: str) -> bool:
        misdeed = plan.misdeed
        if misdeed.match not in request:
            return False
        if misdeed.count is not None and plan.done >= misdeed.count:
            return False
        if plan.skipped < misdeed.skip:
            plan.skipped += 1
            return False
        return self._random.random() < misdeed.probability


class MischiefMiddleware:
    """Lets `mischief` decide on each request to `app`."""

    def __init__(self, app: ASGIApp, mischief: Mischief) -> None:
        self._app = app
        self._mischief = mischief

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        summary = f"{scope['method']} {path} {body.decode(errors='replace')}"
        misdeed = self._mischief.choose(summary)
        replay = _replay(body, receive)
        if misdeed is None:
            await self._app(scope, replay, send)
        elif misdeed.kind in ("delay", "hang"):
            await self._wait(misdeed)
            await self._app(scope, replay, send)
        else:
            if misdeed.after:
                await self._app(scope, replay, _discard)
            await self._refuse(misdeed, scope, replay, send)

    async def _wait(self, misdeed: Misdeed) -> None:
        """Until the time is over or the misdeed is cleared."""
        endless = misdeed.kind == "hang" and misdeed.seconds == 0
        end = time.monotonic() + misdeed.seconds
        # Polled, not an Event: it is cleared from other threads and other event loops.
        while self._mischief.holds(misdeed) and (  # noqa: ASYNC110
            endless or time.monotonic() < end
        ):
            await asyncio.sleep(_POLL_SECONDS)

    async def _refuse(self, misdeed: Misdeed, scope: Scope, receive: Receive, send: Send) -> None:
        if misdeed.kind == "cut":
            await cut(scope)
            return
        limited = misdeed.kind == "rate_limit"
        make = _RATE_LIMITS[self._mischief.vendor] if limited else _server_error
        await make(misdeed)(scope, receive, send)


async def cut(scope: Scope) -> None:
    """Drop the connection without another byte (needs the stub's own server, see server.py)."""
    transport: asyncio.Transport = scope["state"]["transport"]
    transport.abort()
    await asyncio.sleep(_POLL_SECONDS)


def _server_error(misdeed: Misdeed) -> JSONResponse:
    return JSONResponse({"message": "Server Error"}, misdeed.status)


def _linear_rate_limit(misdeed: Misdeed) -> JSONResponse:
    reset_ms = int((time.time() + misdeed.seconds) * 1000)
    message = "Rate limit exceeded. Only 2500 requests are allowed per 1 hour."
    extensions = {
        "code": "RATELIMITED",
        "type": "ratelimited",
        "statusCode": 429,
        "userError": True,
        "userPresentableMessage": message,
    }
    headers = {
        "X-RateLimit-Requests-Limit": "2500",
        "X-RateLimit-Requests-Remaining": "0",
        "X-RateLimit-Requests-Reset": str(reset_ms),
    }
    return JSONResponse({"errors": [{"message": message, "extensions": extensions}]}, 400, headers)


def _github_rate_limit(misdeed: Misdeed) -> JSONResponse:
    if misdeed.status == 429:  # noqa: PLR2004 - HTTP's own number
        message = "You have exceeded a secondary rate limit. Please wait before you try again."
        return JSONResponse({"message": message}, 429, {"Retry-After": str(round(misdeed.seconds))})
    headers = {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-used": "5000",
        "x-ratelimit-reset": str(int(time.time() + misdeed.seconds) + 1),
        "x-ratelimit-resource": "core",
    }
    return JSONResponse({"message": "API rate limit exceeded for user ID 1."}, 403, headers)


def _model_rate_limit(misdeed: Misdeed) -> JSONResponse:
    error = {"type": "rate_limit_error", "message": "Rate limit reached.", "code": "rate_limit"}
    headers = {"Retry-After": str(round(misdeed.seconds))}
    return JSONResponse({"type": "error", "error": error}, 429, headers)


_RATE_LIMITS = {
    "linear": _linear_rate_limit,
    "github": _github_rate_limit,
    "models": _model_rate_limit,
}


async def _read(receive: Receive) -> bytes:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body once more for the application, then whatever comes, which is the disconnect."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def _discard(_message: Message) -> None:
    """Swallow the answer of a request whose effect is wanted and whose answer is not."""
