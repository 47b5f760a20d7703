"""A probe ends the tests exactly where they come to what a mutant changes."""

import subprocess
import sys

import pytest

from integrations.syntax import TreeSitterSyntax
from worker.domain.source import Mutant

SYNTAX = TreeSitterSyntax()
ENDED = 86


def mutants(text: str, path: str = "a.py") -> list[Mutant]:
    lines = frozenset(range(1, text.count("\n") + 2))
    return list(SYNTAX.mutants(path, text, lines))


def of_kind(text: str, kind: str, path: str = "a.py") -> Mutant:
    return next(m for m in mutants(text, path) if m.kind == kind)


def run(text: str, call: str) -> int:
    return subprocess.run([sys.executable, "-c", f"{text}\n{call}"], check=False).returncode


@pytest.mark.parametrize(
    ("text", "kind", "reaches", "passes"),
    [
        ("def f(a, b):\n    return a < b\n", "comparison", "f(1, 1)", "f(1, 2), f(2, 1)"),
        ("def f(a):\n    return 0 <= a < 9\n", "comparison", "f(0)", "f(-1), f(1), f(9)"),
        (
            "def f(a, b):\n    if a:\n        b.x = 2\n",
            "statement",
            "f(1, f)",
            "f(0, f)",
        ),
        ("def f(a):\n    if a:\n        return 1\n", "condition", "f(1)", "f(0)"),
        ("def f(a):\n    return 1 if a else 2\n", "condition", "f(1)", "f(0)"),
    ],
)
def test_a_probe_ends_the_process_there_and_only_there(
    text: str, kind: str, reaches: str, passes: str
) -> None:
    found = of_kind(text, kind)
    if found.probe is None:
        found = next(m for m in mutants(text) if m.kind == kind and m.probe is not None)
    assert found.probe is not None
    probed = found.probe.applied(text)
    assert run(probed, reaches) == ENDED
    assert run(probed, passes) == 0


@pytest.mark.parametrize(
    ("path", "text", "probed"),
    [
        (
            "a.js",
            "function f(a, b) { return a < b; }\n",
            "(((a) <= (b) && (a) >= (b))) ? process.exit(86) : ((a) < (b))",
        ),
        (
            "a.go",
            "package a\n\nfunc f(a, b int) bool { return a < b }\n",
            'if ((a) <= (b) && (a) >= (b)) { panic("reached") }; return (a) < (b) }()',
        ),
    ],
)
def test_other_languages_have_theirs(path: str, text: str, probed: str) -> None:
    found = of_kind(text, "comparison", path)
    assert found.probe is not None
    assert probed in found.probe.applied(text)


@pytest.mark.parametrize(
    "text",
    [
        "def f(a, b):\n    if a == b:\n        return 0\n    return a < b\n",
        "def f(a, b):\n    if b != a:\n        return a < b\n    return 0\n",
        "def f(a):\n    return set(a) <= set('abc')\n",
        "function f(a, b) { if (a.x === b.x) return 0; return a.x < b.x; }\n",
    ],
)
def test_a_boundary_that_is_no_matter_of_the_comparison_has_no_mutant(text: str) -> None:
    path = "a.js" if text.startswith("function") else "a.py"
    orders = ("<=", "< ")
    changed = [m.after for m in mutants(text, path) if m.kind == "comparison"]
    assert not any(order in after and "==" not in after for after in changed for order in orders)


def test_one_more_is_no_mutant_beside_the_other_operator() -> None:
    def numbers(text: str) -> list[str]:
        return [m.after for m in mutants(text) if m.kind == "boundary"]

    assert numbers("def f(a):\n    return a < 5\n") == []
    assert numbers("def f(a):\n    return a >= 5\n") == []
    assert numbers("def f(a):\n    return 5 > a\n") == []
    assert numbers("def f(a):\n    return a > 5\n") == ["return a > 6"]
    assert numbers("def f(a):\n    return a == 5\n") == ["return a == 6"]


def test_the_name_of_an_error_is_left_alone() -> None:
    text = "class Bad extends Error {\n  constructor() {\n    this.{} = 1;\n  }\n}\n"
    assert [m for m in mutants(text.replace("{}", "name"), "a.js") if m.kind == "statement"] == []
    assert {m.line for m in mutants(text.replace("{}", "kind"), "a.js")} == {3}
