"""The tests of a Go file."""

import re
from collections.abc import Sequence

from integrations.syntax.suites.scan import Call, Functions, Scan
from integrations.syntax.tree import Node
from worker.domain.source import Check, TestFacts

_TEST = re.compile(r"Test([^a-z]\w*)?")
_FAILS = re.compile(r"t\.(Error|Errorf|Fatal|Fatalf|Fail|FailNow)")
_ASSERTS = re.compile(r"(assert|require)\.(\w+)")
_TYPES = frozenset({"NotNil", "IsType", "Implements"})
_TRUTH = frozenset({"NotEmpty", "NotZero"})
_RAISES = frozenset({"Error", "ErrorIs", "ErrorAs", "Panics", "ErrorContains", "EqualError"})
_SKIPS = re.compile(r"t\.(Skip|Skipf|SkipNow)")


def tests(root: Node) -> Sequence[TestFacts]:
    """In the order of the text; subtests belong to their test."""
    declared = [node for node in root.parts if node.kind == "function_declaration"]
    bodies = {_part(node, "name").text: _part(node, "body") for node in declared}
    functions = Functions(bodies, scan)
    return [
        functions.facts(name, body.line, body, skipped=_skips_itself(body))
        for name, body in bodies.items()
        if _TEST.fullmatch(name) is not None and name != "TestMain"
    ]


def _part(node: Node, field: str) -> Node:
    return node.child(field) or node


def scan(body: Node) -> Scan:
    """What fails the test below it, and what it calls."""
    checks: list[tuple[Check, bool]] = []
    calls: list[Call] = []
    for node in body.walk():
        if node.kind != "call_expression":
            continue
        name = _part(node, "function").short
        check = _check(name, node)
        if check is not None:
            checks.append((check, False))
        else:
            calls.append(Call(name, ignored=False, alone=False))
    return Scan(tuple(checks), tuple(calls))


def _check(name: str, call: Node) -> Check | None:
    if _FAILS.fullmatch(name) is not None:
        kinds = {"if_statement", "expression_case", "default_case"}
        decided = any(up.kind in kinds for up in call.ancestors())
        return Check.VALUE if decided else Check.CONSTANT
    found = _ASSERTS.fullmatch(name)
    if found is None:
        return None
    if found[2] in _TYPES:
        return Check.TYPE
    if found[2] in _RAISES:
        return Check.RAISES
    return Check.TRUTH if found[2] in _TRUTH else Check.VALUE


def _skips_itself(body: Node) -> bool:
    statements = [inner for part in body.parts for inner in part.parts]
    calls = [part.child("function") for part in statements if part.kind == "call_expression"]
    calls += [part.parts[0].child("function") for part in statements if part.parts]
    return any(call is not None and _SKIPS.fullmatch(call.short) for call in calls)
