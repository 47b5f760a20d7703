"""Answers that begin and do not end as they should: what is said of them, and what they cost."""

import json
import threading
from collections.abc import Sequence

import pytest

from tests.unit.gateway.conftest import OpenDoor, Opened
from tests.unit.gateway.forms import CHAT, GEMINI, INPUT, MESSAGES, RESPONSES, Form, event, named
from tests.unit.gateway.provider import Reply, plain, stream
from worker.domain.access import CallOutcome


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
