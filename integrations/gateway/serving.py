"""An HTTP server on a Unix socket, in an event loop that somebody else runs."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar, copy_context
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from worker.domain.errors import Unavailable

AT_ONCE = 64
"""Connections; further ones are closed, so that a sandbox cannot use up the worker's files."""
_BACKLOG = 16
_TICK_SECONDS = 0.002

_quiet = logging.getLogger(f"{__name__}.http")
_quiet.setLevel(logging.CRITICAL + 1)
"""What a sandbox sends must not fill the worker's log."""
_at_door = ContextVar("at_door", default=False)
"""Whether it is a door's server that speaks, and no other of uvicorn's in this process."""


def _worth_a_line(record: logging.LogRecord) -> bool:
    """Not that a door was opened and shut, in four lines each time."""
    return record.levelno > logging.INFO or not _at_door.get()


logging.getLogger("uvicorn.error").addFilter(_worth_a_line)


class _Protocol(H11Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.logger = _quiet
        if len(self.connections) < AT_ONCE:
            super().connection_made(transport)
        else:
            self.transport = transport
            transport.abort()


@asynccontextmanager
async def serving(app: ASGIApp, path: Path) -> AsyncIterator[None]:
    """Serve on a socket at ``path`` that everybody may connect to. Raises Unavailable."""
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=_BACKLOG,
            timeout_graceful_shutdown=1,
        )
    )
    context = copy_context()
    context.run(_at_door.set, True)
    running = asyncio.create_task(server.serve(sockets=[_listener(path)]), context=context)
    try:
        while not server.started:
            if running.done():
                raise Unavailable(f"The gateway could not be started: {running.exception()}")
            await asyncio.sleep(_TICK_SECONDS)
        yield
    finally:
        server.should_exit = True
        await running


def _listener(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        path.chmod(0o666)
    except OSError as fault:
        listener.close()
        raise Unavailable(f"No socket can be made at {path}: {fault}") from fault
    listener.setblocking(False)
    return listener
