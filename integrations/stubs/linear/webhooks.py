"""The stub Linear's webhook sender: signed deliveries, Linear's retries, and mischief on demand."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

import httpx

from .payloads import body_of, headers_of

RETRY_DELAYS_SECONDS = (60.0, 3600.0, 21600.0)
"""Linear's documented schedule: after 1 minute, 1 hour, 6 hours; then never again."""
ANSWER_WITHIN_SECONDS = 5.0


@dataclass(frozen=True)
class WebhookTarget:
    """Where deliveries go. No URL: the workspace has no webhook and nothing is sent."""

    url: str | None = None
    secret: str = ""
    retry_scale: float = 1.0
    """factor on Linear's retry schedule; 0.001 makes the first retry come after 60 ms"""
    restamp_retries: bool = True
    """whether a retry carries a new `webhookTimestamp`; Linear's documentation does not say"""


@dataclass(frozen=True)
class WebhookMischief:
    duplicate: int = 1
    """how many times each delivery is sent, all at once"""
    delay_seconds: float = 0.0
    reorder: int = 1
    """hold this many deliveries back, then send them last first"""
    drop: int = 0
    """swallow this many deliveries altogether"""


@dataclass(frozen=True)
class Attempt:
    status: int | None
    """what the receiver answered; None if there was no answer"""
    error: str | None = None


@dataclass
class Delivery:
    event: Mapping[str, object]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    attempts: list[Attempt] = field(default_factory=list)
    outcome: str = "pending"
    """pending, delivered, failed or dropped"""
    tries: int = 0
    """how often it was sent, the copies made by mischief not counted"""


class WebhookSender:
    """Sends from background threads. With the default of one thread, first attempts keep their
    order. Use as a context manager, or call `close`.
    """

    def __init__(self, target: WebhookTarget, threads: int = 1) -> None:
        self.target = target
        self.mischief = WebhookMischief()
        self.deliveries: list[Delivery] = []
        self._due: list[tuple[float, int, Delivery]] = []
        self._held: list[Delivery] = []
        self._sequence = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._client = httpx.Client(timeout=ANSWER_WITHIN_SECONDS, trust_env=False)
        self._threads = [
            threading.Thread(target=self._work, name=f"stub-linear-webhook-{n}", daemon=True)
            for n in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def send(self, event: Mapping[str, object]) -> None:
        """Queue an event's first attempt; returns at once."""
        with self._changed:
            if self.target.url is None:
                return
            delivery = Delivery(event)
            self.deliveries.append(delivery)
            if self.mischief.drop > 0:
                self.mischief = replace(self.mischief, drop=self.mischief.drop - 1)
                delivery.outcome = "dropped"
                return
            self._held.append(delivery)
            if len(self._held) >= self.mischief.reorder:
                self._release()

    def misbehave(self, mischief: WebhookMischief) -> None:
        """Replace the mischief; deliveries that were held back for reordering go out."""
        with self._changed:
            self._release()
            self.mischief = mischief

    def redeliver(self, delivery_id: str) -> None:
        """Send a recorded delivery once more, under its own id. Raises LookupError."""
        with self._changed:
            found = [each for each in self.deliveries if each.id == delivery_id]
            if not found:
                raise LookupError(f"no delivery {delivery_id}")
            found[0].outcome = "pending"
            self._schedule(found[0], 0.0)

    def state(self) -> list[dict[str, Any]]:
        """Every delivery with its attempts, as JSON-ready copies."""
        with self._changed:
            return [asdict(delivery) for delivery in self.deliveries]

    def wait_until_settled(self, timeout_seconds: float = 10.0) -> bool:
        """Wait until no delivery is pending; False if some still are."""
        with self._changed:
            return self._changed.wait_for(
                lambda: all(each.outcome != "pending" for each in self.deliveries),
                timeout_seconds,
            )

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _release(self) -> None:
        held, self._held = self._held, []
        for delivery in reversed(held):
            self._schedule(delivery, self.mischief.delay_seconds)

    def _schedule(self, delivery: Delivery, delay_seconds: float) -> None:
        due = time.monotonic() + delay_seconds
        heapq.heappush(self._due, (due, next(self._sequence), delivery))
        self._changed.notify_all()

    def _work(self) -> None:
        while (delivery := self._next()) is not None:
            copies = 1 if delivery.attempts else self.mischief.duplicate
            request = self._request(delivery)
            with ThreadPoolExecutor(copies) as pool:
                attempts = list(pool.map(self._attempt, [request] * copies))
            self._record(delivery, attempts)

    def _next(self) -> Delivery | None:
        with self._changed:
            while not self._closed:
                if not self._due:
                    self._changed.wait()
                elif (left := self._due[0][0] - time.monotonic()) > 0:
                    self._changed.wait(left)
                else:
                    return heapq.heappop(self._due)[2]
        return None

    def _request(self, delivery: Delivery) -> httpx.Request:
        target = self.target
        if target.restamp_retries or not delivery.attempts:
            delivery.event = {**delivery.event, "webhookTimestamp": int(time.time() * 1000)}
        body = body_of(delivery.event)
        headers = headers_of(delivery.event, body, target.secret, delivery.id)
        return self._client.build_request("POST", str(target.url), content=body, headers=headers)

    def _attempt(self, request: httpx.Request) -> Attempt:
        try:
            return Attempt(self._client.send(request).status_code)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Attempt(None, f"{type(error).__name__}: {error}")

    def _record(self, delivery: Delivery, attempts: list[Attempt]) -> None:
        with self._changed:
            delivery.attempts.extend(attempts)
            delivery.tries += 1
            if any(attempt.status == httpx.codes.OK for attempt in attempts):
                delivery.outcome = "delivered"
            elif delivery.tries <= len(RETRY_DELAYS_SECONDS):
                delay_seconds = RETRY_DELAYS_SECONDS[delivery.tries - 1] * self.target.retry_scale
                self._schedule(delivery, delay_seconds)
            else:
                delivery.outcome = "failed"
            self._changed.notify_all()
