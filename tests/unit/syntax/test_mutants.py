"""Which changes are made to a file's lines, and which never."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.syntax import TreeSitterSyntax
from worker.domain.source import Mutant

SYNTAX = TreeSitterSyntax()
EVERY = frozenset(range(1, 2000))


def mutants(text: str, path: str = "a.py", lines: frozenset[int] = EVERY) -> list[Mutant]:
    return list(SYNTAX.mutants(path, text, lines))


def changed(text: str, path: str = "a.py") -> set[tuple[str, str]]:
    """Kind, and the line as it is after the change."""
    found = set()
    for mutant in mutants(text, path):
        after = mutant.edit.applied(text).splitlines()
        found.add((mutant.kind, after[mutant.line - 1].strip()))
    return found


@pytest.mark.parametrize(
    ("line", "kind", "after"),
    [
        ("return a < b + c", "comparison", "return a <= b + c"),
        ("return a >= b + c", "comparison", "return a > b + c"),
        ("return a == b", "comparison", "return a != b"),
        ("return a in b", "comparison", "return a not in b"),
        ("return a not in b", "comparison", "return a in b"),
        ("return a is not None", "comparison", "return a is None"),
        ("return 0 <= a < b", "comparison", "return 0 <= a <= b"),
        ("return a + b", "arithmetic", "return a - b"),
        ("return a * b", "arithmetic", "return a // b"),
        ("return a // b", "arithmetic", "return a * b"),
        ("a += b", "arithmetic", "a -= b"),
        ("return a + 'é'", "arithmetic", "return a"),
        ("return 'é' + a", "arithmetic", "return a"),
        ("return range(1, a)", "boundary", "return range(2, a)"),
        ("return a[0]", "boundary", "return a[1]"),
        ("return a[-1]", "boundary", "return a[-2]"),
        ("return a * 0.9", "constant", "return a * 1.9"),
        ("return 1_000", "boundary", "return 1001"),
        ("if a: return b", "condition", "if not (a): return b"),
        ("if a: return b", "condition", "if False: return b"),
        ("while a: f()", "condition", "while False: f()"),
        ("return a if b else c", "condition", "return a if False else c"),
        ("return [x for x in a if f(x)]", "condition", "return [x for x in a if False]"),
        ("return a and b", "logic", "return a or b"),
        ("return not a", "logic", "return a"),
        ("return 'é'", "constant", "return 'mutant'"),
        ("return a == 'é'", "constant", "return a == 'mutant'"),
        ("return {'k': 'é'}", "constant", "return {'k': 'mutant'}"),
        ("return True", "constant", "return False"),
        ("a = False", "constant", "a = True"),
        ("return sorted(a, reverse=True)", "constant", "return sorted(a, reverse=False)"),
        ("return f(a)", "return", "return None"),
        ("return None", "return", "return 1"),
        ("return ''", "return", "return 'mutant'"),
        ("f(a)", "statement", "pass"),
        ("await f(a)", "statement", "pass"),
        ("a.b = c", "statement", "pass"),
        ("a['k'] = c", "statement", "pass"),
        ("raise ValueError('no')", "statement", "pass"),
        ("a += b", "statement", "pass"),
    ],
)
def test_python_operators(line: str, kind: str, after: str) -> None:
    assert (kind, after) in changed(f"async def f(a, b, c):\n\t{line}\n")


@pytest.mark.parametrize(
    "text",
    [
        '"""Docs < 1."""\n# a < 1\nimport os\nfrom a import b\n',
        'def f(a: "int" = 1, *, b: bool = True) -> Literal[1]:\n    """Less than 1."""\n    ...\n',
        "if TYPE_CHECKING:\n    x = 1 + 2\n",
        'if __name__ == "__main__":\n    main(1)\n',
        '__all__ = ["a"]\n__version__ = (1, 2)\n',
        'logger.info("%s", 1 + 2)\nlogging.getLogger(__name__).debug(1 < 2)\nprint(1 + 2)\n',
        "@retry(times=3)\ndef f(): ...\n",
        'class A:\n    def __repr__(self): return f"{1 + 2}"\n    def __str__(self): return "a"\n',
        'class A(StrEnum):\n    B = "b"\n    C = 1\n',
        "class A:\n    b: int = 1\n    c: bool = True\n",
        "assert a == 1, 'said'\n",
        "def f(self):\n    raise NotImplementedError\n",
        "time.sleep(1)\n",
        "if verbose:\n    print(1)\n",
        "a.close()\n",
        "type A = int | None\nB = int | None\n",
        "x = text[:80]\n",
        "x = f(timeout=30, indent=2)\n",
    ],
)
def test_what_is_never_changed(text: str) -> None:
    assert {(m.kind, m.after) for m in mutants(text) if m.kind != "statement"} == set()


def test_messages_of_errors_are_left_alone_and_the_error_is_not() -> None:
    text = "def f(a):\n    raise ValueError(f'no {a + 1}' + 'é')\n"
    assert changed(text) == {("statement", "pass")}


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("if a < low:\n    return low\n", "if a <= low:"),
        ("if a > best:\n    best = a\n", "if a >= best:"),
        ("x = a if a < b else b\n", "x = a if a <= b else b"),
        ("x = -a if a < 0 else a\n", "x = -a if a <= 0 else a"),
        ("for a in b:\n    if not a:\n        return []\n", "if False:"),
        ("if a in cache:\n    return cache[a]\n", "if False:"),
        ("for a in b:\n    if a:\n        found = True\n        break\n", "pass"),
        ("for a in b:\n    f(a)\n    continue\n", "pass-continue"),
        ("while a:\n    i += 1\n", "pass"),
        ("if not isinstance(o, A):\n    return NotImplemented\n", "if False:"),
    ],
)
def test_changes_that_nothing_could_notice_are_not_made(text: str, without: str) -> None:
    made = {
        (m.line, line)
        for m in mutants(text)
        for line in [m.edit.applied(text).splitlines()[m.line - 1]]
    }
    assert without not in {line.strip() for _, line in made}


def test_match_and_nesting() -> None:
    text = """class A:
    class B:
        async def f(self, n):
            match n:
                case "é" if n > 1:
                    return "ü"
                case 2:
                    return [y for x in n if (y := x + 1) > 3]
"""
    found = changed(text)
    assert ("constant", 'case "mutant" if n > 1:') in found
    assert ("comparison", 'case "é" if n >= 1:') in found
    assert ("constant", 'return "mutant"') in found
    assert ("boundary", "case 3:") in found
    assert ("arithmetic", "return [y for x in n if (y := x - 1) > 3]") in found


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_offsets_count_characters(newline: str) -> None:
    text = newline.join(["# 😀 ü", "def f(a):", "    'ß😀'", "    return '😀' < a + 1", ""])
    found = mutants(text, lines=frozenset({4}))
    assert {m.line for m in found} == {4}
    after = {m.edit.applied(text).split(newline)[3] for m in found}
    assert "    return '😀' <= a + 1" in after
    assert "    return '😀' < a - 1" in after
    assert "    return 'mutant' < a + 1" in after
    before = {m.before for m in found}
    assert before == {"return '😀' < a + 1"}


def test_only_asked_lines_one_for_each_first() -> None:
    text = "def f(a, b):\n    x = a > 1 and b\n    y = a > 2 and b\n    return x + y\n"
    found = mutants(text, lines=frozenset({2, 3}))
    assert [(m.line, m.kind) for m in found[:4]] == [
        (2, "comparison"),
        (3, "comparison"),
        (2, "boundary"),
        (3, "boundary"),
    ]
    assert mutants(text, lines=frozenset()) == []
    assert mutants(text, lines=frozenset({1, 99})) == []


def test_at_most_400() -> None:
    text = "".join(f"a{n} = b + {n}\n" for n in range(500))
    found = mutants(text)
    assert len(found) == 400
    assert len({m.line for m in found}) == 400


@pytest.mark.parametrize(
    ("line", "kind", "after"),
    [
        ("return a < b + c;", "comparison", "return a <= b + c;"),
        ("return a === b;", "comparison", "return a !== b;"),
        ("return a !== b;", "comparison", "return a === b;"),
        ("return a + b;", "arithmetic", "return a - b;"),
        ("return a + 'é';", "arithmetic", "return a;"),
        ("return a * b;", "arithmetic", "return a / b;"),
        ("return a.slice(1);", "boundary", "return a.slice(2);"),
        ("if (a) { return b; }", "condition", "if (false) { return b; }"),
        ("if (f(a)) { return b; }", "condition", "if (!(f(a))) { return b; }"),
        (
            "for (let i = 0; i < a; i++) { f(i); }",
            "comparison",
            "for (let i = 0; i <= a; i++) { f(i); }",
        ),
        ("return a ? b : c;", "condition", "return false ? b : c;"),
        ("return a && b;", "logic", "return a || b;"),
        ("return a ?? b;", "logic", "return a && b;"),
        ("return !a;", "logic", "return a;"),
        ("return 'é';", "constant", "return 'mutant';"),
        ("return { k: 'é' };", "constant", "return { k: 'mutant' };"),
        ("return true;", "constant", "return false;"),
        ("return f(a);", "return", "return null;"),
        ("f(a);", "statement", ";"),
        ("a.b = c;", "statement", ";"),
        ("throw new Error('no');", "statement", ";"),
        (
            "switch (a) { case 'é': return 1; }",
            "constant",
            "switch (a) { case 'mutant': return 1; }",
        ),
    ],
)
@pytest.mark.parametrize("path", ["a.js", "a.ts", "a.tsx", "a.mjs"])
def test_javascript_operators(path: str, line: str, kind: str, after: str) -> None:
    assert (kind, after) in changed(f"// ü\nfunction f(a, b, c) {{\n\t{line}\n}}\n", path)


@pytest.mark.parametrize(
    "text",
    [
        "import a from 'b';\n// 1 < 2\n/* 1 + 2 */\n",
        "interface A { b: 1 | 2; }\ntype C = 'a' | 'b';\nenum D { E = 1, F = 'f' }\n",
        "console.log(1 + 2);\nlogger.info('a' + b);\n",
        "function f(a: number = 1, b: 'x' | 'y' = 'x'): 1 | 2 { throw new Error('a' + 1); }",
        "'use strict';\n",
        "const A = Object.freeze({ B: 'b', C: 1 });\n",
        "if (require.main === module) { main(1); }\n",
    ],
)
def test_what_is_never_changed_in_typescript(text: str) -> None:
    assert [m for m in mutants(text, "a.ts") if m.kind != "statement"] == []


def test_go() -> None:
    text = """package a
func f(a int) int {
	if a < 1 && !b {
		x.y = "é"
	}
	return a + 1
}
"""
    found = changed(text, "a.go")
    assert ("comparison", "if a <= 1 && !b {") in found
    assert ("logic", "if a < 1 && b {") in found
    assert ("condition", "if false {") in found
    assert ("arithmetic", "return a - 1") in found
    assert ("boundary", "return a + 2") in found
    assert ("statement", "") in found


LINES = st.sampled_from(
    [
        *("x = a < 1 and b", "x = 'ü😀' + a", "x = not a", "return a + 1 if a else 'é'"),
        *("raise ValueError('ü')", "a.b = [y for y in a if y > 0]", "f(a)", "x = a[1:2]"),
        *("x = (a\n    + b\n    - 1)", "x = lambda q: q + 1", "x = f'ü{a + 1}{b!r:>10}'"),
        *("if (q := f(a)) is not None: f(q)", "while a < 3: a += 1", "x = {'k': 'v', **a}"),
        *("for i in range(3):\n        if i: continue\n        break", "assert a < 1"),
        *("try:\n        f(a)\n    except ValueError:\n        return None", "del a[0]"),
        *("with f(a) as q:\n        return q == 'ß'", "x = a if not b else not a", "return"),
        "match a:\n        case 1 | 'ü': return True\n        case _: return 'x' * 2",
        *("x = yield a + 1", "async def g():\n        await f(a)\n        return 1", "x = -1"),
        *("global q", "x: int = 5", "x = a if a < b else b", "x = 'a' 'b' == a", "x = ~a ** -2"),
    ]
)
PROGRAMS = st.lists(LINES, min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(lines=PROGRAMS, asked=st.sets(st.integers(1, 20)), newline=st.sampled_from(["\n", "\r\n"]))
def test_every_mutant_is_python_and_changes_an_asked_line(
    lines: list[str], asked: set[int], newline: str
) -> None:
    text = "def f(a, b):\n    '''ü'''\n" + "".join(f"    {line}\n" for line in lines)
    ast.parse(text)
    text = text.replace("\n", newline)
    for mutant in mutants(text, lines=frozenset(asked)):
        applied = mutant.edit.applied(text)
        ast.parse(applied)
        old, new = text.split(newline), applied.split(newline)
        first = next(n for n, (a, b) in enumerate(zip(old, new, strict=False), 1) if a != b)
        assert first == mutant.line
        assert mutant.line in asked
