"""One session's door: its thread, its server, and what went through it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path

import httpx
from anyio.from_thread import start_blocking_portal
from starlette.types import ASGIApp, Receive, Scope, Send

from integrations.gateway.account import Account
from integrations.gateway.app import application
from integrations.gateway.notes import Notes
from integrations.gateway.record import Record
from integrations.gateway.serving import serving
from integrations.gateway.session import Line, Session, Timing
from worker.domain.access import Passage
from worker.domain.budget import Budget
from worker.domain.errors import ConfigurationError

_CONNECT_SECONDS = 10.0
_WRITE_SECONDS = 60.0
_KEEP_SECONDS = 60.0


class ModelDoor:
    """See ``worker.ports.Door``."""

    def __init__(
        self,
        number: int,
        directory: Path,
        socket: Path,
        token: str,
        record: Record,
        refusals: Callable[[], tuple[str, ...]],
    ) -> None:
        self._number = number
        self._directory = str(directory)
        self._socket = str(socket)
        self._token = token
        self._record = record
        self._refusals = refusals

    @property
    def directory(self) -> str:
        return self._directory

    @property
    def socket(self) -> str:
        return self._socket

    @property
    def token(self) -> str:
        return self._token

    def over(self) -> bool:
        return self._record.over()

    def passage(self) -> Passage:
        return Passage(self._record.calls(), self._refusals(), self._number)

    def __repr__(self) -> str:
        return f"ModelDoor({self._directory!r})"


@contextmanager
def served(
    socket: Path,
    token: str,
    *,
    lines: Mapping[str, Line],
    allowance: Budget,
    record: Record,
    timing: Timing,
    body_limit_bytes: int,
    trust: ssl.SSLContext,
    notes: Notes,
) -> Iterator[None]:
    """Serve a session's models at ``socket``, in a thread of its own, for the time of the block.

    Raises Unavailable.
    """

    @asynccontextmanager
    async def open_for_business() -> AsyncIterator[None]:
        time = httpx.Timeout(None, connect=_CONNECT_SECONDS, write=_WRITE_SECONDS)
        limits = httpx.Limits(keepalive_expiry=_KEEP_SECONDS)
        async with httpx.AsyncClient(verify=trust, timeout=time, limits=limits) as client:
            account = Account(allowance)
            session = Session(lines, account, record, client, timing, body_limit_bytes, notes)
            calls = _Calls(application(session, token))
            async with serving(calls, socket):
                try:
                    yield
                finally:
                    await calls.end(timing.drain_seconds)

    with (
        notes.written(),
        start_blocking_portal(name="gateway") as portal,
        portal.wrap_async_context_manager(open_for_business()),
    ):
        yield


class _Calls:
    """The requests under way, which get a little time to end before they are ended."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._tasks: set[asyncio.Task[object]] = set()
        self._closed = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        if task is None or self._closed:
            return
        self._tasks.add(task)
        try:
            await self._app(scope, receive, send)
        finally:
            self._tasks.discard(task)

    async def end(self, drain_seconds: float) -> None:
        """New ones are not answered any more."""
        self._closed = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=drain_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


@cache
def trusting(extra_ca_bundle: Path | None) -> ssl.SSLContext:
    """The usual authorities and those of a PEM file, read once. Raises ConfigurationError."""
    context = httpx.create_ssl_context()
    if extra_ca_bundle is not None:
        try:
            context.load_verify_locations(cafile=extra_ca_bundle)
        except (OSError, ssl.SSLError) as fault:
            raise ConfigurationError(
                f"EXTRA_CA_BUNDLE: `{extra_ca_bundle}` is not a readable PEM file ({fault})."
            ) from fault
    return context
