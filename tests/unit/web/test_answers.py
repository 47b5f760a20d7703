"""The receiver's table of answers, on a real server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from integrations.memory.bell import MemoryBell
from tests.unit.web.doubles import ListInbox, SignedSource, delivery, down, served, signed
from worker.web.app import ReceiverLimits, create_app

LIMIT = 64 * 1024
JSON = {"content-type": "application/json"}


class Receiver:
    def __init__(self) -> None:
        self.inbox = ListInbox()
        self.bell = MemoryBell()
        limits = ReceiverLimits(body_bytes=LIMIT, body_seconds=2.0, store_seconds=1.0)
        self.app = create_app(self.inbox, self.bell, {"linear": SignedSource()}, limits)
        self.client = httpx.Client()

    def post(self, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        return self.client.post(
            "/webhooks/linear", content=body, headers=signed(body) if headers is None else headers
        )


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    with served(made.app) as made.client:
        yield made


def outcome(response: httpx.Response) -> tuple[int, object]:
    return response.status_code, response.json()


def test_accepted_is_stored_and_rung(receiver: Receiver) -> None:
    assert outcome(receiver.post(delivery())) == (200, {"outcome": "ready"})
    assert receiver.inbox.ids == ["d-1"]
    assert_rung(receiver, 1)


def test_repeated_is_stored_and_rung_once(receiver: Receiver) -> None:
    receiver.post(delivery())
    assert outcome(receiver.post(delivery())) == (200, {"outcome": "duplicate"})
    assert receiver.inbox.ids == ["d-1"]
    assert_rung(receiver, 1)


def test_nothing_to_act_on_is_neither_stored_nor_rung(receiver: Receiver) -> None:
    receiver.inbox.fault = down()
    assert outcome(receiver.post(delivery("ignored_type"))) == (200, {"outcome": "ignored_type"})
    assert receiver.inbox.ids == []


@pytest.mark.parametrize(
    ("body", "headers", "answer"),
    [
        (delivery(), JSON, (401, "invalid_signature")),
        (delivery(), {**JSON, "x-signature": "0" * 64}, (401, "invalid_signature")),
        (delivery() + b" ", signed(delivery()), (401, "invalid_signature")),
        (delivery("stale"), signed(delivery("stale")), (401, "stale")),
        (b"not json", signed(b"not json"), (400, "malformed")),
        (b"[1]", signed(b"[1]"), (400, "malformed")),
        (b"", signed(b""), (400, "malformed")),
        (delivery(), {**signed(delivery()), "content-type": "text/plain"},
         (415, "wrong_content_type")),
        (delivery(), {"x-signature": "0"}, (415, "wrong_content_type")),
        (b"x" * (LIMIT + 1), signed(b"x" * (LIMIT + 1)), (413, "too_large")),
    ],
    ids=["unsigned", "wrongly signed", "changed", "stale", "no json", "other json", "empty",
         "content type", "no content type", "oversized"],
)  # fmt: skip
def test_refused(
    receiver: Receiver, body: bytes, headers: dict[str, str], answer: tuple[int, str]
) -> None:
    response = receiver.post(body, headers)
    assert outcome(response) == (answer[0], {"outcome": answer[1]})
    assert receiver.inbox.ids == []
    assert receiver.bell.rings == 0
    assert f'outcome="{answer[1]}",source="linear"}} 1.0' in metrics(receiver)


def test_a_body_without_a_declared_length_is_limited_too(receiver: Receiver) -> None:
    body = b"x" * LIMIT * 3
    chunks = (body[start : start + 1000] for start in range(0, len(body), 1000))
    response = receiver.client.post("/webhooks/linear", content=chunks, headers=signed(body))
    assert outcome(response) == (413, {"outcome": "too_large"})


def test_a_body_of_exactly_the_limit_is_read(receiver: Receiver) -> None:
    body = delivery()
    body += b" " * (LIMIT - len(body))
    assert outcome(receiver.post(body)) == (200, {"outcome": "ready"})


def test_only_post(receiver: Receiver) -> None:
    response = receiver.client.get("/webhooks/linear")
    assert outcome(response) == (405, {"outcome": "method_not_allowed"})
    assert response.headers["allow"] == "POST"


def test_unknown_sender_and_path(receiver: Receiver) -> None:
    body = delivery()
    unknown = receiver.client.post("/webhooks/evil%22x", content=body, headers=signed(body))
    assert outcome(unknown) == (404, {"outcome": "unknown_source"})
    assert "evil" not in metrics(receiver)
    assert outcome(receiver.client.get("/else")) == (404, {"outcome": "not_found"})
    refused = receiver.client.post("/healthz")
    assert outcome(refused) == (405, {"outcome": "method_not_allowed"})


def test_a_fault_of_ours_is_a_500_that_tells_nothing(receiver: Receiver) -> None:
    response = receiver.post(delivery("bug"))
    assert outcome(response) == (500, {"outcome": "error"})
    assert 'outcome="error",source="linear"} 1.0' in metrics(receiver)


def test_a_burst_of_one_delivery_is_one_signal(receiver: Receiver) -> None:
    with ThreadPoolExecutor(50) as senders:
        answers = list(senders.map(receiver.post, [delivery()] * 50))
    assert [a.status_code for a in answers] == [200] * 50
    said = [a.json()["outcome"] for a in answers]
    assert (said.count("ready"), said.count("duplicate")) == (1, 49)
    assert receiver.inbox.ids == ["d-1"]
    assert_rung(receiver, 1)


def test_the_server_tells_nothing_about_itself(receiver: Receiver) -> None:
    assert "server" not in receiver.client.get("/healthz").headers


def metrics(receiver: Receiver) -> str:
    return receiver.client.get("/metrics").text


def assert_rung(receiver: Receiver, rings: int) -> None:
    """The ring comes after the answer; the next one must not come at all."""
    while receiver.bell.rings < rings:
        assert receiver.client.get("/healthz").status_code == 200
    assert receiver.bell.rings == rings
