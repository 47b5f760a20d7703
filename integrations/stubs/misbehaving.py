"""The ASGI middleware that does to requests what a stub has in mind."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations.stubs.mischief import POLL_SECONDS, Mischief, Strike, cut
from integrations.stubs.refusals import refusal


class MischiefMiddleware:
    """Lets `mischief` decide on each request to `app`."""

    def __init__(self, app: ASGIApp, mischief: Mischief) -> None:
        self._app = app
        self._mischief = mischief

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        query = f"?{scope['query_string'].decode()}" if scope["query_string"] else ""
        request = f"{scope['method']} {path}{query}"
        # A push is large, and nothing in it is worth matching.
        if self._mischief.vendor != "git":
            body = await _read(receive)
            receive = _replay(body, receive)
            request = f"{request} {body.decode(errors='replace')}"
        strike = self._mischief.choose(request)
        if strike is None:
            await self._app(scope, receive, send)
        elif strike.misdeed.kind in ("error", "rate_limit", "cut"):
            await self._refuse(strike, scope, receive, send)
        elif strike.misdeed.after:
            await self._answer_late(strike, request, scope, receive, send)
        else:
            await self._act_late(strike, request, scope, receive, send)

    async def _refuse(self, strike: Strike, scope: Scope, receive: Receive, send: Send) -> None:
        if strike.misdeed.after:
            await self._app(scope, receive, _discard)
        if strike.misdeed.kind == "cut":
            await cut(scope)
        else:
            answer = refusal(self._mischief.vendor, strike.misdeed)
            await answer(scope, receive, send)

    async def _answer_late(
        self, strike: Strike, request: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        answer: list[Message] = []
        await self._app(scope, receive, _kept(answer))
        await self._wait(strike, request, receive)
        for message in answer:
            await send(message)

    async def _act_late(
        self, strike: Strike, request: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """What was held before its effect has none where nobody waits for it any more: so a test
        that kills the one who asked knows that nothing was done.
        """
        body = await _read(receive)
        gone = await self._wait(strike, request, receive)
        if not gone:
            await self._app(scope, _replay(body, receive), send)

    async def _wait(self, strike: Strike, request: str, receive: Receive) -> bool:
        """Until the time is over or the misdeed is cleared; whether who was held has left."""
        misdeed = strike.misdeed
        if misdeed.kind == "hold":
            return await self._hold(strike, request, receive)
        endless = misdeed.kind == "hang" and misdeed.seconds == 0
        end = time.monotonic() + misdeed.seconds
        # Polled, not an Event: it is cleared from other threads and other event loops.
        while self._mischief.intends(strike) and (  # noqa: ASYNC110
            endless or time.monotonic() < end
        ):
            await asyncio.sleep(POLL_SECONDS)
        return False

    async def _hold(self, strike: Strike, request: str, receive: Receive) -> bool:
        leaving = asyncio.ensure_future(_disconnected(receive))
        try:
            with self._mischief.holding(strike, request) as held:
                while self._mischief.intends(strike):
                    await asyncio.sleep(POLL_SECONDS)
                    held.client_gone = leaving.done()
            return leaving.done()
        finally:
            leaving.cancel()
            with suppress(asyncio.CancelledError):
                await leaving


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


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


def _kept(answer: list[Message]) -> Send:
    async def keep(message: Message) -> None:
        answer.append(message)

    return keep


async def _discard(_message: Message) -> None:
    """Swallow the answer of a request whose effect is wanted and whose answer is not."""
