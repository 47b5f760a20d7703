"""Runs an ASGI application on uvicorn, for a port that strangers can reach."""

import asyncio

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

IDLE_SECONDS = 5
CONNECTIONS = 256
HEAD_BYTES = 16 * 1024
GRACE_SECONDS = 10


class PunctualProtocol(H11Protocol):
    """Closes connections whose request does not arrive: uvicorn itself waits for ever for heads."""

    request_seconds = 10.0
    """From the connection (or the last answer) until a whole request must have arrived."""

    _overdue: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock with the connection."""
        super().connection_made(transport)
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        if self._overdue:
            self._overdue.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Start the clock again for the next request on the connection."""
        super().on_response_complete()
        self._expect_request()

    def _expect_request(self) -> None:
        if self._overdue:
            self._overdue.cancel()
        self._overdue = self.loop.call_later(self.request_seconds, self._close_if_late)

    def _close_if_late(self) -> None:
        if self.conn.their_state in {h11.IDLE, h11.SEND_BODY}:
            self.transport.close()


def make_server(
    app: ASGIApp, host: str, port: int, protocol: type[H11Protocol] = PunctualProtocol
) -> uvicorn.Server:
    """A server that trusts no proxy's headers, does not tell its name, and has limits.

    ``port`` 0 lets the system choose; logs are left to ``worker.telemetry``.
    """
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=protocol,
            ws="none",
            lifespan="on",
            proxy_headers=False,
            server_header=False,
            access_log=False,
            log_config=None,
            limit_concurrency=CONNECTIONS,
            timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
            h11_max_incomplete_event_size=HEAD_BYTES,
        )
    )


def serve(app: ASGIApp, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are answered first."""
    make_server(app, host, port).run()
