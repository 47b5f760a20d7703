"""A sender, a store and a served receiver for the receiver's tests."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import httpx
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from worker.domain.errors import InvalidSignature, MalformedDelivery, StaleDelivery, Unavailable
from worker.domain.signals import Delivery, TicketReady
from worker.domain.ticket import TicketId, TicketRef
from worker.web.server import PunctualProtocol, make_server

SECRET = b"a secret of the sender's"
TICKET = TicketRef(TicketId("t-1"), "ENG-1", "ENG")


class SignedSource:
    """A sender that signs its bodies; what a delivery means is told by its ``kind``."""

    def read(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        if not hmac.compare_digest(signature(body), headers.get("x-signature", "")):
            raise InvalidSignature("the signature does not match")
        try:
            read = json.loads(body)
            kind, key = str(read["kind"]), str(read["id"])
        except (ValueError, KeyError, TypeError) as fault:
            raise MalformedDelivery("not a delivery") from fault
        if kind == "stale":
            raise StaleDelivery("too old")
        if kind == "bug":
            raise ZeroDivisionError("a fault of ours")
        return Delivery("linear", key, kind, TicketReady(TICKET) if kind == "ready" else None)


class ListInbox:
    """Remembers deliveries; ``fault`` makes it fail, ``gate`` makes it wait until it is set."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.fault: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self._lock = threading.Lock()

    def receive(self, delivery: Delivery) -> bool:
        self.ping()
        with self._lock:
            fresh = delivery.id not in self.ids
            if fresh:
                self.ids.append(delivery.id)
            return fresh

    def ping(self) -> None:
        self.entered.set()
        self.gate.wait()
        if self.fault:
            raise self.fault


def down() -> Unavailable:
    return Unavailable("the database is down")


def signature(body: bytes) -> str:
    return hmac.new(SECRET, body, hashlib.sha256).hexdigest()


def delivery(kind: str = "ready", key: str = "d-1") -> bytes:
    return json.dumps({"kind": kind, "id": key}).encode()


def signed(body: bytes) -> dict[str, str]:
    return {"content-type": "application/json; charset=utf-8", "x-signature": signature(body)}


def eventually(true: Callable[[], bool]) -> None:
    """Wait for it; pytest's own time limit ends a wait in vain."""
    while not true():
        time.sleep(0.02)


class HastyProtocol(PunctualProtocol):
    request_seconds = 0.3


@contextmanager
def served(app: ASGIApp, protocol: type[H11Protocol] = PunctualProtocol) -> Iterator[httpx.Client]:
    """A client of the application on a real server; its time limit is the receiver's promise."""
    server = make_server(app, "127.0.0.1", 0, protocol)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=3.0) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
