"""Parameters that decide nothing, and those that every test gives the same number."""

import pytest

from integrations.syntax import TreeSitterSyntax

SYNTAX = TreeSitterSyntax()
UNUSED, ONE = "unused parameter", "one value"
EVERY = frozenset(range(1, 100))
LEVEL = "def level(n, limit):\n    return n > limit\n"


def found(text: str, path: str = "a.py", test: str = "") -> list[tuple[str, str]]:
    suffix = path.rpartition(".")[2]
    smells = SYNTAX.smells(path, text, EVERY, {f"test_a.{suffix}": test})
    return [(smell.kind, smell.text) for smell in smells]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f(a, b):\n    return a\n", ["b of f"]),
        ("def f(a: int, b: int = 2) -> int:\n    return 3\n", ["a of f", "b of f"]),
        ("def f(a, _b, *args, **more):\n    return a\n", []),
        ("def f(a):\n    ...\n", []),
        ("def f(a):\n    raise NotImplementedError\n", []),
        ("def f(a):\n    return [a for a in b]\n", []),
        ("def f(a):\n    return 1\n\n\nHANDLERS = [f]\n", []),
        ("class A:\n    def f(self, a):\n        return 1\n", []),
        ("@route('/')\ndef f(request):\n    return 1\n", []),
    ],
)
def test_what_no_python_function_looks_at(text: str, names: list[str]) -> None:
    assert found(text) == [(UNUSED, name) for name in names]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("export function f(a, b) { return a; }\n", ["b of f"]),
        ("export const f = (a, b) => a;\n", ["b of f"]),
        ("function f(first, second) { return second; }\n", []),
        ("function f(a, _b, ...rest) { return a; }\n", []),
        ("function f({ a, b }, c) { return c; }\n", []),
        ("function f(a) { return { a }; }\n", []),
        ("list.map((a, b) => 1);\n", []),
        ("function f(a) { return 1; }\non('x', f);\n", []),
    ],
)
def test_what_no_javascript_function_looks_at(text: str, names: list[str]) -> None:
    assert found(text, "a.js") == [(UNUSED, name) for name in names]


def calls(*given: str, name: str = "level") -> str:
    lines = "".join(f"    assert {name}({one}) == 1\n" for one in given)
    return f"LIMIT = 10\n\n\ndef test_it():\n{lines}"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("1, 10", "2, 10", "3, LIMIT", "4, limit=10"), True),
        (("1, 10", "2, 10", "3, 10"), False),
        (("1, 10", "2, 10", "3, 10", "4, 11"), False),
        (("1, 10", "2, 10", "3, 10", "4, other"), False),
        (("1, 10", "2, 10", "3, 10", "*pair"), False),
        (("1, 'a'", "2, 'a'", "3, 'a'", "4, 'a'"), False),
        (("1", "2", "3", "4"), False),
    ],
)
def test_one_number_in_every_test(given: tuple[str, ...], told: bool) -> None:
    wanted = [(ONE, "limit of level")] if told else []
    assert found(LEVEL, test=calls(*given)) == wanted


def test_what_is_refused_with_another_number_shows_nothing_of_results() -> None:
    refused = "    with pytest.raises(ValueError):\n        level(1, 0)\n"
    text = calls("1, 10", "2, 10", "3, 10", "4, 10") + refused
    assert found(LEVEL, test=text) == [(ONE, "limit of level")]


def test_labels_and_what_is_handed_on_may_be_the_same_everywhere() -> None:
    given = ("1, 10", "2, 10", "3, 10", "4, 10")
    assert found(LEVEL.replace("limit", "order_id"), test=calls(*given)) == []
    outer = f"{LEVEL}\n\ndef told(n, limit):\n    return level(n, limit)\n"
    assert found(outer, test=calls(*given, name="told")) == []


def test_one_number_in_every_javascript_test() -> None:
    code = "export function level(n, limit) { return n > limit; }\n"
    shown = "".join(f"assert.equal(level({n}, LIMIT), true);\n" for n in range(4))
    refused = "assert.throws(() => level(1, 0));\n"
    assert found(code, "a.js", f"const LIMIT = 10;\n{shown}{refused}") == [(ONE, "limit of level")]
    assert found(code, "a.js", f"{shown}{refused}") == []
