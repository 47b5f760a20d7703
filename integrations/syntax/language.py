"""A language, as the reader knows it: its grammars and one part for each thing to find."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from integrations.syntax.files import Files
from integrations.syntax.mutation.table import Table
from integrations.syntax.smells.parameters import Call, Function
from integrations.syntax.tree import Node
from worker.domain.source import OutcomeSet, Smell, TestFacts

Rows = Sequence[frozenset[str]]
"""The constants of each example in tests: those of one assertion, or of one row of parameters."""


def _no_functions(_root: Node) -> Sequence[Function]:
    return ()


def _no_calls(_root: Node) -> Sequence[Call]:
    return ()


def _no_outcomes(_root: Node, _files: Files) -> Sequence[OutcomeSet]:
    return ()


@dataclass(frozen=True, slots=True)
class Language:
    """One language."""

    name: str
    grammars: Mapping[str, Callable[[], object]]
    """By a path's suffix."""
    mutations: Table
    tests: Callable[[Node], Sequence[TestFacts]]
    smells: Callable[[Node, Rows], Sequence[tuple[Smell, int]]]
    """Each with the last line on which a change makes it one of that change."""
    rows: Callable[[Node], Rows]
    outcomes: Callable[[Node, Files], Sequence[OutcomeSet]] = _no_outcomes
    functions: Callable[[Node], Sequence[Function]] = _no_functions
    calls: Callable[[Node], Sequence[Call]] = _no_calls
