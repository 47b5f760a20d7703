"""Tests that prove something, code that hides nothing, and no warning that is silenced."""

import pytest

from integrations.memory.syntax import MemorySyntax
from tests.unit.gates.changing import change
from worker.domain.source import Check, OutcomeSet, Smell, TestFacts
from worker.gates import hidden, outcomes, weak_tests, weakened

PATH = "tests/test_a.py"
BODY = "def test_a(): ...\ndef test_a2(): ...\ndef test_a3(): ..."


def weak(*facts: TestFacts, before: str = "") -> list[str]:
    syntax = MemorySyntax(known_tests={PATH: facts})
    found = weak_tests.findings(change({PATH: BODY}, {PATH: before} if before else {}), syntax)
    return [f"{finding.place} {finding.text}" for finding in found]


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        (TestFacts("test_a", 4, ()), "asserts nothing"),
        (TestFacts("test_a", 4, (Check.TYPE,)), "the type of a result"),
        (TestFacts("test_a", 4, (Check.MEMBERSHIP, Check.TYPE)), "that is one of several"),
        (TestFacts("test_a", 4, (Check.TRUTH,)), "true in a wide sense"),
        (TestFacts("test_a", 4, (Check.CONSTANT,)), "does not depend on the code"),
        (TestFacts("test_a", 4, (Check.MIRROR,)), "the code's own table"),
        (TestFacts("test_a", 4, (Check.BOUND, Check.VALUE)), "above or below some number"),
        (TestFacts("test_a", 4, (Check.VALUE, Check.MEMBERSHIP)), "that is one of several"),
        (TestFacts("test_a", 4, (Check.VALUE,), swallows=True), "catches the failure"),
        (TestFacts("test_a", 4, (Check.VALUE,), skipped=True), "is skipped"),
    ],
)
def test_a_weak_new_test_is_told(fact: TestFacts, told: str) -> None:
    (said,) = weak(fact)
    assert said.startswith(f"{PATH}:4 `test_a` ")
    assert told in said


STRONG_ONES = [TestFacts(f"test_a{n}", n, (Check.VALUE,)) for n in (2, 3)]


@pytest.mark.parametrize("checks", [(Check.TYPE,), (Check.TRUTH,), (Check.TYPE, Check.TRUTH)])
def test_one_that_looks_at_little_has_its_place_beside_strong_ones(
    checks: tuple[Check, ...],
) -> None:
    little = TestFacts("test_a", 4, checks)
    assert weak(little, *STRONG_ONES) == []
    assert len(weak(little, STRONG_ONES[0])) == 1


@pytest.mark.parametrize(
    "nothing",
    [
        TestFacts("test_a", 4, ()),
        TestFacts("test_a", 4, (Check.CONSTANT,)),
        TestFacts("test_a", 4, (Check.MEMBERSHIP,)),
        TestFacts("test_a", 4, (Check.VALUE,), skipped=True),
        TestFacts("test_a", 4, (Check.VALUE,), swallows=True),
    ],
)
def test_one_that_proves_nothing_by_its_own_doing_has_none(nothing: TestFacts) -> None:
    assert len(weak(nothing, *STRONG_ONES)) == 1


@pytest.mark.parametrize(
    "checks",
    [(Check.VALUE,), (Check.RAISES,), (Check.TYPE, Check.VALUE), (Check.TRUTH, Check.RAISES)],
)
def test_one_strong_assertion_is_enough(checks: tuple[Check, ...]) -> None:
    assert weak(TestFacts("test_a", 4, checks)) == []


def test_a_weak_test_that_was_there_before_is_not_the_changes_fault() -> None:
    assert weak(TestFacts("test_a", 4, ()), before=BODY) == []


class TwoTexts(MemorySyntax):
    """Tells other tests of the text before than of the text after."""

    def tests(self, path: str, text: str) -> list[TestFacts]:
        facts = self.known_tests.get(f"before {path}" if text == "before" else path, ())
        return list(facts)


def weaker(before: TestFacts, after: TestFacts | None) -> list[str]:
    syntax = TwoTexts(
        known_tests={f"before {PATH}": [before], PATH: [] if after is None else [after]}
    )
    found = weakened.findings(change({PATH: "after"}, {PATH: "before"}), syntax)
    return [finding.text for finding in found]


STRONG = TestFacts("test_a", 1, (Check.VALUE, Check.VALUE))


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (None, "was removed or renamed"),
        (TestFacts("test_a", 1, (Check.VALUE,)), "had 2 assertions and has 1"),
        (TestFacts("test_a", 1, (Check.TYPE, Check.TYPE)), "now only looks at the type"),
        (TestFacts("test_a", 1, STRONG.checks, skipped=True), "now is skipped"),
    ],
)
def test_a_test_that_was_weakened_is_told(after: TestFacts | None, told: str) -> None:
    (said,) = weaker(STRONG, after)
    assert told in said


def test_a_test_that_checks_as_much_or_more_is_not() -> None:
    assert weaker(STRONG, STRONG) == []
    assert weaker(TestFacts("test_a", 1, ()), STRONG) == []
    assert (
        weaker(TestFacts("test_a", 1, (Check.TYPE,)), TestFacts("test_a", 9, (Check.TYPE,))) == []
    )


def test_a_removed_file_of_tests_is_told() -> None:
    syntax = MemorySyntax(known_tests={PATH: [STRONG]})
    (found,) = weakened.findings(change({PATH: None}, {PATH: BODY}), syntax)
    assert "held 1 tests, and was removed" in found.text
    assert list(weakened.findings(change({"a.py": None}, {"a.py": "x"}), syntax)) == []


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # noqa: E501",
        "x = f()  # type: ignore[arg-type]",
        "    pass  # pragma: no cover",
        "// eslint-disable-next-line",
        "/* istanbul ignore next */",
        "// @ts-ignore",
        "//nolint:errcheck",
        "#[allow(dead_code)]",
        '@SuppressWarnings("unchecked")',
    ],
)
def test_a_tool_that_is_told_to_look_away_is_told(line: str) -> None:
    it = change({"a.py": f"one\n{line}\n"}, {"a.py": "one\n"})
    (found,) = weakened.findings(it, MemorySyntax())
    assert found.place == "a.py:2"
    moved = change({"a.py": f"{line} and more\none\n"}, {"a.py": f"one\n{line}\n"})
    assert list(weakened.findings(moved, MemorySyntax())) == []


def test_ordinary_lines_silence_nothing() -> None:
    text = "# type: the kind\nignore = 1\nx = 'noqa'\n# allow(x)\n"
    assert list(weakened.findings(change({"a.py": text}), MemorySyntax())) == []


def test_hidden_faults_are_told_of_added_lines_of_code() -> None:
    smell = Smell("swallowed error", 2, "except OSError: pass")
    syntax = MemorySyntax(known_smells={"a.py": [smell], PATH: [smell]})
    it = change({"a.py": "one\ntwo\n", PATH: "one\ntwo\n"}, {"a.py": "one\n"})
    (found,) = hidden.findings(it, syntax)
    assert (found.place, "makes an error vanish" in found.text) == ("a.py:2", True)
    untouched = change({"a.py": "uno\ntwo\n"}, {"a.py": "one\ntwo\n"})
    assert list(hidden.findings(untouched, syntax)) == []


class Declared(MemorySyntax):
    """A set in ``v.py`` whose member C is unproduced unless some file says so."""

    def outcomes(self, path: str, files: object) -> list[OutcomeSet]:
        assert isinstance(files, dict)
        if "declares" not in files.get(path, ""):
            return []
        made = any("makes C" in text for text in files.values())
        return [OutcomeSet("V", 1, ("V.A", "V.C"), () if made else ("V.C",))]


def unproduced(after: dict[str, str | None], before: dict[str, str]) -> list[str]:
    files = [*before, *after]
    return [f.kind for f in outcomes.findings(change(after, before), files, Declared())]


def test_an_outcome_that_nothing_produces_is_told() -> None:
    assert unproduced({"v.py": "declares"}, {}) == ["V.C"]


def test_it_may_be_produced_in_a_file_that_was_not_changed() -> None:
    assert unproduced({"v.py": "declares!"}, {"w.py": "makes C", "v.py": "declares"}) == []


def test_tests_produce_nothing() -> None:
    assert unproduced({"v.py": "declares", PATH: "makes C"}, {}) == ["V.C"]


def test_what_was_unproduced_before_is_not_the_changes_fault() -> None:
    assert unproduced({"v.py": "declares "}, {"v.py": "declares"}) == []
    lost = unproduced({"v.py": "declares"}, {"v.py": "declares, makes C"})
    assert lost == ["V.C"]


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ("raise BadLine(x)", "return None", ["BadLine"]),
        ("throw new errors.BadLine(x);", "return null;", ["errors.BadLine"]),
        ("raise BadLine(x)\nraise Other", "raise Other", ["BadLine"]),
        ("raise BadLine(x)", "raise Other(x)", []),
        ("raise BadLine(x)\nraise BadLine(y)", "raise BadLine(x)", []),
        ("# raise BadLine(x)", "return None", []),
        ("raise", "return None", []),
    ],
)
def test_an_error_that_nothing_raises_any_more_is_told(
    before: str, after: str, lost: list[str]
) -> None:
    found = weakened.findings(change({"a.py": after}, {"a.py": before}), MemorySyntax())
    assert [finding.kind for finding in found] == [f"lost {name}" for name in lost]


def test_an_error_that_moved_with_its_code_is_not_lost() -> None:
    it = change({"a.py": "", "b.py": "raise BadLine"}, {"a.py": "raise BadLine"})
    assert list(weakened.findings(it, MemorySyntax())) == []
