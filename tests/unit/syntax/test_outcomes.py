"""Declared sets of outcomes, and which members nothing produces."""

import pytest

from integrations.syntax import TreeSitterSyntax
from worker.domain.source import OutcomeSet

SYNTAX = TreeSitterSyntax()

ENUM = '''class Verdict(StrEnum):
    """é"""

    RED = "red"
    RED_FAIL = "red fail"
    GREEN = "green"
    GREEN_FAIL = "green fail"
    UNCLEAR = "unclear"

'''
CLASSIFY = """def classify(before, after):
    if not before.ran or not after.ran:
        return Verdict.UNCLEAR
    if before.failed:
        return Verdict.GREEN if after.passed else Verdict.RED_FAIL
    return Verdict.RED
"""


def only(files: dict[str, str], path: str = "a.py") -> OutcomeSet:
    (found,) = SYNTAX.outcomes(path, files)
    return found


def unproduced(after: str, **files: str) -> tuple[str, ...]:
    others = {f"{name}.py": text for name, text in files.items()}
    return only({"a.py": ENUM + CLASSIFY + after, **others}).unproduced


def test_five_verdicts_of_which_one_can_never_come() -> None:
    found = only({"a.py": ENUM + CLASSIFY})
    assert found == OutcomeSet(
        name="Verdict",
        line=1,
        members=(
            *("Verdict.RED", "Verdict.RED_FAIL", "Verdict.GREEN", "Verdict.GREEN_FAIL"),
            "Verdict.UNCLEAR",
        ),
        unproduced=("Verdict.GREEN_FAIL",),
    )


@pytest.mark.parametrize(
    "mention",
    [
        "def g(v): return v == Verdict.GREEN_FAIL",
        "def g(v): return v in {Verdict.GREEN_FAIL, Verdict.RED}",
        "BAD = frozenset({Verdict.GREEN_FAIL, Verdict.RED})\ndef g(v): return v in BAD",
        "BAD = (Verdict.GREEN_FAIL, Verdict.RED)\ndef g(v): return v not in BAD",
        "TEXT = {Verdict.GREEN_FAIL: 'no'}",
        "def g(v):\n    match v:\n        case Verdict.GREEN_FAIL | Verdict.RED: return 1",
        "def g(v):\n    if v is Verdict.GREEN_FAIL: return 1",
        "def g(v): return 1 if v is Verdict.GREEN_FAIL else 2",
        "def g(v):\n    return Verdict.RED\n    return Verdict.GREEN_FAIL",
        "def g(v):\n    raise ValueError\n    x = Verdict.GREEN_FAIL",
        "def g(v):\n    if v.a: return 1\n    elif v.a: return Verdict.GREEN_FAIL",
        "def g(v):\n    if v.a: return 1\n    elif v.a and v.b: return Verdict.GREEN_FAIL",
        "def g(v):\n    if v.a: return 1\n    if v.a: return Verdict.GREEN_FAIL\n    return 2",
        "def g(v):\n    if v.n >= 50: return 1\n    if v.n >= 80: return Verdict.GREEN_FAIL",
        "def g(v):\n    if v.n > 0: return 1\n    elif v.n == 3: return Verdict.GREEN_FAIL",
        "def g(v):\n    if not v: return 1\n    elif v is None: return Verdict.GREEN_FAIL",
        "def g(v):\n    if v: return 1\n    else: return 2\n    return Verdict.GREEN_FAIL",
        "def g(v: Verdict = Verdict.GREEN_FAIL): ...",
        "def g(v): return isinstance(v, Verdict)",
        "def g(v: Verdict) -> Verdict: return v",
        "def g(v): return v in Verdict",
        "def g(v): return v in list(Verdict)",
        "def g(): return len(Verdict)",
        "# Verdict.GREEN_FAIL\nX = 'Verdict.GREEN_FAIL'",
    ],
)
def test_what_does_not_produce_a_member(mention: str) -> None:
    assert unproduced(f"\n{mention}\n") == ("Verdict.GREEN_FAIL",)
    assert unproduced("", b=f"from a import Verdict\n{mention}\n") == ("Verdict.GREEN_FAIL",)


@pytest.mark.parametrize(
    "mention",
    [
        "def g(v): return Verdict.GREEN_FAIL",
        "def g(v): return (Verdict.GREEN_FAIL, 'why')",
        "def g(v): return Result(verdict=Verdict.GREEN_FAIL)",
        "def g(v): return Verdict['GREEN_FAIL' if v else 'RED']",
        "def g(v):\n    found = Verdict.GREEN_FAIL\n    return found",
        "def g(v): yield Verdict.GREEN_FAIL",
        "def g(v): return TABLE[v]\nTABLE = {3: Verdict.GREEN_FAIL}",
        "def g(v): return Verdict(v.text)",
        "def g(v): return Verdict(v.text) == 1",
        "def g(v): return [Verdict.GREEN_FAIL for x in v]",
        "def g(v): return a.Verdict.GREEN_FAIL.value",
        "def g(v): report(Verdict.GREEN_FAIL)",
        "def g(v): return v or Verdict.GREEN_FAIL",
        "def g(v):\n    if v.n >= 80: return 1\n    if v.n >= 50: return Verdict.GREEN_FAIL",
        "def g(v):\n    if v.a: return 1\n    v = v.b\n    if v.a: return Verdict.GREEN_FAIL",
        "def g(v):\n    if v.a: return 1\n    elif v.a or v.b: return Verdict.GREEN_FAIL",
        "def g(v):\n    if v.a and v.b: return 1\n    elif v.a: return Verdict.GREEN_FAIL",
        "for verdict in Verdict:\n    register(verdict)",
        "ORDER = [Verdict.GREEN_FAIL, Verdict.RED]\ndef g(): return max(ORDER, key=f)",
        "class Answer(BaseModel):\n    verdict: Verdict",
        "@app.command()\ndef g(v: Verdict): ...",
        "parse(Verdict, 'x')",
    ],
)
def test_what_produces_a_member(mention: str) -> None:
    produced = unproduced(f"\n{mention}\n")
    if "Verdict(v.text) == 1" not in mention:
        assert produced == ()
    assert unproduced("", b=f"from a import Verdict\n{mention}\n") == produced


def test_an_alias_and_the_methods_of_the_set_itself() -> None:
    assert unproduced("", b="from a import Verdict as V\ndef g(): return V.GREEN_FAIL\n") == ()
    method = "    @classmethod\n    def of(cls): return cls.GREEN_FAIL\n\n"
    assert only({"a.py": ENUM + method + CLASSIFY}).unproduced == ()


def test_a_set_of_inputs_is_not_one_of_outcomes() -> None:
    text = ENUM + "def g(v: Verdict):\n    if v is Verdict.RED: return 1\n"
    assert only({"a.py": text}).unproduced == ()
    text = ENUM + "def g(v: Verdict): ...\ng(Verdict.RED)\n"
    assert only({"a.py": text}).unproduced == ()


def test_nothing_is_said_where_a_file_cannot_be_read() -> None:
    broken = "def (: Verdict"
    assert only({"a.py": ENUM + CLASSIFY, "b.py": broken}).unproduced == ()
    assert only({"a.py": ENUM + CLASSIFY, "b.md": broken}).unproduced == ("Verdict.GREEN_FAIL",)


LITERAL = 'Verdict = Literal["red", "green", "unclear"]\n'


@pytest.mark.parametrize(
    "declared",
    [
        LITERAL,
        'Verdict: TypeAlias = Literal["red", "green", "unclear"]\n',
        'type Verdict = Literal["red", "green", "unclear"]\n',
    ],
)
def test_a_literal(declared: str) -> None:
    code = 'def g(a) -> Verdict:\n    if a == "unclear": return "red"\n    return \'green\'\n'
    found = only({"a.py": declared + code})
    assert found.members == ('"red"', '"green"', '"unclear"')
    assert found.unproduced == ('"unclear"',)


def test_a_literal_of_one_function() -> None:
    text = 'def g(a) -> Literal["ä", "b"]:\n    return "ä"\n'
    found = only({"a.py": text})
    assert (found.name, found.unproduced) == ("g", ('"b"',))


@pytest.mark.parametrize(
    "code",
    [
        'def g(a) -> Verdict: return "red" if a else "green" if b else "unclear"',
        "def g(a) -> Verdict: return cast(Verdict, a.b)",
        "def g(a: Verdict) -> Verdict: return a",
        "def g(a) -> Verdict: return a['verdict']",
        'def g(a: Verdict): return a == "red"',
        'def g(a) -> Verdict: return {1: "red", 2: "green", 3: "unclear"}[a]',
    ],
)
def test_a_literal_that_is_right(code: str) -> None:
    assert only({"a.py": f"{LITERAL}{code}\n"}).unproduced == ()


SETS = {
    "union": ('type V = "red" | "green" | "unclear";\n', '"{}"'),
    "enum": ("export enum V { red, green = 'g', unclear = \"ü\" }\n", "V.{}"),
    "frozen": (
        'export const V = Object.freeze({ red: "r", green: "g", "unclear": "u" });\n',
        "V.{}",
    ),
    "const": ('const V = { red: "r", green: "g", unclear: "u" } as const;\n', "V.{}"),
}


@pytest.mark.parametrize("kind", SETS)
@pytest.mark.parametrize(
    "code",
    [
        "function g(a): V { if (a === {2}) { return {0}; } return {1}; }",
        "function g(a): V { switch (a) { case {2}: return {0}; default: return {1}; } }",
        "function g(a): V { if ([{2}, {1}].includes(a)) return {0}; return {1}; }",
        "function g(a): V { if (a > 1) { return {0}; } else if (a > 1) return {2}; return {1}; }",
        "function g(a): V { if (a > 1) { return {0}; } if (a > 5) { return {2}; } return {1}; }",
        "function g(a): V { return {0}; return {2}; }\nconst h = (): V => {1};",
        "const BAD = new Set([{2}]);\nconst g = (a): V => BAD.has(a) ? {0} : {1};",
    ],
)
def test_typescript(kind: str, code: str) -> None:
    declared, shown = SETS[kind]
    for place, member in enumerate(("red", "green", "unclear")):
        code = code.replace(f"{{{place}}}", shown.format(member))
    found = only({"a.ts": declared + code}, "a.ts")
    assert found.name == "V"
    assert found.unproduced == (shown.format("unclear"),)


@pytest.mark.parametrize("kind", SETS)
@pytest.mark.parametrize(
    "code",
    [
        "function g(a): V { return a > 1 ? {0} : a < 1 ? {1} : {2}; }",
        "const M = { a: {0}, b: {1}, c: {2} };\nexport function g(a): V { return M[a]; }",
        "function g(a): V { const r: V = {0}; send({1}, {2}); return r; }",
    ],
)
def test_typescript_that_is_right(kind: str, code: str) -> None:
    declared, shown = SETS[kind]
    for place, member in enumerate(("red", "green", "unclear")):
        code = code.replace(f"{{{place}}}", shown.format(member))
    assert only({"a.ts": declared + code}, "a.ts").unproduced == ()


def test_javascript_across_files() -> None:
    declared = 'export const V = Object.freeze({ A: "a", B: "b", C: "c" });\n'
    user = 'import { V as W } from "./v.js";\nexport const g = (a) => (a ? W.A : W.B);\n'
    assert only({"v.js": declared, "g.js": user}, "v.js").unproduced == ("V.C",)
    any_of = 'import { V } from "./v.js";\nexport const g = (a) => V[a];\n'
    assert only({"v.js": declared, "g.js": user, "h.js": any_of}, "v.js").unproduced == ()
    values = 'import { V } from "./v.js";\nexport const g = (a) => Object.values(V).includes(a);\n'
    assert only({"v.js": declared, "g.js": user, "h.js": values}, "v.js").unproduced == ("V.C",)
