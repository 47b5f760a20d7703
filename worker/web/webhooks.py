"""``POST /webhooks/{source}``: verify, store, answer, then ring.

=======  =======================  ==============================================================
status   outcome                  when
=======  =======================  ==============================================================
200      the delivery's own word  accepted (``ready``, ``withdrawn``) or nothing to act on
                                  (``ignored_…``); what is accepted is durable
200      duplicate                this delivery id was accepted before
400      malformed                not JSON, or not what the sender documents
401      invalid_signature        the signature is missing or does not match the body
401      stale                    the signed timestamp is missing or outside the window
404      unknown_source           no such sender, or none of its secrets is configured
405      method_not_allowed       not POST
408      slow                     the body did not arrive in time
413      too_large                the body is longer than the limit, whatever its header says
415      wrong_content_type       not ``application/json``
500      error                    a fault of ours; the sender tries again
503      unavailable              the store (or the sender's API, where it had to be asked) is
                                  down or slow; the sender tries again
none     disconnected             the sender went away before its body was complete
=======  =======================  ==============================================================

Every answer is ``{"outcome": …}`` and counted once; nothing of a request is ever echoed.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from worker.domain.errors import (
    InvalidSignature,
    MalformedDelivery,
    RetryableError,
    StaleDelivery,
    UntrustedInput,
)
from worker.domain.signals import Delivery
from worker.ports import WebhookSource
from worker.web.counters import Counters
from worker.web.ringer import Ringer
from worker.web.threads import Threads

_log = structlog.get_logger("storyfleet.receiver")

RETRY_AFTER_SECONDS = 60
DISCARDED_BYTES = 4 * 1024 * 1024
"""How much of a body that is too large is read on, so that its sender hears the answer."""

_CLOSE = {"connection": "close"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One way for a delivery to end."""

    status: int
    outcome: str
    headers: Mapping[str, str] = field(default_factory=dict)
    ring: bool = False


_LATER = Answer(503, "unavailable", {"retry-after": str(RETRY_AFTER_SECONDS)})
_REFUSALS: Mapping[type[UntrustedInput], Answer] = {
    InvalidSignature: Answer(401, "invalid_signature"),
    StaleDelivery: Answer(401, "stale"),
    MalformedDelivery: Answer(400, "malformed"),
}


class Inbox(Protocol):
    """What the receiver needs of a RunStore."""

    def receive(self, delivery: Delivery) -> bool:
        """Remember a delivery durably; False where it had been received before."""
        ...

    def ping(self) -> None:
        """Raises Unavailable unless the store answers and takes writes."""
        ...


class Webhooks:
    """The ASGI endpoint of all senders."""

    def __init__(
        self,
        sources: Mapping[str, WebhookSource],
        store: Inbox,
        reading: Threads,
        storing: Threads,
        ringer: Ringer,
        counters: Counters,
        *,
        max_body_bytes: int,
        body_seconds: float,
    ) -> None:
        self._sources = sources
        self._store = store
        self._reading = reading
        self._storing = storing
        self._ringer = ringer
        self._counters = counters
        self._max_body_bytes = max_body_bytes
        self._body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and count it; the bell is rung when the answer is sent."""
        request = Request(scope, receive)
        name = request.path_params["source"]
        # Only configured names become labels: a stranger must not be able to make up series.
        source = name if name in self._sources else "unknown"
        try:
            answer = await self._answer(request, source)
        except ClientDisconnect:
            self._count(source, "disconnected")
            return
        except Exception:  # noqa: BLE001 - a process edge: the sender is answered, the log told
            _log.exception("delivery_failed", source=source)
            answer = Answer(500, "error")
        self._count(source, answer.outcome)
        headers = dict(answer.headers)
        response = JSONResponse({"outcome": answer.outcome}, answer.status, headers)
        try:
            await response(scope, receive, send)
        finally:
            if answer.ring:
                self._ringer.ring_soon()

    async def _answer(self, request: Request, source: str) -> Answer:
        if source not in self._sources:
            return Answer(404, "unknown_source", _CLOSE)
        if request.method != "POST":
            return Answer(405, "method_not_allowed", {"allow": "POST", **_CLOSE})
        if _media_type(request) != "application/json":
            return Answer(415, "wrong_content_type", _CLOSE)
        try:
            async with asyncio.timeout(self._body_seconds):
                body = await self._body(request)
        except TimeoutError:
            return Answer(408, "slow", _CLOSE)
        if body is None:
            return Answer(413, "too_large", _CLOSE)
        return await self._take(source, request, body)

    async def _take(self, source: str, request: Request, body: bytes) -> Answer:
        read, headers = self._sources[source].read, dict(request.headers)
        try:
            # On a thread: to tell its own doings, a source may have to ask its sender's API.
            delivery = await self._reading.run(read, headers, body)
        except UntrustedInput as fault:
            _log.warning("delivery_refused", source=source, reason=str(fault))
            return _REFUSALS.get(type(fault), _REFUSALS[MalformedDelivery])
        except RetryableError as fault:
            _log.error("delivery_unread", source=source, reason=str(fault))
            return _LATER
        return await self._keep(source, delivery)

    async def _keep(self, source: str, delivery: Delivery) -> Answer:
        log = _log.bind(source=source, delivery=delivery.id, outcome=delivery.outcome)
        if delivery.signal is None:
            log.debug("delivery_ignored")
            return Answer(200, delivery.outcome)
        try:
            fresh = await self._storing.run(self._store.receive, delivery)
        except RetryableError as fault:
            log.error("delivery_not_stored", reason=str(fault))  # noqa: TRY400 - no bug of ours
            return _LATER
        log.info("delivery_stored" if fresh else "delivery_repeated")
        return Answer(200, delivery.outcome, ring=True) if fresh else Answer(200, "duplicate")

    async def _body(self, request: Request) -> bytes | None:
        """The whole body; None where it is too large. Keeps no more than the limit."""
        body, size = bytearray(), 0
        async for chunk in request.stream():
            size += len(chunk)
            if size <= self._max_body_bytes:
                body += chunk
            elif size > self._max_body_bytes + DISCARDED_BYTES:
                break
        return bytes(body) if size <= self._max_body_bytes else None

    def _count(self, source: str, outcome: str) -> None:
        self._counters.deliveries.labels(source, outcome).inc()


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
