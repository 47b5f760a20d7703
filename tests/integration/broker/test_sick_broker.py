"""The bell and the receiver beside a broker that hangs, is killed and comes back."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from integrations.broker import CeleryBell
from tests.integration.broker.servers import Server
from tests.unit.web.doubles import ListInbox, SignedSource, delivery, eventually, served, signed
from worker.celery import KEY_PREFIX, TASK, configuration
from worker.domain.errors import Unavailable
from worker.web.app import create_app

pytestmark = pytest.mark.integration

SOON = 2.5


def test_a_hung_broker_is_given_up_soon_and_found_again(server: Server) -> None:
    bell = CeleryBell(server.url)
    bell.ring()
    server.freeze()
    with ThreadPoolExecutor(1) as thread:
        with pytest.raises(Unavailable):
            thread.submit(bell.ring).result(SOON)
        server.thaw()
        thread.submit(bell.ring).result(SOON)
    assert server.queued() >= 2
    bell.close()


def test_a_broker_that_was_killed_is_found_again_at_once(server: Server) -> None:
    bell = CeleryBell(server.url)
    bell.ring()
    server.kill()
    with pytest.raises(Unavailable):
        bell.ring()
    server.start()
    bell.ring()
    assert server.queued() == 2
    bell.close()


def test_the_receiver_answers_while_the_broker_hangs(server: Server) -> None:
    inbox, bell = ListInbox(), CeleryBell(server.url)
    with served(create_app(inbox, bell, {"linear": SignedSource()})) as client:
        server.freeze()
        for number in range(30):
            body = delivery(key=f"d-{number}")
            answer = client.post(
                "/webhooks/linear", content=body, headers=signed(body), timeout=httpx.Timeout(1.0)
            )
            assert answer.json() == {"outcome": "ready"}
        eventually(lambda: client.get("/readyz").json()["broker"] == "down")
        assert client.get("/readyz").status_code == 200
        server.thaw()
        body = delivery(key="d-last")
        client.post("/webhooks/linear", content=body, headers=signed(body))
        eventually(lambda: client.get("/readyz").json()["broker"] == "up")
    assert len(inbox.ids) == 31
    assert server.queued() >= 1
    bell.close()


def test_bell_and_workers_mean_the_same_queue(server: Server) -> None:
    """Two applications, for they may not import each other; so this compares them."""
    bell = CeleryBell(server.url)
    bell.ring()
    assert any(key.startswith(KEY_PREFIX) for key in server.names())
    assert TASK == "worker.tasks.work"
    assert configuration("")["broker_transport_options"]["global_keyprefix"] == KEY_PREFIX
    bell.close()
