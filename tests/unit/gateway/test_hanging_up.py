"""An agent that does not wait for its answer pays for it, and passes no ceiling by it."""

import threading

import httpx
import pytest

from tests.unit.gateway.conftest import OpenDoor, Opened, client_of, wait_for
from tests.unit.gateway.forms import CHAT, OUTPUT, Form, event
from tests.unit.gateway.provider import Asked, Provider, Reply, plain, stream
from tests.unit.gateway.spending import answer_of, spent, streamed, tokens
from worker.domain.access import CallOutcome


def hang_up_after_the_first_event(opened: Opened, form: Form, limit: int) -> None:
    path, body = streamed(form, limit)
    with client_of(opened.door) as client, client.stream("POST", path, json=body) as response:
        next(response.iter_bytes())


def test_hanging_up_is_paid_for_to_the_end(opening: OpenDoor) -> None:
    hold = threading.Event()
    with opening(tokens(10_000)) as opened:
        opened.upstream.answers(stream(CHAT.events, hold=hold))
        hang_up_after_the_first_event(opened, CHAT, 500)
        assert not opened.door.passage().calls
        hold.set()
        [call] = opened.calls(1)

    assert (call.outcome, call.spend.output_tokens) == (CallOutcome.LEFT, OUTPUT)
    assert not opened.upstream.gone.is_set()


def test_hanging_up_again_and_again_passes_no_ceiling(
    opening: OpenDoor, provider: Provider
) -> None:
    head = event({"choices": [{"delta": {"content": "x"}}]})

    def answer(asked: Asked) -> Reply:
        whole = answer_of(CHAT, 10, asked.body["max_tokens"])
        return stream([head, *[head] * 50, event(whole), b"data: [DONE]\n\n"])

    with opening(tokens(3000)) as opened:
        provider.answers(answer)
        for _ in range(12):
            hang_up_after_the_first_event(opened, CHAT, 500)

    assert 2500 <= spent(opened) <= 3000


def test_when_the_door_is_shut_what_is_under_way_is_paid_for(opening: OpenDoor) -> None:
    never = threading.Event()
    with opening(tokens(10_000), drain_seconds=0.1) as opened:
        opened.upstream.answers(stream(CHAT.events, hold=never))
        hang_up_after_the_first_event(opened, CHAT, 500)
    [call] = opened.door.passage().calls

    assert (call.outcome, call.status) == (CallOutcome.LEFT, 200)
    assert call.spend.output_tokens == 500, "the most that it can have cost"
    wait_for(opened.upstream.gone.is_set)


def test_who_leaves_a_provider_that_never_answered_was_kept_waiting(opening: OpenDoor) -> None:
    never = threading.Event()
    with opening(drain_seconds=0.1, patience_seconds=0.2) as opened:
        opened.upstream.answers(lambda _: (never.wait(20), plain({}))[1])
        with client_of(opened.door) as client, pytest.raises(httpx.ReadTimeout):
            client.post(CHAT.path, json=CHAT.body(), timeout=0.5)
    never.set()

    assert opened.door.passage().calls[0].outcome is CallOutcome.TIMED_OUT
