"""The receiver: an ASGI application for webhooks, health and metrics.

``/healthz`` says that the process is alive; ``/readyz`` that it can store deliveries (a bell that
is down is reported, but does no harm, so it does not count); ``/metrics`` is for Prometheus and,
like the health paths, not meant for strangers: publish only ``/webhooks/``.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from worker.domain.errors import Unavailable
from worker.ports import Bell, WebhookSource
from worker.web.counters import Counters
from worker.web.ringer import Ringer
from worker.web.threads import Threads
from worker.web.webhooks import Inbox, Webhooks

Page = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class ReceiverLimits:
    """What one request may take. Linear gives up after 5 s, GitHub after 10 s."""

    body_bytes: int = 1024 * 1024
    body_seconds: float = 4.0
    read_seconds: float = 1.0
    """To verify and understand a delivery; together with the store's, less than 3 s."""
    store_seconds: float = 1.75
    threads: int = 8
    """For each of the two."""


def create_app(
    store: Inbox,
    bell: Bell,
    sources: Mapping[str, WebhookSource],
    limits: ReceiverLimits = ReceiverLimits(),
) -> Starlette:
    """The application over a store, a bell and the senders that are configured, by name."""
    counters = Counters()
    reading = Threads("reading", limits.read_seconds, limits.threads)
    storing = Threads("store", limits.store_seconds, limits.threads)
    ringer = Ringer(bell, counters)
    webhooks = Webhooks(
        sources,
        store,
        reading,
        storing,
        ringer,
        counters,
        max_body_bytes=limits.body_bytes,
        body_seconds=limits.body_seconds,
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        ringer.start()
        yield
        ringer.stop()
        reading.close()
        storing.close()

    return Starlette(
        routes=[
            Route("/webhooks/{source}", webhooks),
            Route("/healthz", _alive),
            Route("/readyz", _readiness(store, storing, ringer)),
            Route("/metrics", _metrics(counters)),
        ],
        lifespan=lifespan,
        exception_handlers={HTTPException: _refused, Exception: _failed},
    )


def _readiness(store: Inbox, storing: Threads, ringer: Ringer) -> Page:
    async def ready(_: Request) -> Response:
        try:
            await storing.run(store.ping)
        except Unavailable:
            told = {"status": "not ready", "store": "down", "broker": ringer.state}
            return JSONResponse(told, 503)
        return JSONResponse({"status": "ready", "store": "up", "broker": ringer.state})

    return ready


def _metrics(counters: Counters) -> Page:
    async def metrics(_: Request) -> Response:
        return Response(generate_latest(counters.registry), media_type=CONTENT_TYPE_LATEST)

    return metrics


async def _alive(_: Request) -> Response:
    return JSONResponse({"status": "alive"})


async def _refused(_: Request, fault: Exception) -> Response:
    status = fault.status_code if isinstance(fault, HTTPException) else 500
    headers = fault.headers if isinstance(fault, HTTPException) else None
    words = {404: "not_found", 405: "method_not_allowed"}
    return JSONResponse({"outcome": words.get(status, "refused")}, status, headers)


async def _failed(_: Request, __: Exception) -> Response:
    return JSONResponse({"outcome": "error"}, 500)
