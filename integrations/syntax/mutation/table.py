"""What a language calls the things that mutation changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from integrations.syntax.tree import Node
from worker.domain.source import Edit


@dataclass(frozen=True, slots=True)
class Change:
    """A mutant before it is shown: what is replaced, in characters of the text."""

    rank: int
    """The most telling are the lowest."""
    kind: str
    start: int
    end: int
    replacement: str
    probe: Edit | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """A place where the code decides."""

    condition: Node
    body: Node | None = None
    """What is done if it holds; None where that is an expression."""
    loop: bool = False


Swaps = Mapping[str, tuple[str, str]]
"""Operator to the kind of mutant and another operator."""


@dataclass(frozen=True, slots=True)
class Table:
    """One language. Names in sets are kinds of nodes in its grammar."""

    swaps: Mapping[str, Swaps]
    """By the kind of the expression that the operator stands in."""
    branch: Callable[[Node], Branch | None]
    negation: str
    """With ``{}`` for what is negated."""
    false: str
    drops_not: Callable[[Node], Node | None]
    """The operand of a negation."""
    sums: frozenset[str]
    """Expressions that join strings with ``+``."""
    integers: frozenset[str]
    strings: frozenset[str]
    booleans: Mapping[str, str]
    """Kind of node to the other value as it is written."""
    nulls: frozenset[str]
    collections: frozenset[str]
    returns: frozenset[str]
    nothing: str | None
    """What is returned instead; None where a type checker would not have it."""
    something: str
    """What is returned instead of nothing."""
    values: frozenset[tuple[str, str]]
    """Where a constant tells: kind of the parent, and what it is to it (``*``: anything)."""
    removable: Callable[[Node], bool]
    """Whether a statement may be taken away."""
    empty: str
    """The statement that does nothing."""
    excluded: Callable[[Node], bool]
    """Nothing in it is changed."""
    named_by: Callable[[Node], str]
    """The name that a value gets or is passed under; empty where there is none."""
    ends: str
    """A statement that ends the process."""
    ends_if: str
    """An expression: ends the process where ``{holds}``, and is ``{value}`` otherwise."""
    also: str
    """The word between two conditions that both hold."""
    settings: frozenset[tuple[str, str]] = frozenset()
    """As ``values``: where a number or a boolean is only a default."""
    flags: frozenset[tuple[str, str]] = frozenset()
    """As ``values``: where a boolean chooses a way of another's code."""
