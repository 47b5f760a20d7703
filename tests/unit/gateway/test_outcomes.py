"""How calls end badly, and what is said of it: to the director, and to the agent."""

import json
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
    Opened,
    access,
    client_of,
    upstreams,
)
from tests.unit.gateway.forms import CHAT, Form, event
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


def test_a_wrong_protocol_is_no_fault_of_the_gateways(opened: Opened, form: Form) -> None:
    odd: Any = {"choices": 5, "usage": "x", "output": 7, "content": {}, "candidates": [1, None]}
    opened.upstream.answers(plain(odd), stream([event(odd), event([1]), event(5)]))

    assert opened.call(form).json() == odd
    opened.calls(1)
    assert len(opened.door.passage().calls) == 1
