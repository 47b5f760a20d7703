"""Webhooks that come often, late, in any order, forged or never to an end (R3, R4, R17)."""

import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest

from tests.chaos.scenarios import deliveries
from tests.chaos.scenarios.dawdling import dawdle
from tests.chaos.scenarios.deliveries import Letter, insist, post_all, withheld
from tests.chaos.scenarios.seeing import Onlooker, percentile
from tests.chaos.scenarios.staging import AT_ONCE, SCRIPTED, SELDOM_TIDY, Troupe, playing
from tests.chaos.scenarios.stories import rules, story
from tests.chaos.scenarios.tickets import tell
from tests.e2e.playing import Json
from worker.domain.events import Outcome

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

LABEL = ("agent",)
COPIES, CLIENTS = 5, 8
WINDOW = 30
FORGED, LARGE, SLOW, GOOD = 2_000, 20, 60, 100
LONG_ENOUGH_SECONDS = 60.0
TOO_LARGE = 1024 * 1024 + 1
Property = Callable[[str, object], None]


@pytest.fixture(scope="module")
def troupe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Troupe]:
    secrets = {"GITHUB_WEBHOOK_SECRET": deliveries.GITHUB_SECRET}
    settings = {**SCRIPTED, **SELDOM_TIDY, **secrets}
    with playing(tmp_path_factory.mktemp("webhooks"), workers=2, settings=settings) as troupe:
        troupe.models_answer(*rules())
        yield troupe


@pytest.fixture(scope="module")
def seen(troupe: Troupe) -> Iterator[Onlooker]:
    with closing(Onlooker(troupe)) as seen:
        yield seen


def test_five_copies_of_each_delivery_from_eight_clients_are_one_run_each(
    troupe: Troupe, seen: Onlooker
) -> None:
    """R3."""
    tickets = [troupe.ticket(f"Copied {n}", story(), AT_ONCE) for n in range(5)]
    with withheld(troupe) as kept:
        for ticket in tickets:
            troupe.label(ticket, add=LABEL)
    copies = kept.of(*tickets) * COPIES
    random.Random(3).shuffle(copies)  # noqa: S311 - to be repeated, not to be safe
    answers = insist(troupe, copies, CLIENTS)
    assert {answer.status for answer in answers} == {200}
    assert Counter(answer.outcome for answer in answers) == {
        "ready": len(tickets),
        "duplicate": len(tickets) * (COPIES - 1),
    }
    for ticket in tickets:
        run = troupe.wait_closed(ticket)
        assert run.closed is not None
        assert run.closed.outcome is Outcome.ACCEPTED
        assert len(seen.rows(ticket)) == 1
        assert len(troupe.pulls(run)) == 1
        assert len(troupe.comments(ticket)) == 3


def _labelled_late(troupe: Troupe, ticket: Json) -> None:
    troupe.patch(f"/linear/tickets/{ticket['id']}", title="Another title")
    troupe.label(ticket, add=LABEL)


def _taken_back(troupe: Troupe, ticket: Json) -> None:
    troupe.label(ticket, add=LABEL)
    troupe.label(ticket, remove=LABEL)


def _labelled_again(troupe: Troupe, ticket: Json) -> None:
    _taken_back(troupe, ticket)
    troupe.label(ticket, add=LABEL)


def _closed(troupe: Troupe, ticket: Json) -> None:
    troupe.label(ticket, add=LABEL)
    troupe.stage.act(f"/linear/tickets/{ticket['id']}/close", how="canceled")


def _edited(troupe: Troupe, ticket: Json) -> None:
    troupe.label(ticket, add=LABEL)
    troupe.patch(f"/linear/tickets/{ticket['id']}", title="Yet another title", priority=1)


LIVES = {
    _labelled_late: True,
    _taken_back: False,
    _closed: False,
    _edited: True,
}
"""What a person does with a new ticket, and whether the ticket is wanted in the end."""


def test_deliveries_in_any_order_end_in_what_the_tracker_says(
    troupe: Troupe, seen: Onlooker
) -> None:
    """R4: shuffled within a window, so that updates come before the creation, and removals before
    what they remove.
    """
    written: list[tuple[Json, bool]] = []
    with withheld(troupe) as kept:
        for number in range(4):
            for live, wanted in LIVES.items():
                ticket = troupe.ticket(f"Shuffled {number} {live.__name__}", story(), AT_ONCE)
                live(troupe, ticket)
                written.append((ticket, wanted))
    shuffled = _within_window(kept.of(*(ticket for ticket, _ in written)), random.Random(4))  # noqa: S311
    assert {answer.status for answer in insist(troupe, shuffled, CLIENTS)} == {200}
    for ticket, wanted in written:
        if wanted:
            _ends_accepted_once(troupe, seen, ticket)
    for ticket, wanted in written:
        if not wanted:
            rows = seen.rows(ticket)
            assert {row.outcome for row in rows} <= {Outcome.CANCELLED}, ticket["title"]
            assert seen.pulls(ticket) == [], ticket["title"]


def _within_window(letters: list[Letter], chance: random.Random) -> list[Letter]:
    places = [(number + chance.uniform(0, WINDOW), number) for number in range(len(letters))]
    return [letters[number] for _, number in sorted(places)]


def _ends_accepted_once(troupe: Troupe, seen: Onlooker, ticket: Json) -> None:
    def outcome() -> Outcome | None:
        row = seen.newest(ticket)
        return row.outcome if row and row.state == "closed" else None

    ended = seen.until(f"{ticket['title']} is worked on to its end", outcome)
    assert ended is Outcome.ACCEPTED, ticket["title"]
    assert len(seen.pulls(ticket)) == 1


ORDERS = {"in order": (0, 1, 2), "removal last": (0, 2, 1), "backwards": (2, 1, 0)}
"""Of on, off, on again."""


@pytest.mark.parametrize("order", ORDERS)
def test_a_ticket_that_is_labelled_again_is_worked_on(
    troupe: Troupe, seen: Onlooker, order: str
) -> None:
    """R4: in whatever order its labelling, its taking back and its labelling again arrive, all of
    them before anybody looks: the ticket carries the label, so it is worked on.
    """
    ticket = troupe.ticket(f"Labelled again, {order}", story(), AT_ONCE)
    with withheld(troupe) as kept:
        _labelled_again(troupe, ticket)
    letters = kept.of(ticket)
    with _at_rest(troupe):
        answers = insist(troupe, [letters[n] for n in ORDERS[order]], clients=1)
    assert [answer.status for answer in answers] == [200] * 3

    def accepted() -> bool:
        return [row.outcome for row in seen.rows(ticket)][-1:] == [Outcome.ACCEPTED]

    seen.until("it is worked on to its end", accepted, LONG_ENOUGH_SECONDS)
    assert len(seen.pulls(ticket)) == 1


class _at_rest:  # noqa: N801 - reads as a word
    """Nobody works or sweeps until the block ends, so that all signals wait at once."""

    def __init__(self, troupe: Troupe) -> None:
        self._troupe = troupe

    def __enter__(self) -> None:
        self._all(signal.SIGSTOP)

    def __exit__(self, *_: object) -> None:
        self._all(signal.SIGCONT)

    def _all(self, number: signal.Signals) -> None:
        for name in ("worker", "worker-2", "reconciler"):
            self._troupe.signal(name, number)


def test_hostile_requests_are_refused_and_good_ones_among_them_are_answered(
    troupe: Troupe, seen: Onlooker, record_property: Property
) -> None:
    """R17."""
    tickets = [troupe.ticket(f"Among enemies {n}", story(), AT_ONCE) for n in range(4)]
    with withheld(troupe) as kept:
        for ticket in tickets[1:]:
            troupe.label(ticket, add=LABEL)
        for number in range(GOOD - len(tickets) + 1):
            troupe.patch(f"/linear/tickets/{tickets[0]['id']}", title=f"Edited {number}")
    good_ones = kept.of(*tickets)
    pattern = good_ones[0]
    expected = [*_hostile(pattern), *((letter, 200) for letter in good_ones)]
    random.Random(17).shuffle(expected)  # noqa: S311
    stored = seen.deliveries("linear")
    with ThreadPoolExecutor(SLOW) as pool:
        url = troupe.stage.receiver_url
        slow = [dawdle(pool, url, pattern, whole_head=n % 2 == 0) for n in range(SLOW)]
        answers = post_all(troupe, [letter for letter, _ in expected], clients=16)
        statuses = Counter(each.result() for each in slow)
    assert [answer.status for answer in answers] == [status for _, status in expected]
    assert statuses == {408: SLOW // 2, 0: SLOW // 2}
    assert seen.deliveries("linear") - stored == 3
    good = [a.seconds * 1000 for a in answers if a.status == 200]
    p99_ms = percentile(good, 99)
    tell(record_property, good_p50_ms=percentile(good, 50), good_p99_ms=p99_ms)
    # Linear gives up after 5 s.
    assert p99_ms < 5_000
    for ticket in tickets[1:]:
        _ends_accepted_once(troupe, seen, ticket)


def _hostile(pattern: Letter) -> list[tuple[Letter, int]]:
    """Requests that must be refused, and with what."""
    event = deliveries.event_of(pattern)
    unsigned = {k: v for k, v in pattern.headers.items() if k != "Linear-Signature"}
    forged = {**pattern.headers, "Linear-Signature": "0" * 64}
    replayed = deliveries.linear(event, age_seconds=120)
    kinds: list[Callable[[], Letter]] = [
        lambda: replace(pattern, headers=unsigned),
        lambda: replace(pattern, headers=forged),
        lambda: replace(pattern, body=pattern.body.replace(b"Copied", b"Forged") + b" "),
        lambda: deliveries.linear(event, age_seconds=120),
        lambda: deliveries.linear(event, age_seconds=-120),
        lambda: replayed,
    ]
    refused = [(kinds[number % len(kinds)](), 401) for number in range(FORGED)]
    large = deliveries.linear({**event, "padding": "x" * TOO_LARGE})
    return [*refused, *[(large, 413)] * LARGE]
