"""The receiver with Linear's own source: every recorded delivery, over HTTP, and what is kept."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from integrations.memory.bell import MemoryBell
from integrations.memory.run_store import MemoryRunStore
from integrations.sql.run_store import open_store
from tests.unit.linear.deliveries import FIXTURES, NOW, SECRET, webhook_for
from tests.unit.linear.test_webhook import OUTCOMES
from tests.unit.web.doubles import served
from worker.domain.signals import TicketReady
from worker.ports import RunStore
from worker.web.app import create_app


class Received:
    """A served receiver and its store."""

    def __init__(self, store: RunStore, client: httpx.Client) -> None:
        self.store = store
        self.client = client

    def post(self, body: bytes, key: str = "delivery-1", **headers: str) -> tuple[int, object]:
        given = {
            "content-type": "application/json; charset=utf-8",
            "linear-delivery": key,
            "linear-signature": hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest(),
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.post("/webhooks/linear", content=body, headers=given)
        return answer.status_code, answer.json()["outcome"]


@pytest.fixture(params=["memory", "sqlite"])
def received(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Received]:
    in_memory = request.param == "memory"
    store = MemoryRunStore() if in_memory else open_store(f"sqlite:///{tmp_path / 'runs.db'}", 30.0)
    app = create_app(store, MemoryBell(), {"linear": webhook_for(now=NOW)})
    with served(app) as client:
        yield Received(store, client)


def test_every_recorded_delivery_has_its_answer_and_only_news_is_kept(received: Received) -> None:
    files = sorted(FIXTURES.glob("*.json"))
    answers = {file.stem: received.post(file.read_bytes(), file.stem) for file in files}
    assert answers == {name: (200, outcome) for name, outcome in OUTCOMES.items()}
    news = [outcome for outcome in OUTCOMES.values() if outcome in {"ready", "withdrawn"}]
    assert len(received.store.inbox()) == len(news)


def test_what_is_refused_is_not_kept(received: Received) -> None:
    good = (FIXTURES / "issue_labelled.json").read_bytes()
    payload = json.loads(good)
    stale = json.dumps(payload | {"webhookTimestamp": int((NOW - 61) * 1000)}).encode()
    undated = json.dumps({k: v for k, v in payload.items() if k != "webhookTimestamp"}).encode()
    huge = json.dumps(payload | {"padding": "x" * 1024 * 1024}).encode()
    assert received.post(good, linear_signature="") == (401, "invalid_signature")
    assert received.post(good, linear_signature="0" * 64) == (401, "invalid_signature")
    assert received.post(stale) == (401, "stale")
    assert received.post(undated) == (401, "stale")
    assert received.post(b"{not json") == (400, "malformed")
    assert received.post(b'"json"') == (400, "malformed")
    assert received.post(good, content_type="text/plain") == (415, "wrong_content_type")
    assert received.post(huge) == (413, "too_large")
    assert list(received.store.inbox()) == []


def test_a_burst_of_one_delivery_is_one_signal(received: Received) -> None:
    body = (FIXTURES / "issue_labelled.json").read_bytes()
    with ThreadPoolExecutor(50) as senders:
        answers = list(senders.map(received.post, [body] * 50))
    assert sorted(answers) == [(200, "duplicate")] * 49 + [(200, "ready")]
    [kept] = received.store.inbox()
    assert isinstance(kept.signal, TicketReady)
