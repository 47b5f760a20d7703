"""What one Python test function holds: its assertions and the functions it calls."""

import re
from collections.abc import Mapping

from integrations.syntax.suites.both_ways import asked, both_ways
from integrations.syntax.suites.python_checks import (
    called,
    classify,
    equality,
    membership,
)
from integrations.syntax.suites.python_mirror import imported_tables, unpacked
from integrations.syntax.suites.scan import Call, Scan
from integrations.syntax.tree import Node
from worker.domain.source import Check

_ANY = re.compile(r"\b(Exception|BaseException|AssertionError)\b")
_UNNAMED = frozenset({"Exception", "BaseException"})
_FAILS = re.compile(r"(^|\.)(fail|exit)$")
_TYPES = frozenset({"assertIsInstance", "assertNotIsInstance", "assertIsNotNone", "assertHasAttr"})
_RAISES = re.compile(r"(^|\.)(raises|warns|deprecated_call|RaisesGroup|assert(Raises|Warns)\w*)$")
_TRUE = frozenset({"assertTrue", "assertFalse", "assert_", "failUnless", "failIf"})
_EQUAL = frozenset({"assertEqual", "assertEquals", "assertIs", "assertNotEqual", "assertIsNot"})
_MEMBER = frozenset({"assertIn", "assertNotIn"})
_CALLED_AT_ALL = frozenset({"assert_called", "assert_called_once", "assert_awaited"})
_TWO = 2


class PythonScanner:
    """Looks at one function of a file after the other; ``names`` is what the module assigns."""

    def __init__(self, root: Node, names: Mapping[str, Node]) -> None:
        self._module = {**dict(imported_tables(root)), **names}
        asserted = (node for node in root.walk() if node.kind in {"assert_statement", "call"})
        self._booleans = both_ways(_asked(node) for node in asserted)

    def _look(self, node: Node, names: Mapping[str, Node]) -> Check | None:
        check = _check(node, names)
        boolean = check is Check.TRUTH and (_asked(node) or ("",))[0] in self._booleans
        return Check.VALUE if boolean else check

    def scan(self, body: Node) -> Scan:
        """The assertions below it, and what it calls."""
        names = dict(self._module)
        checks: list[tuple[Check, bool]] = []
        calls: list[Call] = []
        ignored_until = 0
        for node in body.walk():
            ignored = node.start < ignored_until
            if node.kind in {"try_statement", "with_statement"}:
                ignored_until = max(ignored_until, _ignored_until(node))
            elif node.kind in {"assignment", "named_expression", "for_statement"}:
                _note(node, names)
            elif node.kind in {"assert_statement", "raise_statement", "call"}:
                check = self._look(node, names)
                if check is not None:
                    checks.append((check, ignored))
                elif node.kind == "call":
                    calls.append(Call(_name(node), ignored, alone=_alone(node)))
        return Scan(tuple(checks), tuple(calls))


def _asked(node: Node) -> tuple[str, bool] | None:
    if node.kind == "assert_statement":
        return asked(node.parts[0]) if node.parts else None
    last = called(node).rpartition(".")[2]
    arguments = node.child("arguments") if last in _TRUE else None
    found = asked(arguments.parts[0]) if arguments is not None and arguments.parts else None
    if found is None:
        return None
    return found[0], found[1] is (last not in {"assertFalse", "failIf"})


def _note(assignment: Node, names: dict[str, Node]) -> None:
    left = assignment.child("left") or assignment.child("name")
    right = assignment.child("right") or assignment.child("value")
    if left is None or right is None:
        return
    if left.kind == "identifier":
        names[left.text] = right
    names.update(unpacked(left, right))


def _alone(call: Node) -> bool:
    parent = call.parent
    return parent is not None and parent.kind in {"expression_statement", "await"}


def _name(call: Node) -> str:
    return called(call).removeprefix("self.").removeprefix("cls.")


def _check(node: Node, names: Mapping[str, Node]) -> Check | None:
    if node.kind == "assert_statement":
        return classify(node.parts[0], names) if node.parts else Check.CONSTANT
    if node.kind == "raise_statement":
        return Check.VALUE if node.short.startswith("raise AssertionError") else None
    name = called(node)
    last = name.rpartition(".")[2]
    arguments = node.child("arguments")
    values = arguments.parts if arguments is not None else []
    if _RAISES.search(name) is not None:
        return _raised(values)
    if name in {"pytest.fail", "self.fail"}:
        return Check.VALUE
    return _unittest(last, values, names)


def _raised(values: list[Node]) -> Check:
    """An error of any type at all may be the test's own mistake."""
    unnamed = bool(values) and values[0].short in _UNNAMED
    named = any(value.kind in {"string", "concatenated_string"} for value in values) or any(
        value.kind == "keyword_argument" and value.short.startswith(("match", "check"))
        for value in values
    )
    return Check.TRUTH if unnamed and not named else Check.RAISES


def _unittest(last: str, values: list[Node], names: Mapping[str, Node]) -> Check | None:
    if last in _CALLED_AT_ALL:
        return Check.TRUTH
    if last in _TYPES:
        return Check.TYPE
    if last in _TRUE and values:
        return classify(values[0], names)
    if last in _EQUAL and len(values) >= _TWO:
        return equality(values[0], values[1], "!=" if "Not" in last else "==")
    if last in _MEMBER and len(values) >= _TWO:
        return membership(values[0], values[1], names)
    unknown = last.startswith("assert") and last != "assert_never"
    return Check.VALUE if unknown else None


def _ignored_until(node: Node) -> int:
    inner = node.child("body")
    return inner.end if inner is not None and _ignores(node) else 0


def _ignores(node: Node) -> bool:
    """Whether an assertion that fails in its body is caught and forgotten."""
    if node.kind == "with_statement":
        head = next((part for part in node.parts if part.kind == "with_clause"), None)
        return (
            head is not None and "suppress(" in head.short and _ANY.search(head.short) is not None
        )
    return any(
        _catches_assertions(part) and not _fails_again(part)
        for part in node.parts
        if part.kind == "except_clause"
    )


def _catches_assertions(clause: Node) -> bool:
    value = clause.child("value")
    return value is None or _ANY.search(value.short) is not None


def _fails_again(clause: Node) -> bool:
    return any(
        node.kind in {"raise_statement", "assert_statement"}
        or (node.kind == "call" and _fails(called(node)))
        for node in clause.walk()
    )


def _fails(name: str) -> bool:
    return _FAILS.search(name) is not None or name.rpartition(".")[2].startswith("assert")
