"""What any Syntax promises, over the real one and the double."""

import pytest

from integrations.memory.syntax import MemorySyntax
from integrations.syntax import TreeSitterSyntax
from worker.domain.source import Check, Edit, Mutant, OutcomeSet, Smell, TestFacts
from worker.ports import Syntax

CODE = """class Verdict(Enum):
    RED = 1
    GREEN = 2

def classify(n):
    try:
        check(n)
    except OSError:
        pass
    return Verdict.RED
"""
TEST = "def test_it():\n    assert classify(1) in Verdict\n"
PATH, TEST_PATH = "verdict.py", "test_verdict.py"
PLACE = CODE.index("check(n)")

MEMORY = MemorySyntax(
    known_mutants={
        PATH: [Mutant(PATH, 7, "statement", "check(n)", "pass", Edit(PLACE, PLACE + 8, "pass"))],
    },
    known_tests={TEST_PATH: [TestFacts("test_it", 1, (Check.MEMBERSHIP,))]},
    known_outcomes={
        PATH: [OutcomeSet("Verdict", 1, ("Verdict.RED", "Verdict.GREEN"), ("Verdict.GREEN",))],
    },
    known_smells={PATH: [Smell("swallowed error", 8, "except OSError: pass")]},
)
EVERY = frozenset(range(1, 20))


@pytest.fixture(params=[MEMORY, TreeSitterSyntax()], ids=["memory", "tree-sitter"])
def syntax(request: pytest.FixtureRequest) -> Syntax:
    found: Syntax = request.param
    return found


def test_it_knows_languages_by_path(syntax: Syntax) -> None:
    assert syntax.language("a/b.py") == "python"
    assert [syntax.language(path) for path in ("a.md", "py", "", "a.py/b")] == [None] * 4


def test_it_says_what_it_cannot_read(syntax: Syntax) -> None:
    assert syntax.reads(PATH, CODE)
    assert not syntax.reads(PATH, "x = (((\n")
    assert not syntax.reads("a.md", CODE)


def test_mutants_begin_on_the_asked_lines_and_can_be_applied(syntax: Syntax) -> None:
    found = syntax.mutants(PATH, CODE, frozenset({7}))
    assert [(mutant.path, mutant.line) for mutant in found] == [(PATH, 7)]
    assert found[0].edit.applied(CODE) == CODE.replace("check(n)", "pass")
    assert list(syntax.mutants(PATH, CODE, frozenset({1}))) == []
    assert list(syntax.mutants(PATH, CODE, frozenset())) == []


def test_tests(syntax: Syntax) -> None:
    assert list(syntax.tests(TEST_PATH, TEST)) == [TestFacts("test_it", 1, (Check.MEMBERSHIP,))]


def test_outcomes(syntax: Syntax) -> None:
    assert list(syntax.outcomes(PATH, {PATH: CODE})) == [
        OutcomeSet("Verdict", 1, ("Verdict.RED", "Verdict.GREEN"), ("Verdict.GREEN",))
    ]
    assert list(syntax.outcomes(PATH, {})) == []


def test_smells(syntax: Syntax) -> None:
    found = syntax.smells(PATH, CODE, frozenset({8}), {TEST_PATH: TEST})
    assert list(found) == [Smell("swallowed error", 8, "except OSError: pass")]
    assert list(syntax.smells(PATH, CODE, frozenset({1, 5}), {})) == []


@pytest.mark.parametrize("text", ["", "def (:", "\x00\ud800"])
@pytest.mark.parametrize("path", ["other.py", "unknown.md", ""])
def test_there_is_nothing_in_what_it_cannot_read(syntax: Syntax, path: str, text: str) -> None:
    assert list(syntax.mutants(path, text, EVERY)) == []
    assert list(syntax.tests(path, text)) == []
    assert list(syntax.outcomes(path, {path: text})) == []
    assert list(syntax.smells(path, text, EVERY, {path: text})) == []
