"""Parameters that decide nothing: a function that never looks at one, and tests that always give
one the same number, so that nobody knows whether it does anything.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from integrations.syntax.tree import Node
from worker.domain.source import Smell

_NUMBER = re.compile(r"-?[0-9][0-9_]*(\.[0-9_]*)?")
_LABELS = re.compile(r"(^|_)(id|ids|now|at|time|seed|port|year|today|clock|timestamp)$|Id$|At$")
"""Names of numbers of which one is as good as another."""
_LEAST_CALLS = 4


@dataclass(frozen=True, slots=True)
class Function:
    """One that tests can call by its name."""

    name: str
    parameters: tuple[str, ...]
    """In their order, without those that take any number of values."""
    node: Node
    used: frozenset[str]
    fixed: bool = False
    """Whether others decide what it is given: it is passed on by its name, or decorated."""
    handed_on: frozenset[str] = frozenset()
    """Of its parameters those that it gives to another function of the file, to be tested there."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a test gives to a function; None for what is not written as a number or a string."""

    name: str
    values: tuple[str | None, ...]
    named: dict[str, str | None] = field(default_factory=dict)
    refused: bool = False
    """Whether the test expects an error."""
    whole: bool = True
    """False where a list is spread over the parameters."""


def smells(functions: Sequence[Function], calls: Sequence[Call]) -> Iterator[tuple[Smell, int]]:
    """Each with the function's last line."""
    for function in functions:
        last = function.node.line + function.node.text.count("\n")
        for at, name in enumerate(function.parameters):
            text = f"{name} of {function.name}"
            if name not in function.used:
                if not function.fixed and not name.startswith("_"):
                    yield Smell("unused parameter", function.node.line, text), last
            elif name not in function.handed_on and always_the_same(function, at, calls):
                yield Smell("one value", function.node.line, text), last


def always_the_same(function: Function, at: int, calls: Sequence[Call]) -> bool:
    """Whether each of four or more calls gives this parameter the same number."""
    name = function.parameters[at]
    if _LABELS.search(name):
        return False
    values = []
    for call in calls:
        if call.name != function.name or call.refused:
            continue
        if not call.whole:
            return False
        given = call.values[at] if at < len(call.values) else call.named.get(name)
        if given is None or _NUMBER.fullmatch(given) is None:
            return False
        values.append(given)
    return len(values) >= _LEAST_CALLS and len(set(values)) == 1
