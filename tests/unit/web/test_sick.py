"""The receiver beside a sick store, a sick bell and sick senders.

Time limits are the client's (3 s): an answer that comes later fails the test.
"""

import socket
import threading
from collections.abc import Iterator, Mapping

import httpx
import pytest

from integrations.memory.bell import MemoryBell
from tests.unit.web.doubles import (
    HastyProtocol,
    ListInbox,
    SignedSource,
    delivery,
    down,
    eventually,
    served,
    signed,
)
from worker.domain.signals import Delivery
from worker.web.app import ReceiverLimits, create_app

QUICK = ReceiverLimits(body_bytes=1024, body_seconds=0.3, store_seconds=0.3, threads=2)


@pytest.fixture
def inbox() -> Iterator[ListInbox]:
    made = ListInbox()
    yield made
    made.gate.set()


def post(client: httpx.Client, key: str) -> httpx.Response:
    body = delivery(key=key)
    return client.post("/webhooks/linear", content=body, headers=signed(body))


def test_a_store_that_is_down_is_a_503_and_later_a_200(inbox: ListInbox) -> None:
    bell = MemoryBell()
    with served(create_app(inbox, bell, {"linear": SignedSource()})) as client:
        inbox.fault = down()
        answer = post(client, "d-1")
        assert (answer.status_code, answer.json()) == (503, {"outcome": "unavailable"})
        assert int(answer.headers["retry-after"]) > 0
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
        assert bell.rings == 0
        inbox.fault = None
        assert post(client, "d-1").json() == {"outcome": "ready"}
        assert client.get("/readyz").json()["store"] == "up"


def test_a_store_that_hangs_is_a_503_in_less_than_3_seconds(inbox: ListInbox) -> None:
    """With the limits as shipped."""
    with served(create_app(inbox, MemoryBell(), {"linear": SignedSource()})) as client:
        inbox.gate.clear()
        assert post(client, "d-1").status_code == 503
        inbox.gate.set()


def test_more_hanging_calls_than_threads_are_answered_and_forgotten(inbox: ListInbox) -> None:
    with served(create_app(inbox, MemoryBell(), {"linear": SignedSource()}, QUICK)) as client:
        inbox.gate.clear()
        answers = [post(client, f"d-{n}").status_code for n in range(5)]
        assert answers == [503] * 5
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
        inbox.gate.set()
        assert post(client, "d-9").json() == {"outcome": "ready"}
        # The two that had a thread were stored late; the sender's retry of them is a duplicate.
        assert sorted(inbox.ids) == ["d-0", "d-1", "d-9"]
        assert post(client, "d-0").json() == {"outcome": "duplicate"}
        assert post(client, "d-4").json() == {"outcome": "ready"}


def test_a_bell_that_hangs_delays_nothing(inbox: ListInbox) -> None:
    hung = threading.Event()
    bell = MemoryBell(hung.wait)
    with served(create_app(inbox, bell, {"linear": SignedSource()}, QUICK)) as client:
        answers = [post(client, f"d-{n}").json() for n in range(20)]
        assert answers == [{"outcome": "ready"}] * 20
        assert client.get("/readyz").json() == {
            "status": "ready",
            "store": "up",
            "broker": "untried",
        }
        hung.set()
    # Asked for 20 times, rung at least once more after the first, and not 20 times.
    assert 2 <= bell.rings < 20


@pytest.mark.parametrize("fault", ["unavailable", "unknown"])
def test_a_bell_that_fails_is_told_and_harmless(inbox: ListInbox, fault: str) -> None:
    def fail() -> None:
        raise ZeroDivisionError("not foreseen")

    bell = MemoryBell(broken=True) if fault == "unavailable" else MemoryBell(fail)
    with served(create_app(inbox, bell, {"linear": SignedSource()}, QUICK)) as client:
        assert post(client, "d-1").json() == {"outcome": "ready"}
        eventually(lambda: client.get("/readyz").json()["broker"] != "untried")
        ready = client.get("/readyz")
        assert ready.status_code == 200
        assert ready.json()["broker"] == "down"
        assert post(client, "d-2").json() == {"outcome": "ready"}
        eventually(lambda: 'rings_total{outcome="failed"} 2.0' in client.get("/metrics").text)


def test_a_request_under_way_is_answered_before_the_server_ends(inbox: ListInbox) -> None:
    patient = ReceiverLimits(store_seconds=30.0)
    app = create_app(inbox, MemoryBell(), {"linear": SignedSource()}, patient)
    answers: list[int] = []
    with served(app) as client:
        inbox.gate.clear()
        own = httpx.Client(base_url=client.base_url, timeout=10.0)
        sender = threading.Thread(target=lambda: answers.append(post(own, "d-1").status_code))
        sender.start()
        inbox.entered.wait()
        threading.Timer(0.3, inbox.gate.set).start()
        # Leaving the block asks the server to end, while the store still holds the request.
    sender.join()
    own.close()
    assert answers == [200]


def test_a_source_that_hangs_is_a_503_and_stops_nobody_else(inbox: ListInbox) -> None:
    """Linear's source asks Linear's API at times."""
    asked = threading.Event()

    class Asking(SignedSource):
        def read(self, headers: Mapping[str, str], body: bytes) -> Delivery:
            asked.wait()
            return super().read(headers, body)

    sources = {"linear": Asking(), "github": SignedSource()}
    with served(create_app(inbox, MemoryBell(), sources)) as client:
        assert post(client, "d-1").status_code == 503
        body = delivery(key="d-2")
        other = client.post("/webhooks/github", content=body, headers=signed(body))
        assert other.json() == {"outcome": "ready"}
        asked.set()
    assert inbox.ids == ["d-2"]


def test_a_body_that_drips_is_refused(inbox: ListInbox) -> None:
    app = create_app(inbox, MemoryBell(), {"linear": SignedSource()}, QUICK)
    with served(app) as client, connection(client) as sender:
        sender.sendall(head(length=500) + b"{")
        assert b"408" in sender.recv(4096).partition(b"\r\n")[0]
        assert ended(sender)


def test_a_length_longer_than_the_body_is_refused(inbox: ListInbox) -> None:
    body = delivery()
    app = create_app(inbox, MemoryBell(), {"linear": SignedSource()}, QUICK)
    with served(app) as client, connection(client) as sender:
        sender.sendall(head(length=len(body) + 1, body=body) + body)
        assert b"408" in sender.recv(4096).partition(b"\r\n")[0]
    assert inbox.ids == []


def test_a_length_shorter_than_the_body_is_refused(inbox: ListInbox) -> None:
    body = delivery()
    app = create_app(inbox, MemoryBell(), {"linear": SignedSource()}, QUICK)
    with served(app) as client, connection(client) as sender:
        sender.sendall(head(length=len(body) - 1, body=body) + body)
        assert b"401" in sender.recv(4096).partition(b"\r\n")[0]
    assert inbox.ids == []


def test_a_sender_that_goes_away_leaves_nothing(inbox: ListInbox) -> None:
    app = create_app(inbox, MemoryBell(), {"linear": SignedSource()})
    with served(app) as client:
        with connection(client) as sender:
            sender.sendall(head(length=500) + b"{")
        counted = 'outcome="disconnected",source="linear"} 1.0'
        eventually(lambda: counted in client.get("/metrics").text)
    assert inbox.ids == []


def test_a_head_that_drips_is_cut_off(inbox: ListInbox) -> None:
    app = create_app(inbox, MemoryBell(), {"linear": SignedSource()})
    with served(app, HastyProtocol) as client, connection(client) as sender:
        sender.sendall(b"POST /webhooks/linear HTTP/1.1\r\nhost:")
        assert ended(sender)


def test_a_head_that_is_too_long_is_refused(inbox: ListInbox) -> None:
    app = create_app(inbox, MemoryBell(), {"linear": SignedSource()})
    with served(app) as client, connection(client) as sender:
        sender.sendall(b"POST /webhooks/linear HTTP/1.1\r\nx: " + b"y" * 64 * 1024)
        assert b"400" in sender.recv(4096).partition(b"\r\n")[0]


def connection(client: httpx.Client) -> socket.socket:
    return socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=3.0)


def head(length: int, body: bytes = b"") -> bytes:
    lines = ["POST /webhooks/linear HTTP/1.1", "host: receiver", f"content-length: {length}"]
    lines += [f"{name}: {value}" for name, value in signed(body).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def ended(sender: socket.socket) -> bool:
    """Whether the server closed the connection, whatever it said before."""
    while sender.recv(4096):
        pass
    return True
