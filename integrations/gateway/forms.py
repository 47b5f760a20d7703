"""Reads JSON from elsewhere, which may have any form."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def mappings(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list, whatever came in its place."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def bytes_of_text(value: object) -> int:
    """How much text there is in a piece of an answer, whatever it is nested in."""
    if isinstance(value, str):
        return len(value.encode(errors="replace"))
    if isinstance(value, Mapping):
        return sum(bytes_of_text(part) for key, part in value.items() if key not in _NO_TEXT)
    if isinstance(value, list):
        return sum(bytes_of_text(part) for part in value)
    return 0


_NO_TEXT = frozenset({"type", "id", "call_id", "role", "index", "object", "signature", "status"})
