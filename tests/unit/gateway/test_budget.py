"""The ceilings hold: one call after another, and side by side."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.unit.gateway.conftest import OpenDoor, Opened, client_of, wait_for
from tests.unit.gateway.forms import CHAT, FORMS, MESSAGES, RESPONSES, Form
from tests.unit.gateway.provider import plain, stream
from tests.unit.gateway.spending import answer_of, obedient, spent, streamed, tokens
from worker.domain.access import CallOutcome
from worker.domain.budget import Budget


def test_a_maximum_is_set_to_what_is_left(opening: OpenDoor, form: Form) -> None:
    with opening(tokens(500)) as opened:
        opened.upstream.answers(plain(answer_of(form, 10, 20)))
        opened.post(form.path, form.limited(100_000))
        limit = form.limit_of(opened.upstream.asked[0].body)

    assert 300 < limit < 500


@pytest.mark.parametrize("form", [f for f in FORMS if f is not MESSAGES], ids=lambda f: f.name)
def test_a_maximum_that_is_missing_is_set(opening: OpenDoor, form: Form) -> None:
    """Anthropic's Messages must have one."""
    with opening(tokens(500)) as few, opening(tokens(60_000)) as more:
        for opened in (few, more):
            opened.upstream.answers(plain(form.answer))
            opened.call(form)
            limit = form.limit_of(opened.upstream.asked[0].body)
            assert limit == 16_384 if opened is more else 300 < limit < 500


def test_with_plenty_left_an_answer_is_as_long_as_the_model_likes(opened: Opened) -> None:
    opened.upstream.answers(plain(RESPONSES.answer))
    opened.call(RESPONSES)

    assert RESPONSES.limit_of(opened.upstream.asked[0].body) is None


def test_a_maximum_that_fits_is_left_alone(opened: Opened, form: Form) -> None:
    opened.upstream.answers(plain(form.answer))
    opened.post(form.path, form.limited(777))

    assert form.limit_of(opened.upstream.asked[0].body) == 777


def test_both_names_of_the_maximum_are_limited(opening: OpenDoor) -> None:
    with opening(tokens(500)) as opened:
        opened.upstream.answers(plain(CHAT.answer))
        opened.post(CHAT.path, CHAT.body(max_tokens=9000, max_completion_tokens=9000))
        body = opened.upstream.asked[0].body

    assert body["max_tokens"] == body["max_completion_tokens"] < 500


@pytest.mark.parametrize(("left", "thinking"), [(2500, 1024), (5000, 2400), (900, None)])
def test_thinking_has_room_within_the_maximum(
    opening: OpenDoor, left: int, thinking: int | None
) -> None:
    with opening(tokens(left)) as opened:
        opened.upstream.answers(plain(MESSAGES.answer))
        body = MESSAGES.limited(32_000) | {"thinking": {"type": "enabled", "budget_tokens": 31_999}}
        opened.post(MESSAGES.path, body)
        sent = opened.upstream.asked[0].body

    given = sent.get("thinking", {}).get("budget_tokens")
    assert given is None if thinking is None else thinking <= given < sent["max_tokens"]


def test_calls_one_after_another_end_at_the_ceiling(opening: OpenDoor, form: Form) -> None:
    with opening(tokens(2000)) as opened:
        opened.upstream.answers(obedient(form))
        statuses = [opened.post(form.path, form.limited(400)).status_code for _ in range(12)]
        asked = len(opened.upstream.asked)
        calls = opened.calls(12)

    assert statuses[0] == 200
    assert statuses[-1] == {"anthropic": 400}.get(form.provider, 402)
    assert asked < 12
    assert spent(opened) <= 2000
    assert spent(opened) >= 1800, "what is left is given out"
    assert calls[-1].outcome is CallOutcome.OVER_BUDGET


def test_money_is_a_ceiling_too(opening: OpenDoor) -> None:
    with opening(Budget(max_tokens=None, max_micro_usd=20_000)) as opened:
        opened.upstream.answers(obedient(CHAT))
        statuses = [opened.post(CHAT.path, CHAT.limited(700)).status_code for _ in range(6)]

    spend = opened.door.passage().spend
    assert (statuses[0], statuses[-1]) == (200, 402)
    assert 15_000 < spend.micro_usd <= 20_000


def test_the_refusal_is_one_that_agents_stop_at(opening: OpenDoor, form: Form) -> None:
    with opening(tokens(0)) as opened:
        response = opened.call(form)
        [call] = opened.calls(1)

    error = response.json()["error"]
    assert opened.upstream.asked == []
    assert response.headers["x-should-retry"] == "false"
    assert "Credit balance is too low" in error["message"]
    assert "insufficient credits" in error["message"]
    assert not [word for word in ("context", "too long", "max_tokens") if word in response.text]
    expected = {"openai": "insufficient_quota", "anthropic": "invalid_request_error"}
    assert error.get("type") == expected.get(form.provider)
    assert (call.outcome, call.spend.model_calls) == (CallOutcome.OVER_BUDGET, 0)


@pytest.mark.parametrize(
    ("budget", "what"),
    [(tokens(40), "tokens"), (Budget(max_tokens=None, max_micro_usd=9), "money")],
)
def test_what_there_is_too_little_of_is_told(
    opening: OpenDoor, form: Form, budget: Budget, what: str
) -> None:
    with opening(budget) as opened:
        opened.call(form)
        opened.call(form)
        first, again = opened.calls(2)

    assert (first.out_of, first.spend.model_calls) == (what, 0)
    assert again.outcome is CallOutcome.OVER_BUDGET


def side_by_side(opened: Opened, form: Form, number: int, body: dict[str, Any]) -> list[int]:
    def one(_: int) -> int:
        with client_of(opened.door) as client:
            return client.post(form.path, json=body).status_code

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def test_calls_side_by_side_share_one_account(opening: OpenDoor, form: Form) -> None:
    with opening(tokens(3000)) as opened:
        opened.upstream.answers(obedient(form))
        statuses = side_by_side(opened, form, 12, form.limited(500))

    assert 200 in statuses
    assert set(statuses) == {200, 400 if form is MESSAGES else 402}
    assert 2500 <= spent(opened) <= 3000


def test_dense_input_side_by_side_is_wrong_only_once(opening: OpenDoor) -> None:
    """Each call's input is three times what its bytes promise."""
    body = CHAT.limited(100)
    dense = len(str(body))
    with opening(tokens(10 * dense)) as opened:
        opened.upstream.answers(obedient(CHAT, size=dense))
        side_by_side(opened, CHAT, 16, body)

    assert spent(opened) <= 10 * dense + dense


def test_a_call_that_does_not_fit_beside_another_waits(opening: OpenDoor) -> None:
    hold = threading.Event()
    slow = stream(CHAT.events, hold=hold)
    with opening(tokens(2500)) as opened, ThreadPoolExecutor(2) as pool:
        opened.upstream.answers(slow, obedient(CHAT))
        first = pool.submit(opened.post, *streamed(CHAT, 1800))
        wait_for(lambda: opened.upstream.asked)
        second = pool.submit(opened.post, CHAT.path, CHAT.limited(1000))
        wait_for(lambda: len(opened.upstream.asked) == 1 and not second.done())
        assert not opened.door.passage().calls
        hold.set()
        assert (first.result().status_code, second.result().status_code) == (200, 200)

    assert spent(opened) <= 2500


def test_a_call_that_could_never_fit_does_not_wait(opening: OpenDoor) -> None:
    hold = threading.Event()
    with opening(tokens(2500)) as opened, ThreadPoolExecutor(1) as pool:
        opened.upstream.answers(stream(CHAT.events, hold=hold))
        first = pool.submit(opened.post, *streamed(CHAT, 1800))
        wait_for(lambda: opened.upstream.asked)
        large = CHAT.limited(10) | {"user": "x" * 9000}
        assert opened.post(CHAT.path, large).status_code == 402
        hold.set()
        first.result()


def test_a_call_that_waits_is_given_up_at_last(opening: OpenDoor) -> None:
    hold = threading.Event()
    with (
        opening(tokens(2500), attempt_timeout_seconds=0.5) as opened,
        ThreadPoolExecutor(1) as pool,
    ):
        opened.upstream.answers(stream(CHAT.events, hold=hold))
        first = pool.submit(opened.post, *streamed(CHAT, 1800))
        wait_for(lambda: opened.upstream.asked)
        assert opened.post(CHAT.path, CHAT.limited(1000)).status_code == 402
        hold.set()
        first.result()
