"""Text out of a sandbox may be anything: nothing raises, nothing is endless."""

from collections.abc import Callable, Mapping

import pytest
import tree_sitter_python
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Language as Grammar

from integrations.syntax import TreeSitterSyntax
from integrations.syntax.tree import parsed

SYNTAX = TreeSitterSyntax()
EVERY = frozenset(range(1, 3000))
DEEP = 100_000


def everything(path: str, text: str) -> list[int]:
    """How many facts of each sort are found."""
    return [
        len(SYNTAX.mutants(path, text, EVERY)),
        len(SYNTAX.tests(path, text)),
        len(SYNTAX.outcomes(path, {path: text, f"other/{path}": text})),
        len(SYNTAX.smells(path, text, EVERY, {path: text})),
    ]


NESTED: Mapping[str, Callable[[str], str]] = {
    "parentheses": lambda _: "x = " + "(" * DEEP + "1" + ")" * DEEP,
    "open": lambda _: "x = " + "(" * DEEP,
    "lists": lambda _: "x = " + "[" * 40_000 + "]" * 40_000,
    "not": lambda path: "x = " + ("not " if path.endswith("py") else "!") * 60_000 + "a",
    "sums": lambda _: "x = " + "a + " * 60_000 + "a",
    "compared": lambda _: "x = " + "a < " * 20_000 + "a",
    "calls": lambda _: "assert" + "(a" * 15_000 + ")" * 15_000,
    "and": lambda path: "assert(" + ("a and " if path.endswith("py") else "a && ") * 40_000 + "a)",
    "blocks": lambda path: (
        "\n".join(" " * n + "if a:" for n in range(900)) + "\n" + " " * 900 + "pass"
        if path.endswith("py")
        else "if (a) {" * 20_000 + "}" * 20_000
    ),
    "handlers": lambda path: (
        "\n".join(f"{' ' * n}try:\n{' ' * n} a\n{' ' * n}except:" for n in range(500))
        + "\n"
        + " " * 500
        + "pass"
        if path.endswith("py")
        else "try{}catch{" * 10_000 + "}" * 10_000
    ),
    "functions": lambda path: (
        "\n".join(f"{' ' * n}def test_{n}():" for n in range(900)) + "\n" + " " * 900 + "pass"
        if path.endswith("py")
        else "test('a',()=>{" * 8_000 + "})" * 8_000
    ),
    "cases": lambda path: (
        "match a:\n" + "".join(f"    case {n}: f({n})\n" for n in range(3_000))
        if path.endswith("py")
        else "switch(a){" + "".join(f"case {n}:break;" for n in range(3_000)) + "}"
    ),
    "elifs": lambda path: (
        "if a: b\n" + "".join(f"elif a > {n}: return a\n" for n in range(900))
        if path.endswith("py")
        else "if(a){}" + "".join(f"else if(a>{n}){{return 1}}" for n in range(900))
    ),
}


@pytest.mark.parametrize("path", ["test_a.py", "a.test.js", "a.test.ts"])
@pytest.mark.parametrize("kind", NESTED)
def test_deep_nesting(kind: str, path: str) -> None:
    text = NESTED[kind](path)
    assert len(everything(path, text)) == 4


def test_too_large_or_too_many_nodes() -> None:
    large = "def test_a():\n    assert f(1) == 2\n" + "#" * (1024 * 1024)
    assert everything("test_a.py", large) == [0, 0, 0, 0]
    many = "def test_a():\n    assert f(1) == 2\n" + "a=1\n" * 50_000
    assert everything("test_a.py", many) == [0, 0, 0, 0]


@pytest.mark.parametrize(("levels", "facts"), [(200, 1), (1200, 0)])
def test_too_deep(levels: int, facts: int) -> None:
    text = f"def test_a():\n    assert f({'[' * levels}{']' * levels}) == 2\n"
    assert len(SYNTAX.tests("test_a.py", text)) == facts


def test_a_replacement_that_does_not_parse_is_told() -> None:
    text = "x = 'ü😀' + (a)\n"
    tree = parsed(text, Grammar(tree_sitter_python.language()))
    assert tree is not None
    place = text.index("(a)")
    assert tree.allows(place, place + 3, "['é']")
    assert not tree.allows(place, place + 3, "['é'")
    assert tree.allows(place, place + 3, "b")


def test_a_generated_file_of_200_kb_is_read() -> None:
    text = "".join(f"def test_{n}():\n    assert f({n}) == '{'é' * 40}'\n" for n in range(2_000))
    assert len(text.encode()) > 200_000
    found = everything("test_a.py", text)
    assert found[1] == 2_000


@pytest.mark.parametrize(
    "text",
    [
        "def f(:\n",
        "x = 'a\n",
        "\x00",
        "\ud800 = 1 < 2\n",
        "if a:\n\tb\n  c < 1\n",
        "",
        "\ufeffa < 1\n",
    ],
)
def test_broken_text(text: str) -> None:
    for path in ("a.py", "a.js", "a.ts", "a.go", "a.unknown", "", "/", "py"):
        assert len(everything(path, text)) == 4


def test_text_with_an_error_has_no_facts() -> None:
    text = "def test_a():\n    assert f(1) == 2\n\ndef (:\n"
    assert everything("test_a.py", text) == [0, 0, 0, 0]


def test_half_of_a_surrogate_pair_is_a_character() -> None:
    text = "# \ud800\ndef f(a):\n    return a < 'é\ud801' and a > 1\n"
    after = {m.edit.applied(text) for m in SYNTAX.mutants("a.py", text, EVERY)}
    assert text.replace("a > 1", "a >= 1") in after


@settings(max_examples=150, deadline=None)
@given(
    path=st.sampled_from(["test_a.py", "a.test.js", "a.ts", "a.tsx", "a_test.go"]),
    text=st.text(max_size=300)
    | st.lists(
        st.sampled_from(
            [
                *(
                    "def test_a():",
                    "\n",
                    "    ",
                    "\t",
                    "assert ",
                    "a",
                    " == ",
                    "1",
                    "(",
                    ")",
                    "[",
                    "]",
                ),
                *(
                    "class A(Enum):",
                    "if a:",
                    "else:",
                    "try:",
                    "except:",
                    "pass",
                    "in ",
                    "'é'",
                    "=>",
                ),
                *(
                    "{",
                    "}",
                    "expect(",
                    ").toBe(",
                    "test('a', ",
                    "() ",
                    "catch ",
                    ";",
                    "return ",
                    ":",
                ),
                *(
                    "type V = ",
                    "|",
                    "Literal[",
                    "enum V ",
                    "import a",
                    "match a:",
                    "case ",
                    ".",
                    ",",
                ),
            ]
        ),
        max_size=60,
    ).map("".join),
)
def test_never_raises(path: str, text: str) -> None:
    assert len(everything(path, text)) == 4
