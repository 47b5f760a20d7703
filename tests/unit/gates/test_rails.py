"""Broken rails are findings with the name of the rule."""

from collections.abc import Mapping

import pytest

from tests.unit.gates.changing import change
from worker.domain.rails import Banned, Rails
from worker.gates import rails
from worker.gates.rails import interface

PYPROJECT = '[project]\ndependencies = ["httpx>=0.28"{}]\n'


def kinds(
    rules: Rails, *, after: Mapping[str, str | None], before: Mapping[str, str] = {}
) -> list[str]:
    found = rails.findings(change(after, before), rules)
    return [f"{finding.place} {finding.kind}" for finding in found]


def test_no_rails_find_nothing() -> None:
    assert kinds(Rails(), after={"anywhere.py": "import os\n" * 900}) == []


@pytest.mark.parametrize(
    ("path", "outside"),
    [("src/a.py", False), ("README.md", False), ("src2/a.py", True), ("README.md.py", True)],
)
def test_only_named_directories_and_files_may_change(path: str, outside: bool) -> None:
    found = kinds(Rails(directories=("src/", "README.md")), after={path: "x"})
    assert found == ([f"{path} directories"] if outside else [])


def test_a_removed_file_outside_is_found_too() -> None:
    rules = Rails(directories=("src",))
    assert kinds(rules, after={"a.py": None}, before={"a.py": "x"}) == ["a.py directories"]


@pytest.mark.parametrize(
    ("allowed", "found"),
    [
        (None, []),
        ((), ["pyproject.toml dependencies rich", "pyproject.toml dependencies typing-extensions"]),
        (("Typing_Extensions", "ri*"), []),
        (("rich",), ["pyproject.toml dependencies typing-extensions"]),
    ],
)
def test_dependencies_are_compared_with_the_base(
    allowed: tuple[str, ...] | None, found: list[str]
) -> None:
    before = {"pyproject.toml": PYPROJECT.format("")}
    after: dict[str, str | None] = {
        "pyproject.toml": PYPROJECT.format(', "rich", "typing_extensions==4"')
    }
    assert kinds(Rails(dependencies=allowed), after=after, before=before) == found


def test_a_removed_dependency_is_no_finding() -> None:
    before = {"pyproject.toml": PYPROJECT.format(', "rich"')}
    after: dict[str, str | None] = {"pyproject.toml": PYPROJECT.format("")}
    assert kinds(Rails(dependencies=()), after=after, before=before) == []


def test_sizes_count_files_and_added_lines_without_tests() -> None:
    after: dict[str, str | None] = {"a.py": "1\n2\n3\n", "tests/test_a.py": "1\n2\n3\n"}
    assert kinds(Rails(max_files=1), after=after) == ["the change max_files"]
    assert kinds(Rails(max_files=2, max_lines=3), after=after) == []
    assert kinds(Rails(max_lines=2), after=after) == ["the change max_lines"]


def test_public_names_and_signatures_of_an_interface_must_stay() -> None:
    before = {"api.py": "def f(a, b=1): return 1\ndef _g(): pass\nLIMIT = 3\nclass C:\n  x: int\n"}
    rules = Rails(interfaces=("api.py",))
    same: dict[str, str | None] = {
        "api.py": "def f(a, b=1):\n    return 2\nLIMIT = 4\nclass C:\n    x: int\n"
    }
    assert kinds(rules, after=same, before=before) == []
    other: dict[str, str | None] = {
        "api.py": "def f(a, b=2): return 1\nclass C:\n  x: str\ndef h(): pass\n"
    }
    assert kinds(rules, after=other, before=before) == [
        "api.py interfaces C.x",
        "api.py interfaces LIMIT",
        "api.py interfaces f",
        "api.py interfaces h",
    ]
    assert len(kinds(rules, after={"api.py": None}, before=before)) == 4


def test_an_interface_in_another_language_must_stay_as_it_is() -> None:
    rules = Rails(interfaces=("*.proto",))
    found = kinds(rules, after={"a.proto": "message B"}, before={"a.proto": "message A"})
    assert found == ["a.proto interfaces a.proto"]
    assert kinds(rules, after={"new.proto": "message B"}) == []


@pytest.mark.parametrize("text", ["def (", "x = " + "(" * 5000, "\x00"])
def test_an_interface_that_cannot_be_parsed_is_taken_as_a_whole(text: str) -> None:
    assert interface("a.py", text) == {"a.py": text}


def test_banned_patterns_are_looked_for_in_added_lines_outside_tests() -> None:
    rules = Rails(banned=(Banned("no print", r"\bprint\(", why="Use the log."),))
    after: dict[str, str | None] = {
        "a.py": "print(1)\nprint(2)\nblueprint(3)\n",
        "tests/test_a.py": "print(1)\n",
    }
    found = list(rails.findings(change(after, {"a.py": "print(1)\n"}), rules))
    assert [finding.place for finding in found] == ["a.py:2"]
    assert "`no print`" in found[0].text
    assert found[0].text.endswith("Use the log.")


def test_a_banned_pattern_may_be_for_certain_files_and_tests_among_them() -> None:
    rules = Rails(banned=(Banned("no sleep", "sleep", files=("tests/*",)),))
    after: dict[str, str | None] = {"a.py": "sleep()\n", "tests/test_a.py": "sleep()\n"}
    assert kinds(rules, after=after) == ["tests/test_a.py:1 no sleep sleep()"]


def test_a_line_is_matched_up_to_its_limit_only() -> None:
    rules = Rails(banned=(Banned("no x", "x$"),))
    assert kinds(rules, after={"a.py": "y" * 5_000 + "x\n"}) == []
