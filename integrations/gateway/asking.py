"""Asks a provider, and says in our words where it does not answer, or not to the end."""

import asyncio
from collections.abc import AsyncIterator

import httpx

from worker.domain.access import CallOutcome

_PASSED_HEADERS = frozenset({"retry-after", "retry-after-ms", "x-request-id", "request-id"})
_PASSED_PREFIXES = ("x-ratelimit-", "anthropic-ratelimit-")
_NO_CONNECTION = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
)


class Broken(Exception):
    """The provider does not go on; ``outcome`` says how."""

    def __init__(self, outcome: CallOutcome, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome


async def ask(
    client: httpx.AsyncClient, request: httpx.Request, timeout_seconds: float
) -> httpx.Response:
    """The answer's beginning; to be closed. Raises Broken."""
    try:
        async with asyncio.timeout(timeout_seconds):
            return await client.send(request, stream=True)
    except _NO_CONNECTION as fault:
        raise Broken(CallOutcome.UNREACHABLE, str(fault)) from fault
    except (TimeoutError, httpx.TimeoutException) as fault:
        raise Broken(CallOutcome.TIMED_OUT, f"no answer in {timeout_seconds:g} s") from fault
    except httpx.HTTPError as fault:
        raise Broken(CallOutcome.CUT, str(fault)) from fault


async def pieces(response: httpx.Response, idle_seconds: float) -> AsyncIterator[bytes]:
    """The answer's body as it comes. Raises Broken."""
    body = response.aiter_bytes()
    while True:
        try:
            async with asyncio.timeout(idle_seconds):
                piece = await anext(body, None)
        except (TimeoutError, httpx.TimeoutException) as fault:
            raise Broken(CallOutcome.TIMED_OUT, f"silent for {idle_seconds:g} s") from fault
        except httpx.HTTPError as fault:
            raise Broken(CallOutcome.CUT, str(fault)) from fault
        if piece is None:
            return
        yield piece


async def whole(response: httpx.Response, idle_seconds: float, limit_bytes: int) -> bytes:
    """The answer's body, all of it. Raises Broken."""
    content = bytearray()
    async for piece in pieces(response, idle_seconds):
        content += piece
        if len(content) > limit_bytes:
            raise Broken(CallOutcome.CUT, f"an answer of more than {limit_bytes} bytes")
    return bytes(content)


def passed_headers(response: httpx.Response) -> dict[str, str]:
    """Of a provider's answer, what an agent may see: no cookies, nothing of our account."""
    return {
        name: value
        for name, value in response.headers.items()
        if name in _PASSED_HEADERS or name.startswith(_PASSED_PREFIXES)
    }
