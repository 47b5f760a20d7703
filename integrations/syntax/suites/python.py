"""The tests of a Python file, for pytest and unittest."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from integrations.syntax.suites.python_checks import called
from integrations.syntax.suites.python_scan import PythonScanner
from integrations.syntax.suites.scan import Functions
from integrations.syntax.tree import Node
from worker.domain.source import TestFacts

_DEEP = 20
_SKIPPING = re.compile(
    r"@?\s*(\w+\.)*(skip|skipif|skipIf|skipUnless|xfail|expectedFailure)\b|pytestmark\s*=.*"
    r"\bmark\.(skip|skipif|xfail)\b"
)
_SKIPS = re.compile(r"(^|\.)(skip|skipTest|xfail|importorskip_always)$")
_CASE = re.compile(r"\b\w*TestCase\b")


@dataclass(frozen=True, slots=True)
class _Place:
    """A block that may hold tests."""

    block: Node
    prefix: str = ""
    skipped: bool = False
    in_class: bool = False


def tests(root: Node) -> Sequence[TestFacts]:
    """In the order of the text, but those of a class after those outside."""
    bodies: dict[str, Node] = {}
    for node in root.walk():
        if node.kind == "function_definition":
            name, body = node.child("name"), node.child("body")
            if name is not None and body is not None:
                bodies.setdefault(name.text, body)
    functions = Functions(bodies, PythonScanner(root, _assigned(root)).scan)
    found = (
        functions.facts(name, line, body, skipped=skipped or _skips_itself(body))
        for name, line, body, skipped in _collected(root)
    )
    return sorted(found, key=lambda fact: fact.line)


def _assigned(root: Node) -> Mapping[str, Node]:
    names = {}
    for statement in root.parts:
        inner = statement.parts[0] if statement.parts else statement
        left, right = inner.child("left"), inner.child("right")
        if inner.kind == "assignment" and left is not None and right is not None:
            names[left.text] = right
    return names


def _collected(root: Node) -> Iterator[tuple[str, int, Node, bool]]:
    cases = _test_cases(root)
    waiting = [_Place(root)]
    while waiting:
        place = waiting.pop()
        skipped = place.skipped or _marked(place.block)
        for statement in place.block.parts:
            inner, marked = _undecorated(statement)
            name, body = inner.child("name"), inner.child("body")
            if inner.kind == "function_definition" and name is not None and body is not None:
                if name.text.startswith("test"):
                    yield place.prefix + name.text, inner.line, body, skipped or marked
            elif inner.kind == "class_definition" and name is not None and body is not None:
                prefix = f"{place.prefix}{name.text}::"
                if prefix.count("::") < _DEEP and (
                    name.text.startswith("Test") or name.text in cases
                ):
                    waiting.append(_Place(body, prefix, skipped or marked, in_class=True))
            elif inner.kind in {"if_statement", "try_statement", "with_statement", "else_clause"}:
                blocks = [*inner.parts] if inner.kind != "else_clause" else []
                waiting += [
                    _Place(block, place.prefix, skipped)
                    for block in blocks
                    if block.kind == "block"
                ]


def _undecorated(statement: Node) -> tuple[Node, bool]:
    """What is decorated, and whether a decorator skips it."""
    if statement.kind != "decorated_definition":
        return statement, False
    marked = any(
        _SKIPPING.match(part.short) is not None
        for part in statement.parts
        if part.kind == "decorator"
    )
    return statement.child("definition") or statement, marked


def _test_cases(root: Node) -> set[str]:
    """Classes that derive from ``unittest.TestCase``, by way of others of this file too."""
    cases: set[str] = set()
    for node in root.walk():
        name, bases = node.child("name"), node.child("superclasses")
        if node.kind == "class_definition" and name is not None and bases is not None:
            named = {part.short.rpartition(".")[2] for part in bases.parts}
            if _CASE.search(bases.short) is not None or named & cases:
                cases.add(name.text)
    return cases


def _marked(block: Node) -> bool:
    """Whether the module or class skips all that it holds."""
    return any(
        (part.short.startswith("pytestmark") and _SKIPPING.match(part.short) is not None)
        or (_skips(part) and "allow_module_level" in part.short)
        for part in block.parts
        if part.kind == "expression_statement"
    )


def _skips_itself(body: Node) -> bool:
    return any(
        _skips(part) or part.short.startswith("raise unittest.SkipTest") for part in body.parts
    )


def _skips(statement: Node) -> bool:
    inner = (
        statement.parts[0] if statement.kind == "expression_statement" and statement.parts else None
    )
    if inner is None or inner.kind != "call":
        return False
    name = called(inner)
    return name in {
        "pytest.skip",
        "pytest.xfail",
        "self.skipTest",
        "skip",
        "xfail",
        "unittest.skip",
    }
