"""Takes secrets out of an event before it becomes durable, wherever in it they stand."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

T = TypeVar("T")

Redact = Callable[[str], str]


def redacted(value: T, redact: Redact) -> T:
    """A copy of a frozen dataclass with ``redact`` applied to every text in it."""
    result: T = _walk(value, redact)
    return result


def _walk(value: Any, redact: Redact) -> Any:  # noqa: ANN401 - any field of any event
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, tuple):
        return tuple(_walk(item, redact) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: walked
            for field in fields(value)
            if (walked := _walk(old := getattr(value, field.name), redact)) is not old
        }
        return replace(value, **changed) if changed else value
    return value
