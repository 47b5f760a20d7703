"""When nothing that is tried again can succeed, agents are told so, and then ended."""

import time

import pytest

from integrations.gateway.record import Record
from tests.unit.gateway.conftest import OpenDoor, wait_for
from tests.unit.gateway.forms import CHAT, MESSAGES, Form
from tests.unit.gateway.provider import Reply, plain
from worker.domain.access import CallOutcome, ModelCall

GOOD = plain(CHAT.answer)
BROKEN = plain({"error": {"message": "oops"}}, 500)
LIMITED = plain({"error": {"message": "slow"}}, 429)


@pytest.mark.parametrize(
    ("reply", "outcome", "status"),
    [
        (plain({}, 401), CallOutcome.UNAUTHORISED, 401),
        (plain({}, 402), CallOutcome.NO_CREDIT, 402),
        (plain({"error": {"code": "insufficient_quota"}}, 429), CallOutcome.NO_CREDIT, 402),
    ],
)
def test_after_the_end_the_provider_is_not_asked_again(
    opening: OpenDoor, form: Form, reply: Reply, outcome: CallOutcome, status: int
) -> None:
    with opening(grace_seconds=0.2) as opened:
        opened.upstream.answers(reply, GOOD)
        first = opened.call(form)
        assert not opened.door.over(), "the agent has time to see it"
        again = opened.call(form)
        wait_for(opened.door.over)

    assert first.headers["x-should-retry"] == again.headers["x-should-retry"] == "false"
    assert (again.status_code, len(opened.upstream.asked)) == (status, 1)
    calls = opened.door.passage().calls
    assert [call.outcome for call in calls] == [outcome, outcome]
    assert calls[1].status == 0
    assert opened.door.passage().trouble == calls[0]


def test_trying_again_does_not_put_the_end_off() -> None:
    record = Record(grace_seconds=0.3, failures_in_a_row=1)
    began = time.monotonic()
    refused = ModelCall("openai:gpt-5", CallOutcome.OVER_BUDGET)
    record.add(refused)

    def is_over() -> bool:
        record.add(refused)
        return record.over()

    wait_for(is_over)
    assert time.monotonic() - began >= 0.3


def test_failures_in_a_row_are_the_end_of_it(opening: OpenDoor) -> None:
    with opening(grace_seconds=0, failures_in_a_row=3) as opened:
        opened.upstream.answers(BROKEN, LIMITED, GOOD, LIMITED, BROKEN, Reply([], cut=True))
        over = []
        for _ in range(6):
            opened.call(CHAT)
            over.append(opened.door.over())

    assert over == [False, False, False, False, False, True]


def test_an_answer_in_time_goes_on_with_it(opening: OpenDoor) -> None:
    with opening(grace_seconds=30, failures_in_a_row=1) as opened:
        opened.upstream.answers(BROKEN, GOOD)
        opened.call(CHAT)
        opened.call(CHAT)
        assert opened.door.passage().trouble is None
    with opening(grace_seconds=0, failures_in_a_row=2) as opened:
        opened.upstream.answers(BROKEN, GOOD, BROKEN)
        for _ in range(3):
            opened.call(CHAT)
        assert not opened.door.over()


def test_what_is_only_not_allowed_does_not_end_a_session(opening: OpenDoor) -> None:
    with opening(grace_seconds=0, failures_in_a_row=1) as opened:
        opened.upstream.answers(plain({}, 400))
        for _ in range(5):
            opened.post(CHAT.path, CHAT.body(model="other"))
            opened.call(CHAT)

        assert not opened.door.over()


def test_counting_tokens_with_a_bad_key_is_an_end_too(opening: OpenDoor) -> None:
    with opening(grace_seconds=0) as opened:
        opened.upstream.answers(plain({}, 500), plain({}, 401))
        for _ in range(2):
            opened.post(f"{MESSAGES.path}/count_tokens", MESSAGES.body())
        [call] = opened.calls(1)

    assert call.outcome is CallOutcome.UNAUTHORISED
    assert opened.door.over()
