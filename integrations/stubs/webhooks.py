"""A vendor's webhook sender: signed deliveries, the vendor's retries, and mischief on demand."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol, Self

import httpx

from integrations.stubs.deliveries import Attempt, Delivery, Fate, WebhookMischief, fates


@dataclass(frozen=True)
class WebhookTarget:
    """Where deliveries go. No URL: there is no webhook and nothing is sent."""

    url: str | None = None
    secret: str = ""
    retry_scale: float = 1.0
    """factor on the vendor's retry schedule; 0.001 makes a minute 60 ms"""
    restamp_retries: bool = True
    """whether a retry carries a new timestamp; Linear's documentation does not say"""


class Form(Protocol):
    """What a vendor's deliveries look like."""

    @property
    def retry_delays_seconds(self) -> tuple[float, ...]:
        """Waited after each attempt that failed; then it is never tried again."""
        ...

    @property
    def answer_within_seconds(self) -> float: ...

    def stamped(self, event: Mapping[str, object]) -> Mapping[str, object]:
        """The event as it is sent now."""
        ...

    def signed(self, delivery: Delivery, secret: str) -> tuple[bytes, dict[str, str]]:
        """Body and headers."""
        ...


class WebhookSender:
    """Sends from background threads. With the default of one thread, first attempts keep their
    order. Use as a context manager, or call `close`.
    """

    def __init__(self, target: WebhookTarget, form: Form, threads: int = 1) -> None:
        self.target = target
        self.mischief = WebhookMischief()
        self.deliveries: list[Delivery] = []
        self.counts: Counter[str] = Counter()
        """deliveries so far, and what mischief did to them; never forgotten"""
        self._form = form
        self._fates = fates(self.mischief)
        self._due: list[tuple[float, int, Delivery]] = []
        self._held: list[Delivery] = []
        self._sequence = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._client = httpx.Client(timeout=form.answer_within_seconds, trust_env=False)
        self._threads = [
            threading.Thread(target=self._work, name=f"stub-webhook-{n}", daemon=True)
            for n in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def send(self, event: Mapping[str, object], kind: str = "") -> None:
        """Queue an event's first attempt; returns at once. `kind`: where the body does not say."""
        with self._changed:
            if self.target.url is None:
                return
            delivery = Delivery(event, kind=kind, fate=self._next_fate())
            self.deliveries.append(delivery)
            self.counts.update(["sent", *delivery.fate.words()])
            if delivery.fate.dropped:
                delivery.outcome = "dropped"
            elif delivery.fate.held:
                self._held.append(delivery)
                if len(self._held) >= self.mischief.reorder:
                    self._release()
            else:
                self._schedule(delivery, delivery.fate.delay_seconds)

    def misbehave(self, mischief: WebhookMischief) -> None:
        """Replace the mischief; deliveries that were held back for reordering go out."""
        with self._changed:
            self._release()
            self.mischief = mischief
            self._fates = fates(mischief)

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

    def _next_fate(self) -> Fate:
        fate = next(self._fates)
        if fate.dropped and self.mischief.drop > 0:
            self.mischief = replace(self.mischief, drop=self.mischief.drop - 1)
        return fate

    def _release(self) -> None:
        held, self._held = self._held, []
        for delivery in reversed(held):
            self._schedule(delivery, delivery.fate.delay_seconds)

    def _schedule(self, delivery: Delivery, delay_seconds: float) -> None:
        due = time.monotonic() + delay_seconds
        heapq.heappush(self._due, (due, next(self._sequence), delivery))
        self._changed.notify_all()

    def _work(self) -> None:
        while (delivery := self._next()) is not None:
            copies = 1 if delivery.attempts else delivery.fate.copies
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
            delivery.event = self._form.stamped(delivery.event)
        body, headers = self._form.signed(delivery, target.secret)
        return self._client.build_request("POST", str(target.url), content=body, headers=headers)

    def _attempt(self, request: httpx.Request) -> Attempt:
        try:
            return Attempt(self._client.send(request).status_code)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Attempt(None, f"{type(error).__name__}: {error}")

    def _record(self, delivery: Delivery, attempts: list[Attempt]) -> None:
        delays = self._form.retry_delays_seconds
        with self._changed:
            delivery.attempts.extend(attempts)
            delivery.tries += 1
            if any(attempt.status == httpx.codes.OK for attempt in attempts):
                delivery.outcome = "delivered"
            elif delivery.tries <= len(delays):
                self._schedule(delivery, delays[delivery.tries - 1] * self.target.retry_scale)
            else:
                delivery.outcome = "failed"
            self._changed.notify_all()
