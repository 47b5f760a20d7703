"""An HTTP server on a Unix socket, in an event loop that somebody else runs."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
    running = asyncio.create_task(server.serve(sockets=[_listener(path)]))
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
