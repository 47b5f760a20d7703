"""Redis killed, emptied, hung, half-open or slow to forget: losing it loses nothing."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kombu.connection import Connection
from redis import Redis as Client

from tests.chaos.engine import broker
from tests.chaos.play.cases import Kind
from tests.chaos.scenarios.doors import door_of, percentiles, stored
from tests.chaos.scenarios.proxy import Proxy
from tests.chaos.scenarios.servers import Redis, redis
from tests.chaos.scenarios.staging import STEADY, Troupe, playing
from tests.chaos.scenarios.tickets import CALM, Tickets, many, statuses, tell
from worker.celery import KEY_PREFIX

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

PATIENT = {**CALM, "LEASE_SECONDS": "30", "HEARTBEAT_SECONDS": "5"}
"""No lease is to end here, however busy the machine is."""
Record = Callable[[str, object], None]
BACK_SECONDS = 65.0
HALF_OPEN_SECONDS = 25.0
GENEROUS = 3
ANSWER_SECONDS = 2.5


@pytest.fixture(scope="module")
def server() -> Iterator[Redis]:
    with redis() as running:
        yield running


@pytest.fixture(scope="module")
def troupe(server: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Troupe]:
    settings = {**PATIENT, "REDIS_URL": server.url}
    with playing(tmp_path_factory.mktemp("redis"), workers=3, settings=settings) as started:
        yield started


@pytest.fixture
def tickets(troupe: Troupe) -> Tickets:
    written = Tickets(troupe)
    written.answered(thinking_seconds=1.0)
    return written


def newest_claim(tickets: Tickets) -> int:
    return max((row.fence for row in tickets.runs()), default=0)


def test_flushed_killed_and_emptied_in_the_middle_of_twenty_runs_it_is_not_missed(
    server: Redis, tickets: Tickets, record_property: Record
) -> None:
    """R5, acceptance 4."""
    many(tickets, 20, "Flushed")
    tickets.until(tickets.closed, "the first run closed")
    assert server.broker.flush()

    tickets.until(lambda: len(tickets.closed()) >= 5, "five runs closed")
    server.kill()
    time.sleep(1)
    server.come_back()

    tickets.until(lambda: len(tickets.closed()) >= 9, "nine runs closed")
    before = newest_claim(tickets)
    server.kill()
    back = server.come_back(empty=True)
    tickets.until(lambda: newest_claim(tickets) > before, "a new claim", GENEROUS * BACK_SECONDS)
    tell(record_property, next_claim_after_seconds=time.monotonic() - back)
    tickets.until_all_closed()
    tickets.check_ends()
    tickets.check_once()


def test_tickets_that_arrive_while_it_is_down_are_answered_and_run_when_it_is_back(
    server: Redis, tickets: Tickets, record_property: Record
) -> None:
    """R5: nobody can be told of them, and the database keeps them."""
    server.kill()
    own = many(tickets, 3, "Unheard")
    ids = {each.ticket["id"] for each in own}

    def answers() -> list[int | None]:
        sent = tickets.troupe.stage.get("/linear/deliveries")
        return statuses(each for each in sent if each["event"]["data"]["id"] in ids)

    tickets.until(lambda: len(answers()) == 3, "three deliveries answered")
    assert answers() == [200] * 3
    time.sleep(1)
    assert newest_claim(tickets) == 0
    back = server.come_back()
    everyone = lambda: all(r.fence for r in tickets.runs()) and len(tickets.runs()) == 3  # noqa: E731
    tickets.until(everyone, "three claims", GENEROUS * BACK_SECONDS)
    tell(record_property, all_started_after_seconds=time.monotonic() - back)
    tickets.until_all_closed()
    tickets.check_ends()
    tickets.check_once()


@pytest.mark.parametrize("how", ["hung", "refused"])
def test_two_hundred_webhooks_are_stored_and_answered_in_time_without_it(
    server: Redis, tickets: Tickets, how: str, record_property: Record
) -> None:
    """R7."""
    stage = tickets.troupe.stage
    with door_of(stage) as door:
        if how == "hung":
            server.broker.freeze()
        else:
            server.kill()
        try:
            answers = door.knock_often(200)
        finally:
            server.broker.supervisor.kill(broker.SERVICE, signal.SIGCONT)
            server.come_back()
    assert [answer.status for answer in answers] == [200] * 200
    assert {answer.id for answer in answers} <= stored(stage.database_url)
    measured = percentiles(answers)
    tell(record_property, **{f"{how}_{name}": value for name, value in measured.items()})
    assert measured["p99_ms"] < GENEROUS * 1000 * ANSWER_SECONDS
    # The workers are found again, too.
    tickets.write("After the silence")
    tickets.until_all_closed()
    tickets.check_ends()


def test_a_half_open_connection_keeps_neither_receiver_nor_worker_for_ever(
    server: Redis, tmp_path: Path, record_property: Record
) -> None:
    """R6: first every connection goes dead silently, then nothing answers at all for a while."""
    with Proxy(server.broker.port) as proxy:
        settings = {**PATIENT, "REDIS_URL": f"redis://127.0.0.1:{proxy.port}/1"}
        with (
            playing(tmp_path / "fleet", settings=settings) as troupe,
            door_of(troupe.stage) as door,
        ):
            tickets = Tickets(troupe)
            tickets.answered()
            tickets.write("Before")
            tickets.until_all_closed()

            assert proxy.strand()
            answers = door.knock_often(5)
            tickets.write("Dead connections")
            waited = tickets.until(
                lambda: len(tickets.closed()) == 2, "the worker back", GENEROUS * HALF_OPEN_SECONDS
            )
            tell(record_property, back_after_dead_connections_seconds=waited)

            proxy.freeze()
            answers += door.knock_often(5)
            tickets.write("Nothing answers")
            time.sleep(12)
            proxy.cut()
            waited = tickets.until(
                lambda: len(tickets.closed()) == 3, "the worker back", GENEROUS * HALF_OPEN_SECONDS
            )
            tell(record_property, back_after_silence_seconds=waited, **percentiles(answers))
            assert [answer.status for answer in answers] == [200] * 10
            assert max(answer.seconds for answer in answers) < GENEROUS * ANSWER_SECONDS
            tickets.check_ends()
            tickets.check_once()


def test_a_run_far_longer_than_the_visibility_timeout_runs_once(
    server: Redis, tmp_path: Path, record_property: Record
) -> None:
    """Acceptance 5; meanwhile kombu restores whatever it holds for lost, twice a second."""
    url = server.url.removesuffix("/0") + "/2"
    settings = {**PATIENT, "REDIS_URL": url, "VISIBILITY_TIMEOUT_SECONDS": "1"}
    with playing(tmp_path / "fleet", workers=2, settings=settings) as troupe:
        tickets = Tickets(troupe)
        tickets.answered(thinking_seconds=2.0)
        with restoring(url) as held:
            tickets.write("Long", kind=Kind.TWO_ROUNDS, repository=STEADY)
            seconds = tickets.until_all_closed()
        tell(record_property, run_seconds=seconds, looks=len(held), held=sum(held))
        assert seconds > 10
        assert len(held) > 10
        # A message is held from its arrival until the worker's child has taken it, no longer.
        assert sum(held) * 4 < len(held)
        with Client.from_url(url, decode_responses=True) as client:
            assert [key for key in client.keys("*") if "unacked" in key] == []
        tickets.check_ends()
        tickets.check_once()


class restoring:  # noqa: N801 - used as a with statement's words
    """Kombu's own restore, as any worker does it; counts the messages that were held each time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._over = threading.Event()
        self._held: list[int] = []
        self._thread = threading.Thread(target=self._restore)

    def __enter__(self) -> list[int]:
        self._thread.start()
        return self._held

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _restore(self) -> None:
        options = {"global_keyprefix": KEY_PREFIX, "visibility_timeout": 1}
        opened = Connection(self._url, transport_options=options)  # type: ignore[no-untyped-call]
        with opened as connection:
            channel = connection.default_channel
            while not self._over.wait(0.5):
                self._held.append(int(channel.client.hlen("unacked")))
                channel.qos.restore_visible(num=100, interval=1)
