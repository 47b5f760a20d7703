"""How calls end badly, and what is said of it: to the director, and to the agent."""

import json
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from integrations.gateway import ModelGateway
from tests.unit.gateway.conftest import (
    KEY,
    OpenDoor,
    Opened,
    access,
    client_of,
    upstreams,
)
from tests.unit.gateway.forms import CHAT, GEMINI, INPUT, MESSAGES, RESPONSES, Form, event, named
from tests.unit.gateway.provider import Provider, Reply, plain, stream
from worker.domain.access import CallOutcome

ERRORS: Sequence[tuple[int, Any, CallOutcome]] = [
    (401, {"error": {"message": "Incorrect API key."}}, CallOutcome.UNAUTHORISED),
    (403, {"error": {"message": "No access."}}, CallOutcome.UNAUTHORISED),
    (402, {"error": {"message": "Pay."}}, CallOutcome.NO_CREDIT),
    (429, {"error": {"code": "insufficient_quota", "message": "m"}}, CallOutcome.NO_CREDIT),
    (
        400,
        {"type": "error", "error": {"message": "Your credit balance is too low to access…"}},
        CallOutcome.NO_CREDIT,
    ),
    (
        400,
        {"error": {"status": "INVALID_ARGUMENT", "details": [{"reason": "API_KEY_INVALID"}]}},
        CallOutcome.UNAUTHORISED,
    ),
    (
        429,
        {
            "error": {
                "status": "RESOURCE_EXHAUSTED",
                "message": "You exceeded your current quota, please check your plan and billing",
            }
        },
        CallOutcome.RATE_LIMITED,
    ),
    (429, {"error": {"type": "rate_limit_error", "message": "m"}}, CallOutcome.RATE_LIMITED),
    (529, {"error": {"type": "overloaded_error", "message": "m"}}, CallOutcome.RATE_LIMITED),
    (400, {"error": {"message": "bad"}}, CallOutcome.REJECTED),
    (404, {"detail": "Not Found"}, CallOutcome.REJECTED),
    (422, [1, 2], CallOutcome.REJECTED),
    (408, {}, CallOutcome.TIMED_OUT),
    (500, {"error": {"message": "oops"}}, CallOutcome.FAILED),
    (503, {"error": "overloaded"}, CallOutcome.FAILED),
    (504, {}, CallOutcome.FAILED),
]


@pytest.mark.parametrize(("status", "body", "outcome"), ERRORS)
def test_an_error_is_classified_by_its_status_and_words(
    opened: Opened, status: int, body: Any, outcome: CallOutcome
) -> None:
    opened.upstream.answers(plain(body, status))
    response = opened.call(CHAT)
    [call] = opened.calls(1)

    assert (call.outcome, call.status, call.spend.tokens) == (outcome, status, 0)
    shown = 401 if outcome is CallOutcome.UNAUTHORISED else status
    assert response.status_code == shown


def test_an_error_is_passed_on_in_its_own_form(opened: Opened, form: Form) -> None:
    body = {"error": {"message": "Too fast.", "type": "rate_limit_error"}, "more": 1}
    opened.upstream.answers(plain(body, 429, retry_after="12"))
    response = opened.call(form)
    [call] = opened.calls(1)

    assert (response.status_code, response.json()) == (429, body)
    assert response.headers["retry-after"] == "12"
    assert (call.detail, call.retry_after_seconds) == ("Too fast.", 12.0)


def test_an_error_that_is_no_json_gets_the_providers_form(opened: Opened, form: Form) -> None:
    opened.upstream.answers(Reply([b"<html>Bad gateway</html>"], 502, "text/html"))
    response = opened.call(form)

    assert response.status_code == 502
    assert "HTTP 502" in response.json()["error"]["message"]
    assert opened.calls(1)[0].detail == "<html>Bad gateway</html>"


def test_when_to_come_back_may_be_a_date(opened: Opened) -> None:
    date = format_datetime(datetime.fromtimestamp(time.time() + 600, UTC), usegmt=True)
    opened.upstream.answers(plain({}, 429, retry_after=date), plain({}, 429, retry_after="soon"))
    opened.call(CHAT)
    opened.call(CHAT)

    first, second = opened.calls(2)
    assert 300 < (first.retry_after_seconds or 0) <= 600
    assert second.retry_after_seconds is None


def test_a_redirect_is_not_followed(opened: Opened, form: Form) -> None:
    opened.upstream.answers(plain({}, 307, location="http://169.254.169.254/"))
    response = opened.call(form)

    assert (response.status_code, len(opened.upstream.asked)) == (502, 1)
    assert "169.254" not in response.text + str(response.headers)
    assert opened.calls(1)[0].outcome is CallOutcome.FAILED


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500])
def test_a_key_that_the_provider_echoes_is_taken_out(
    opened: Opened, form: Form, status: int
) -> None:
    body = {"error": {"message": f"The key {KEY} is odd."}, KEY: json.dumps({"k": KEY})}
    opened.upstream.answers(plain(body, status, x_request_id="r", retry_after=KEY))
    response = opened.call(form)
    [call] = opened.calls(1)

    assert KEY not in response.text
    assert KEY not in call.detail
    assert "is odd" in call.detail


def test_a_key_inside_an_answer_is_taken_out(opened: Opened) -> None:
    leaky = event({"choices": [{"delta": {"content": f"it is {KEY}"}}]})
    opened.upstream.answers(stream([leaky, *CHAT.events]))
    response = opened.post(*CHAT.streamed())

    assert KEY not in response.text
    assert "it is [key]" in response.text


def test_a_provider_that_is_not_there(scratch: Path, form: Form) -> None:
    gateway = ModelGateway(upstreams("http://127.0.0.1:9"), directory=scratch)
    with gateway.open(access()) as door, client_of(door) as client:
        response = client.post(form.path, json=form.body())
    [call] = door.passage().calls

    assert response.status_code == 502
    assert "error" in response.json()
    assert (call.outcome, call.status, call.spend.tokens) == (CallOutcome.UNREACHABLE, 0, 0)


def test_a_provider_that_is_not_trusted(scratch: Path, provider: Provider) -> None:
    gateway = ModelGateway(upstreams(provider.url.replace("http:", "https:")), directory=scratch)
    with gateway.open(access()) as door, client_of(door) as client:
        client.post(CHAT.path, json=CHAT.body())

    assert door.passage().calls[0].outcome is CallOutcome.UNREACHABLE


@pytest.mark.parametrize("kept", [0, 1])
def test_a_stream_that_the_provider_drops_is_cut(opened: Opened, form: Form, kept: int) -> None:
    opened.upstream.answers(stream(form.events[:kept], cut=True))
    _assert_cut(opened, form, kept)


@pytest.mark.parametrize("kept", [0, 1])
def test_a_stream_that_ends_without_its_last_event_is_cut(
    opened: Opened, form: Form, kept: int
) -> None:
    opened.upstream.answers(stream(form.events[:kept]))
    _assert_cut(opened, form, kept)


def _assert_cut(opened: Opened, form: Form, kept: int) -> None:
    path, body = form.streamed()
    if kept:
        with pytest.raises(Exception, match=r"(?i)incomplete|closed"):
            opened.post(path, body)
    else:
        assert opened.post(path, body).status_code == 502
    [call] = opened.calls(1)
    assert (call.outcome, call.status) == (CallOutcome.CUT, 200)
    assert call.spend.input_tokens > 0


def test_an_answer_that_is_dropped_half_way_is_cut(opened: Opened, form: Form) -> None:
    half = json.dumps(form.answer).encode()[:40]
    opened.upstream.answers(Reply([half], cut=True))
    response = opened.call(form)

    assert (response.status_code, opened.calls(1)[0].outcome) == (502, CallOutcome.CUT)


def test_an_answer_that_is_nonsense_is_cut(opened: Opened, form: Form) -> None:
    opened.upstream.answers(Reply([b"<html>"]))
    response = opened.call(form)

    assert response.content == b"<html>"
    assert opened.calls(1)[0].outcome is CallOutcome.CUT


@pytest.mark.parametrize("begun", [False, True])
def test_a_provider_that_falls_silent(opening: OpenDoor, form: Form, *, begun: bool) -> None:
    with opening(attempt_timeout_seconds=0.5, idle_timeout_seconds=0.5) as opened:
        never = threading.Event()
        if begun:
            opened.upstream.answers(stream(form.events, hold=never))
            with pytest.raises(Exception, match=r"(?i)incomplete|closed"):
                opened.post(*form.streamed())
        else:
            opened.upstream.answers(lambda _: (never.wait(20), plain({}))[1])
            assert opened.call(form).status_code == 504
            never.set()
        [call] = opened.calls(1)

    assert call.outcome is CallOutcome.TIMED_OUT
    assert call.spend.output_tokens > 0, "it may have been paid for"


FAULTS: Sequence[tuple[Form, bytes, CallOutcome]] = [
    (
        MESSAGES,
        named({"type": "error", "error": {"type": "overloaded_error", "message": "Busy."}}),
        CallOutcome.RATE_LIMITED,
    ),
    (
        MESSAGES,
        named({"type": "error", "error": {"type": "api_error", "message": "Busy."}}),
        CallOutcome.FAILED,
    ),
    (CHAT, event({"error": {"message": "Busy.", "code": 502}}), CallOutcome.FAILED),
    (CHAT, event({"error": {"message": "Busy.", "code": 429}}), CallOutcome.RATE_LIMITED),
    (
        RESPONSES,
        named(
            {
                "type": "response.failed",
                "response": {"error": {"code": "rate_limit_exceeded", "message": "Busy."}},
            }
        ),
        CallOutcome.RATE_LIMITED,
    ),
    (
        RESPONSES,
        named({"type": "error", "code": "insufficient_quota", "message": "Busy."}),
        CallOutcome.NO_CREDIT,
    ),
    (GEMINI, event({"error": {"code": 503, "message": "Busy."}}), CallOutcome.FAILED),
]


@pytest.mark.parametrize(("form", "fault", "outcome"), FAULTS)
def test_an_error_inside_a_stream(
    opened: Opened, form: Form, fault: bytes, outcome: CallOutcome
) -> None:
    opened.upstream.answers(stream([form.events[0], fault]))
    response = opened.post(*form.streamed())
    [call] = opened.calls(1)

    assert response.content == form.events[0] + fault
    assert (call.outcome, call.status, call.detail) == (outcome, 200, "Busy.")


def test_a_broken_off_answer_costs_what_was_seen_of_it(opened: Opened) -> None:
    opened.upstream.answers(stream(MESSAGES.events[:3], cut=True))
    with pytest.raises(Exception, match=r"(?i)incomplete|closed"):
        opened.post(*MESSAGES.streamed())

    spend = opened.calls(1)[0].spend
    assert spend.input_tokens == INPUT
    assert 1 <= spend.output_tokens <= 12


def test_a_wrong_protocol_is_no_fault_of_the_gateways(opened: Opened, form: Form) -> None:
    odd: Any = {"choices": 5, "usage": "x", "output": 7, "content": {}, "candidates": [1, None]}
    opened.upstream.answers(plain(odd), stream([event(odd), event([1]), event(5)]))

    assert opened.call(form).json() == odd
    opened.calls(1)
    assert len(opened.door.passage().calls) == 1
