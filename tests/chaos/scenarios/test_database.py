"""The database killed, down, frozen or locked: the receiver says so, the runs wait for it."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.chaos.play.cases import Kind
from tests.chaos.scenarios.doors import Answer, Door, door_of
from tests.chaos.scenarios.servers import Postgres, postgres
from tests.chaos.scenarios.staging import STEADY, Troupe, playing
from tests.chaos.scenarios.tickets import CALM, Tickets, Written, many, statuses, tell
from tests.e2e.playing import Json

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

Record = Callable[[str, object], None]
LEASE_SECONDS = 4.0
ANSWER_SECONDS = 3.0
GENEROUS = 3
CRASHES = 5


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture(scope="module")
def troupe(server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Troupe]:
    settings = {**CALM, "DATABASE_URL": server.url, "LEASE_SECONDS": str(LEASE_SECONDS)}
    with playing(tmp_path_factory.mktemp("database"), workers=2, settings=settings) as started:
        yield started


@pytest.fixture
def tickets(troupe: Troupe) -> Tickets:
    written = Tickets(troupe)
    written.answered(thinking_seconds=1.0)
    return written


def refused(answers: list[Answer]) -> None:
    """Each was told to come again later, in time."""
    assert {answer.status for answer in answers} == {503}
    assert max(answer.seconds for answer in answers) < GENEROUS * ANSWER_SECONDS


def longest(answers: list[Answer]) -> float:
    return max(answer.seconds for answer in answers)


def test_killed_five_times_and_down_for_longer_than_a_lease_it_costs_only_time(
    server: Postgres, tickets: Tickets, record_property: Record
) -> None:
    """R8: kill -9 of the server and all its sessions, in the middle of ten runs."""
    many(tickets, 10, "Crash", Kind.TWO_ROUNDS)
    answers: list[Answer] = []
    resumed: list[float] = []
    with door_of(tickets.troupe.stage) as door:
        for crash in range(CRASHES):
            going_on(tickets, 8)
            milestone = tickets.milestone()
            server.kill()
            answers += [door.knock() for _ in range(3)]
            if crash == 0:
                late = tickets.write("Written while it is down")
            time.sleep(LEASE_SECONDS + 1)
            back = server.come_back()
            going_on(tickets, 1)
            resumed.append(time.monotonic() - back)
            tickets.check_not_repeated(milestone)
    refused(answers)
    tell(record_property, longest_503_seconds=longest(answers), resumed_after_seconds=max(resumed))
    assert 503 in answers_to(late, tickets)
    tickets.until_all_closed()
    tickets.check_ends()


def going_on(tickets: Tickets, events: int) -> None:
    """Wait until so many more events are recorded."""
    before = len(tickets.events())
    tickets.until(lambda: len(tickets.events()) >= before + events, "the runs going on")


def creation(written: Written, tickets: Tickets) -> Json:
    """The stand-in for Linear's delivery of a ticket that was created with its label."""
    sent = tickets.troupe.stage.get("/linear/deliveries")
    own = [d for d in sent if d["event"]["data"]["id"] == written.ticket["id"]]
    (delivery,) = [d for d in own if d["event"]["action"] == "create"]
    found: Json = delivery
    return found


def answers_to(written: Written, tickets: Tickets) -> list[int | None]:
    """What the receiver said to that delivery, each time."""
    return statuses([creation(written, tickets)])


def test_a_delivery_that_is_repeated_when_its_ticket_is_done_opens_no_second_run(
    server: Postgres, tickets: Tickets
) -> None:
    """R8: refused while the database was down, found by the reconciler, then sent once more."""
    server.kill()
    try:
        late = tickets.write("Found before its delivery is repeated")
        tickets.until(lambda: answers_to(late, tickets), "the delivery answered")
    finally:
        server.come_back()
    tickets.until_all_closed()
    first, *others = answers_to(late, tickets)
    assert first == 503
    tickets.troupe.stage.act(f"/linear/deliveries/{creation(late, tickets)['id']}")
    # The stand-in for Linear tries again by itself, too.
    tickets.until(lambda: len(answers_to(late, tickets)) > 1 + len(others), "it is sent once more")
    assert set(answers_to(late, tickets)[1:]) == {200}
    time.sleep(3)
    tickets.until_all_closed()
    tickets.check_ends(late)


def test_a_frozen_server_is_answered_for_in_time_and_the_runs_go_on(
    server: Postgres, tickets: Tickets, record_property: Record
) -> None:
    """R8: every process of PostgreSQL is stopped for longer than a lease; nobody's call fails."""
    many(tickets, 3, "Frozen", Kind.TWO_ROUNDS)
    with door_of(tickets.troupe.stage) as door:
        tickets.until(lambda: tickets.milestone().judged, "a round judged")
        tickets.until(lambda: len(tickets.events()) > 10, "the runs going on")
        milestone = tickets.milestone()
        server.freeze()
        try:
            answers = [door.knock() for _ in range(3)]
            time.sleep(LEASE_SECONDS)
        finally:
            server.thaw()
    refused(answers)
    tell(record_property, longest_503_seconds=longest(answers))
    tickets.until_all_closed()
    tickets.check_ends()
    tickets.check_not_repeated(milestone)


def test_a_locked_file_is_answered_for_in_time_and_the_run_goes_on(
    tmp_path: Path, record_property: Record
) -> None:
    """R8 for SQLite: another process keeps its lock on the file."""
    with playing(tmp_path / "fleet", settings=CALM) as troupe, door_of(troupe.stage) as door:
        tickets = Tickets(troupe)
        tickets.answered()
        long = tickets.write("Locked", kind=Kind.TWO_ROUNDS, repository=STEADY)
        tickets.until(lambda: tickets.asked(long, tickets.requests()).judged, "a round judged")
        milestone = tickets.milestone()
        with locked(troupe):
            answers = knocks(door)
            time.sleep(2)
        refused(answers)
        tell(record_property, longest_503_seconds=longest(answers))
        tickets.until_all_closed()
        tickets.check_ends()
        tickets.check_not_repeated(milestone)


def knocks(door: Door) -> list[Answer]:
    return [door.knock() for _ in range(3)]


@contextmanager
def locked(troupe: Troupe) -> Iterator[None]:
    """Nobody else can write."""
    file = troupe.stage.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as session:
        session.execute("BEGIN EXCLUSIVE")
        yield
        session.execute("ROLLBACK")
