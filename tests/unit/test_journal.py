"""What a journal holds comes back as it was; what cannot be read is never guessed at."""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit import builders as b
from worker.domain.access import CallOutcome, ModelCall
from worker.domain.budget import Budget
from worker.domain.events import AgentReported, RunEvent, RunFailed, StoryExamined
from worker.domain.signals import Signal, TicketReady
from worker.domain.transcript import AgentSession
from worker.journal import (
    VERSION,
    JournalUnreadable,
    decode_event,
    decode_signal,
    encode_event,
    encode_signal,
)

SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: st.integers(),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    NoneType: st.none(),
}
"""Durations and tokens are measured, so they are numbers."""


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Every value of a type as the domain writes it, fields with a default included."""
    if kind in SIMPLE:
        return SIMPLE[kind]
    if isinstance(kind, NewType):
        return values(kind.__supertype__)
    if isinstance(kind, UnionType) or get_origin(kind) is Union:
        return st.one_of(*map(values, get_args(kind)))
    if get_origin(kind) is tuple:
        return st.lists(values(get_args(kind)[0]), max_size=2).map(tuple)
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    assert is_dataclass(kind), kind
    assert isinstance(kind, type), kind
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: values(hints[field.name]) for field in fields(kind)})


@pytest.mark.parametrize("kind", RunEvent.__args__, ids=lambda kind: kind.__name__)
def test_every_event_comes_back_as_it_was(kind: type) -> None:
    @settings(deadline=None)
    @given(values(kind))
    def check(event: RunEvent) -> None:
        text = encode_event(event)
        assert "\n" not in text
        assert decode_event(text) == event
        assert type(decode_event(text)) is kind

    check()


@pytest.mark.parametrize("kind", Signal.__args__, ids=lambda kind: kind.__name__)
def test_every_signal_comes_back_as_it_was(kind: type) -> None:
    @settings(deadline=None)
    @given(values(kind))
    def check(signal: Signal) -> None:
        assert decode_signal(encode_signal(signal)) == signal

    check()


def test_the_form_is_a_kind_a_version_and_a_body() -> None:
    assert json.loads(encode_event(RunFailed("no key"))) == {
        "v": 1,
        "kind": "RunFailed",
        "body": {"reason": "no key"},
    }


def envelope(**changes: object) -> str:
    return json.dumps({"v": VERSION, "kind": "RunFailed", "body": {"reason": "x"}} | changes)


UNREADABLE = {
    "a newer format": envelope(v=VERSION + 1),
    "no version": json.dumps({"kind": "RunFailed", "body": {"reason": "x"}}),
    "a version that is no number": envelope(v="1"),
    "an unknown kind": envelope(kind="RunExploded"),
    "a kind that is no text": envelope(kind=["RunFailed"]),
    "no body": json.dumps({"v": 1, "kind": "RunFailed"}),
    "a body without its field": envelope(body={}),
    "a body with a wrong field": envelope(body={"reason": 3}),
    "a body that is no object": envelope(body="x"),
    "an array": "[]",
    "a number": "3",
    "nothing": "",
    "half a line": envelope()[:-4],
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("decode", [decode_event, decode_signal])
def test_what_cannot_be_read_is_refused(decode: Callable[[str], object], text: str) -> None:
    with pytest.raises(JournalUnreadable):
        decode(text)


def test_a_newer_release_is_named_as_the_reason() -> None:
    with pytest.raises(JournalUnreadable, match=r"RunFailed .* newer release \(format 2\)"):
        decode_event(envelope(v=2))


def test_events_and_signals_are_not_taken_for_each_other() -> None:
    with pytest.raises(JournalUnreadable):
        decode_signal(encode_event(RunFailed("x")))
    with pytest.raises(JournalUnreadable):
        decode_event(encode_signal(TicketReady(b.REF)))


def test_a_field_that_a_later_release_added_is_passed_over() -> None:
    assert decode_event(envelope(body={"reason": "x", "added": [1]})) == RunFailed("x")


def test_a_field_with_a_default_may_be_missing_as_older_releases_wrote_it() -> None:
    event = StoryExamined(b.ticket(), b.plan())
    stored = json.loads(encode_event(event))
    for optional in ("budget", "image", "limits", "prompt", "transcripts", "warnings"):
        del stored["body"]["plan"][optional]
    older = decode_event(json.dumps(stored))
    assert isinstance(older, StoryExamined)
    assert older.plan == b.plan(budget=Budget())


def test_a_session_from_before_it_could_be_out_of_anything_comes_back() -> None:
    calls = (ModelCall("openai:m", CallOutcome.OVER_BUDGET),)
    event = AgentReported(b.report(session=AgentSession("did it", calls=calls)))
    stored = json.loads(encode_event(event))
    session = stored["body"]["report"]["session"]
    del session["out_of"], session["calls"][0]["out_of"]
    assert decode_event(json.dumps(stored)) == event


def test_a_text_that_no_encoding_can_hold_is_still_one_line() -> None:
    event = AgentReported(b.report(prompt="\udcff and \u2028 and \0"))
    text = encode_event(event)
    assert text.isascii()
    assert decode_event(text) == event
