"""What calls cost is written down as they end, and no call waits for it."""

import threading
from collections.abc import Callable
from dataclasses import replace

from integrations.gateway.notes import PAUSE_SECONDS
from tests.unit.gateway.conftest import MakeGateway, OpenDoor, access, client_of, wait_for
from tests.unit.gateway.forms import CHAT, FORMS, Form
from tests.unit.gateway.provider import Provider, plain, stream
from worker.domain.access import CallOutcome, CallSpend
from worker.domain.budget import Spend
from worker.domain.errors import Unavailable
from worker.domain.lease import RunId


class Book:
    """Remembers what it is told; away or stuck as a test wants it."""

    def __init__(self, away: Callable[[], bool] = lambda: False) -> None:
        self.rows: list[tuple[RunId, CallSpend]] = []
        self.away = away
        self.free = threading.Event()
        self.free.set()

    def note(self, run_id: RunId, call: CallSpend) -> None:
        assert self.free.wait(30)
        if self.away():
            raise Unavailable("the database is away")
        self.rows.append((run_id, call))

    @property
    def spends(self) -> list[Spend]:
        """Without the time."""
        return [replace(call.spend, seconds=0.0) for _, call in self.rows]


def test_every_call_that_cost_something_is_written_down_while_the_door_is_open(
    opening: OpenDoor, form: Form
) -> None:
    book = Book()
    path, body = form.streamed()
    with opening(note=book.note) as opened:
        opened.upstream.answers(plain(form.answer), stream(form.events))
        opened.call(form)
        opened.post(path, body)
        wait_for(lambda: len(book.rows) == 2)
        door = opened.door.passage().door
    passage = opened.door.passage()

    assert book.spends == [call.spend for call in passage.calls]
    assert {(run_id, call.door) for run_id, call in book.rows} == {("run-1", door)}
    assert [call.number for _, call in book.rows] == [1, 2]
    assert all(call.spend.seconds > 0 for _, call in book.rows)


def test_what_cost_nothing_is_not(opening: OpenDoor) -> None:
    book = Book()
    with opening(note=book.note) as opened:
        opened.upstream.answers(plain({"error": {"message": "slow down"}}, 429))
        opened.call(CHAT)
        opened.post(CHAT.path, CHAT.body(model="another"))
        opened.upstream.answers(plain(CHAT.answer))
        opened.call(CHAT)
    outcomes = [call.outcome for call in opened.door.passage().calls]

    assert outcomes == [CallOutcome.RATE_LIMITED, CallOutcome.NOT_ALLOWED, CallOutcome.ANSWERED]
    assert [call.number for _, call in book.rows] == [1]


def test_no_answer_waits_for_a_database_that_is_slow(opening: OpenDoor) -> None:
    book = Book()
    book.free.clear()
    with opening(note=book.note) as opened:
        for form in FORMS:
            path, body = form.streamed()
            opened.upstream.answers(plain(form.answer), stream(form.events))
            assert opened.call(form).status_code == 200
            assert opened.post(path, body).status_code == 200
        assert len(opened.door.passage().calls) == 2 * len(FORMS)
        assert book.rows == []
        book.free.set()

    assert len(book.rows) == 2 * len(FORMS), "and all of it when the door is shut"


def test_a_database_that_is_away_is_asked_again(opening: OpenDoor) -> None:
    answers = iter([True, True])
    book = Book(away=lambda: next(answers, False))
    with opening(note=book.note) as opened:
        opened.upstream.answers(plain(CHAT.answer))
        opened.call(CHAT)
        wait_for(lambda: book.rows)

    assert [call.number for _, call in book.rows] == [1]
    assert PAUSE_SECONDS > 0


def test_a_database_that_stays_away_holds_no_door(opening: OpenDoor) -> None:
    book = Book(away=lambda: True)
    with opening(note=book.note) as opened:
        opened.upstream.answers(plain(CHAT.answer))
        for _ in range(20):
            opened.call(CHAT)

    assert len(opened.door.passage().calls) == 20, "the session's report has it"


def test_doors_have_numbers_of_their_own(gateway: MakeGateway, provider: Provider) -> None:
    book = Book()
    made = gateway(note=book.note)
    provider.answers(plain(CHAT.answer))
    for _ in range(2):
        with made.open(access()) as door, client_of(door) as client:
            client.post(CHAT.path, json=CHAT.body())
    (_, one), (_, other) = book.rows

    assert one.door != other.door
    assert 0 < one.door < 2**63
    assert (one.number, other.number) == (1, 1)


def test_what_the_agent_did_not_wait_for_is_written_down_too(opening: OpenDoor) -> None:
    book, hold = Book(), threading.Event()
    with opening(note=book.note, drain_seconds=0) as opened:
        opened.upstream.answers(stream(CHAT.events, hold=hold))
        path, body = CHAT.streamed()
        with client_of(opened.door) as client, client.stream("POST", path, json=body) as response:
            next(response.iter_bytes())
    hold.set()
    passage = opened.door.passage()

    assert book.spends == [passage.spend]
    assert passage.spend.output_tokens > 1000, "the most that it can have been"
