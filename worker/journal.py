"""The persisted form of events: JSON with a kind and a version, for every store of journals."""

import json
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from worker.domain.events import RunEvent
from worker.domain.signals import Signal

VERSION: Final = 1

_EVENTS: Final = {cls.__name__: TypeAdapter[Any](cls) for cls in RunEvent.__args__}
_SIGNALS: Final = {cls.__name__: TypeAdapter[Any](cls) for cls in Signal.__args__}


class JournalUnreadable(ValueError):
    """A stored event is of a kind or a version that this release does not know."""


def encode_event(event: RunEvent) -> str:
    """Write an event as one line of JSON."""
    return _encode(_EVENTS, event)


def decode_event(text: str) -> RunEvent:
    """Read an event written by this or an older release. Raises JournalUnreadable."""
    event: RunEvent = _decode(_EVENTS, text)
    return event


def encode_signal(signal: Signal) -> str:
    """Write a signal as one line of JSON."""
    return _encode(_SIGNALS, signal)


def decode_signal(text: str) -> Signal:
    """Read a signal written by this or an older release. Raises JournalUnreadable."""
    signal: Signal = _decode(_SIGNALS, text)
    return signal


def _encode(adapters: dict[str, TypeAdapter[Any]], value: object) -> str:
    kind = type(value).__name__
    body = adapters[kind].dump_python(value, mode="json")
    return json.dumps({"v": VERSION, "kind": kind, "body": body}, separators=(",", ":"))


def _decode(adapters: dict[str, TypeAdapter[Any]], text: str) -> Any:  # noqa: ANN401 - both unions
    try:
        envelope = json.loads(text)
        kind, version, body = envelope["kind"], envelope["v"], envelope["body"]
        if version > VERSION:
            raise JournalUnreadable(f"{kind} was written by a newer release (format {version})")
        return adapters[kind].validate_python(body)
    except (KeyError, TypeError, json.JSONDecodeError, ValidationError) as fault:
        raise JournalUnreadable(f"cannot read a journal entry: {fault}") from fault
