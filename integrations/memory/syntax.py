"""The Syntax port in memory: it knows the facts that it was told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from worker.domain.source import Mutant, OutcomeSet, Smell, TestFacts

_Fact = TypeVar("_Fact")


@dataclass(slots=True)
class MemorySyntax:
    """See ``worker.ports.Syntax``. Facts by path; a path that is not named has none."""

    languages: Mapping[str, str] = field(default_factory=lambda: {".py": "python"})
    """By a path's suffix."""
    known_mutants: Mapping[str, Sequence[Mutant]] = field(default_factory=dict)
    known_tests: Mapping[str, Sequence[TestFacts]] = field(default_factory=dict)
    known_outcomes: Mapping[str, Sequence[OutcomeSet]] = field(default_factory=dict)
    known_smells: Mapping[str, Sequence[Smell]] = field(default_factory=dict)

    def language(self, path: str) -> str | None:
        """By the suffix."""
        name = path.rpartition("/")[2]
        _, dot, suffix = name.rpartition(".")
        return self.languages.get(f".{suffix}") if dot else None

    def reads(self, path: str, text: str) -> bool:
        """By the suffix; no text with ``(((`` in it parses."""
        return self.language(path) is not None and "(((" not in text

    def mutants(self, path: str, text: str, lines: frozenset[int]) -> Sequence[Mutant]:
        """Those on the lines; one that does not fit the text is left out."""
        return [
            mutant
            for mutant in self._of(self.known_mutants, path)
            if mutant.line in lines and mutant.edit.end <= len(text)
        ]

    def tests(self, path: str, text: str) -> Sequence[TestFacts]:
        """Those of the path whose function the text names."""
        return [fact for fact in self._of(self.known_tests, path) if _last(fact.name) in text]

    def outcomes(self, path: str, files: Mapping[str, str]) -> Sequence[OutcomeSet]:
        """Those of the path, if it is one of the files."""
        return self._of(self.known_outcomes, path) if path in files else ()

    def smells(
        self, path: str, text: str, lines: frozenset[int], tests: Mapping[str, str]
    ) -> Sequence[Smell]:
        """Those on the lines."""
        del text, tests
        return [smell for smell in self._of(self.known_smells, path) if smell.line in lines]

    def _of(self, facts: Mapping[str, Sequence[_Fact]], path: str) -> Sequence[_Fact]:
        return facts.get(path, ()) if self.language(path) is not None else ()


def _last(name: str) -> str:
    return name.rpartition("::")[2].rpartition(" > ")[2]
