"""Linear's filter inputs and connections, evaluated on records."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from .errors import input_error
from .records import Record

Filter: TypeAlias = Mapping[str, Any]

DEFAULT_PAGE = 50
LARGEST_PAGE = 250

_COMPARATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, wanted: value == wanted,
    "neq": lambda value, wanted: value != wanted,
    "in": lambda value, wanted: value in wanted,
    "nin": lambda value, wanted: value not in wanted,
    "eqIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "neqIgnoreCase": lambda value, wanted: value.lower() != wanted.lower(),
    "contains": lambda value, wanted: wanted in value,
    "containsIgnoreCase": lambda value, wanted: wanted.lower() in value.lower(),
    "startsWith": lambda value, wanted: value.startswith(wanted),
    "endsWith": lambda value, wanted: value.endswith(wanted),
}


def attribute_of(field_name: str) -> str:
    """`inverseRelations` is `inverse_relations` on a record."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", field_name).lower()


def matches(record: object, wanted: Filter) -> bool:
    """Whether a record passes a filter; all conditions of one object must hold."""
    return all(_holds(record, name, condition) for name, condition in wanted.items())


def _holds(record: object, name: str, condition: Any) -> bool:  # noqa: ANN401
    match name:
        case "and":
            return all(matches(record, each) for each in condition)
        case "or":
            return any(matches(record, each) for each in condition)
        case "null":
            return (record is None) is condition
        case _:
            return record is not None and _value_holds(
                getattr(record, attribute_of(name)), condition
            )


def _value_holds(value: Any, condition: Any) -> bool:  # noqa: ANN401
    if condition is None:
        return True
    if isinstance(value, list):
        return _holds_of_collection(value, condition)
    if value is None or isinstance(value, Record):
        return matches(value, condition)
    return all(_COMPARATORS[how](value, operand) for how, operand in condition.items())


def _holds_of_collection(records: Sequence[object], condition: Filter) -> bool:
    """`some` and `every` on a collection; conditions beside them mean `some`."""
    some = {name: value for name, value in condition.items() if name != "every"}
    wanted = some.pop("some", None)
    passed = [any(matches(record, each) for record in records) for each in (wanted, some) if each]
    every = condition.get("every")
    return all(passed) and (not every or all(matches(record, every) for record in records))


def page(records: Sequence[Record], arguments: Filter) -> dict[str, object]:
    """A connection: filtered, newest first (Linear's default order), cut by `first` and `after`.

    The cursor is the id of the last record of the page.
    """
    first = arguments.get("first") or DEFAULT_PAGE
    if first > LARGEST_PAGE:
        raise input_error(
            f"Argument Validation Error: first must not be greater than {LARGEST_PAGE}"
        )
    found = [
        record for record in reversed(records) if matches(record, arguments.get("filter") or {})
    ]
    if arguments.get("orderBy") == "updatedAt":
        found.sort(key=lambda record: record.updated_at, reverse=True)
    start = _start_after(found, arguments.get("after"))
    nodes = found[start : start + first]
    return {
        "nodes": nodes,
        "page_info": {
            "start_cursor": nodes[0].id if nodes else None,
            "end_cursor": nodes[-1].id if nodes else None,
            "has_next_page": start + first < len(found),
            "has_previous_page": start > 0,
        },
    }


def _start_after(records: Sequence[Record], cursor: str | None) -> int:
    if cursor is None:
        return 0
    for index, record in enumerate(records):
        if record.id == cursor:
            return index + 1
    raise input_error("Argument Validation Error: after is not a cursor of this connection")
