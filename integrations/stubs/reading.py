"""Reading JSON into the stubs' dataclasses, with errors that name what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

Built = TypeVar("Built")


def build(kind: type[Built], given: object) -> Built:
    """`kind(**given)`. Raises ValueError for anything but an object with known keys."""
    if not isinstance(given, Mapping):
        raise ValueError(f"{kind.__name__}: expected a JSON object, got {given!r}")
    known: list[str] = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise ValueError(f"{kind.__name__} has no {', '.join(unknown)}; it has {', '.join(known)}")
    arguments: Mapping[str, Any] = given
    try:
        return kind(**arguments)
    except TypeError as error:
        raise ValueError(f"{kind.__name__}: {error}") from error
