"""Facts about source code from its syntax tree, read by tree-sitter inside this process."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from tree_sitter import Language as Grammar

from integrations.syntax.files import Files
from integrations.syntax.language import Language, Rows
from integrations.syntax.languages import FAMILIES, LANGUAGES
from integrations.syntax.mutation.mutate import mutants
from integrations.syntax.smells import parameters
from integrations.syntax.smells.parameters import Call
from integrations.syntax.tree import Node, Parsed, TooMuchWork, parsed
from worker.domain.source import Mutant, OutcomeSet, Smell, TestFacts

_MOST_SMELLS = 200


class TreeSitterSyntax:
    """See ``worker.ports.Syntax``. Safe to share between threads: it keeps grammars only."""

    def __init__(self) -> None:
        self._by_suffix: dict[str, tuple[Language, Grammar]] = {
            suffix: (language, Grammar(pointer()))
            for language in LANGUAGES
            for suffix, pointer in language.grammars.items()
        }

    def language(self, path: str) -> str | None:
        """By the path's suffix: ``python``, ``javascript``, ``typescript``, ``go``."""
        known = self._known(path)
        return known[0].name if known is not None else None

    def reads(self, path: str, text: str) -> bool:
        """See ``tree.parsed`` for the bounds."""
        return self._parsed(path, text) is not None

    def mutants(self, path: str, text: str, lines: frozenset[int]) -> Sequence[Mutant]:
        """At most 400."""
        known, tree = self._known(path), self._parsed(path, text)
        if known is None or tree is None or not lines:
            return ()
        try:
            return mutants(path, tree, lines, known[0].mutations)
        except TooMuchWork:
            return ()

    def tests(self, path: str, text: str) -> Sequence[TestFacts]:
        """In the order of the text."""
        known, tree = self._known(path), self._parsed(path, text)
        if known is None or tree is None:
            return ()
        try:
            return known[0].tests(tree.root)
        except TooMuchWork:
            return ()

    def outcomes(self, path: str, files: Mapping[str, str]) -> Sequence[OutcomeSet]:
        """Where a file that mentions a set cannot be read, nothing of it is called unproduced."""
        known, tree = self._known(path), self._parsed(path, files.get(path, ""))
        if known is None or tree is None:
            return ()
        others = Files(
            {name: text for name, text in files.items() if self._related(known[0], name)},
            lambda name, text: tree.root if name == path else self._root(name, text),
        )
        try:
            found = known[0].outcomes(tree.root, others)
        except TooMuchWork:
            return ()
        return [replace(one, unproduced=()) for one in found] if others.incomplete else found

    def smells(
        self, path: str, text: str, lines: frozenset[int], tests: Mapping[str, str]
    ) -> Sequence[Smell]:
        """At most 200, in the order of the text."""
        known, tree = self._known(path), self._parsed(path, text)
        if known is None or tree is None or not lines:
            return ()
        rows = [row for name, test in tests.items() for row in self._rows(name, test)]
        calls = [call for name, test in tests.items() for call in self._calls(name, test)]
        try:
            functions = known[0].functions(tree.root)
            found = [*known[0].smells(tree.root, rows), *parameters.smells(functions, calls)]
        except TooMuchWork:
            return ()
        found.sort(key=lambda one: one[0].line)
        touched = (smell for smell, last in found if _between(lines, smell.line, last))
        return list(dict.fromkeys(touched))[:_MOST_SMELLS]

    def _known(self, path: str) -> tuple[Language, Grammar] | None:
        return self._by_suffix.get(PurePosixPath(path).suffix.lower())

    def _parsed(self, path: str, text: str) -> Parsed | None:
        known = self._known(path)
        return parsed(text, known[1]) if known is not None else None

    def _root(self, path: str, text: str) -> Node | None:
        tree = self._parsed(path, text)
        return tree.root if tree is not None else None

    def _related(self, language: Language, path: str) -> bool:
        known = self._known(path)
        if known is None:
            return False
        family = FAMILIES.get(language.name, language.name)
        return FAMILIES.get(known[0].name, known[0].name) == family

    def _rows(self, path: str, text: str) -> Rows:
        known, tree = self._known(path), self._parsed(path, text)
        if known is None or tree is None:
            return ()
        try:
            return known[0].rows(tree.root)
        except TooMuchWork:
            return ()

    def _calls(self, path: str, text: str) -> Sequence[Call]:
        known, tree = self._known(path), self._parsed(path, text)
        if known is None or tree is None:
            return ()
        try:
            return known[0].calls(tree.root)
        except TooMuchWork:
            return ()


def _between(lines: frozenset[int], first: int, last: int) -> bool:
    return any(first <= line <= last for line in lines)
