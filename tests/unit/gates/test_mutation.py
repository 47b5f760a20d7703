"""Survivors are findings where there are too many, and what was not tried is said."""

from dataclasses import replace

import pytest

from integrations.memory.syntax import MemorySyntax
from tests.unit.gates.changing import change
from worker.domain.source import Edit, Mutant
from worker.gates import mutation
from worker.gates.mutation import Proof


def mutant(path: str = "a.py", line: int = 1, kind: str = "comparison") -> Mutant:
    return Mutant(path, line, kind, "a < b", "a <= b", Edit(0, 1, "x"))


def probed(line: int, kind: str) -> Mutant:
    return replace(mutant(line=line, kind=kind), probe=Edit(0, 1, "exit()"))


HELD = (mutant(line=12, kind="return"), *[mutant(line=n) for n in range(100, 119)])
"""Twenty that were noticed, one of them on line 12."""


def places(proof: Proof, allowed_share: float = 0.1) -> list[str]:
    return [finding.place for finding in mutation.findings(proof, allowed_share)]


def test_a_survivor_says_what_breaks_nothing() -> None:
    (found,) = mutation.findings(Proof((mutant(line=12),), HELD[:3]), allowed_share=0.1)
    assert found.place == "a.py:12"
    assert "`a < b` → `a <= b` breaks nothing" in found.text
    assert found.kind == "comparison a < b a <= b"


@pytest.mark.parametrize(("survivors", "found"), [(0, 0), (1, 0), (2, 0), (3, 3), (20, 10)])
def test_a_few_may_survive_and_of_many_the_first_are_told(survivors: int, found: int) -> None:
    proof = Proof((mutant(line=12),) * survivors, HELD)
    assert len(places(proof)) == found


def test_a_line_that_no_test_holds_is_told_whatever_may_survive() -> None:
    proof = Proof((mutant(line=7, kind="return"), mutant(line=7)), HELD)
    assert places(proof, 1.0) == ["a.py:7"] * 2


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("comparison", "no test tries the very boundary"),
        ("statement", "no test ever comes here"),
        ("condition", "no test ever comes here"),
    ],
)
def test_what_no_test_comes_to_is_told_whatever_may_survive(kind: str, why: str) -> None:
    proof = Proof(noticed=HELD, unreached=(probed(12, kind),))
    (found,) = mutation.findings(proof, 1.0)
    assert found.place == "a.py:12"
    assert why in found.text


def test_a_boundary_that_tests_come_to_and_see_no_difference_at_has_none() -> None:
    assert places(Proof((probed(12, "comparison"),), HELD[:3]), 0.0) == []
    assert places(Proof((probed(12, "condition"),), HELD[:3]), 0.0) == ["a.py:12"]


def test_a_line_that_is_held_by_another_mutant_is_not() -> None:
    assert places(Proof((mutant(line=12, kind="return"),), HELD)) == []


def test_a_lone_survivor_that_may_be_equivalent_is_not() -> None:
    assert places(Proof((mutant(line=7, kind="boundary"),), HELD)) == []


def test_nothing_tried_finds_nothing() -> None:
    assert places(Proof(left=9), 0.0) == []


def test_mutants_are_of_added_code_and_each_file_has_its_turn() -> None:
    known = {p: [mutant(p, n) for n in (1, 2)] for p in ("a.py", "b.py", "tests/test_a.py")}
    it = change(dict.fromkeys(known, "1\n2\n"), {"b.py": "1\n"})
    found = mutation.candidates(it, MemorySyntax(known_mutants=known))
    assert [(m.path, m.line) for m in found] == [("a.py", 1), ("b.py", 2), ("a.py", 2)]


def test_notes_say_what_was_noticed_what_was_not_reached_and_what_cannot_be_read() -> None:
    it = change({"a.py": "x", "b.rb": "x", "notes.md": "x"})
    proof = Proof((mutant(line=12),), HELD[:9], left=3)
    assert mutation.notes(proof, it, MemorySyntax()) == (
        "Mutation: of 10 small changes to the new code, tests noticed 9.",
        "Not noticed by any test: `a.py:12` (`a < b` → `a <= b`).",
        "Mutation ended before 3 more changes were tried; what they would show is unknown.",
        "Not put to the proof by mutation, for want of a reader of the language: `b.rb`.",
    )
    assert mutation.notes(Proof(), change({"notes.md": "x"}), MemorySyntax()) == ()
