"""The tests of a JavaScript or TypeScript file, for node:test, jest, vitest and mocha."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from integrations.syntax.suites.both_ways import asked, both_ways
from integrations.syntax.suites.javascript_checks import asserted, expected
from integrations.syntax.suites.scan import Call, Functions, Scan
from integrations.syntax.tree import Node
from worker.domain.source import Check, TestFacts

_GROUP = re.compile(r"(x|f)?(describe|suite|context)((\.\w+)*)")
_TEST = re.compile(r"(?:t\.)?(x|f)?(test|it|specify)((\.\w+)*)")
_SKIPPED = re.compile(r"\.(skip|todo|failing|fails|skipIf|runIf)\b")
_OPTION = re.compile(r"\b(skip|todo)\s*:\s*(true|[\"'])")
_SKIPS = re.compile(r"(t|this|ctx|context|test)\.(skip|todo)")
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "function"})
_FAILS = re.compile(r"(^|\.)(fail|assert|expect|done)\b")
_DEEP = 20


@dataclass(frozen=True, slots=True)
class _Block:
    """A call of ``describe`` or ``test``."""

    name: str
    body: Node | None
    skipped: bool
    group: bool


@dataclass(frozen=True, slots=True)
class _Within:
    names: tuple[str, ...] = ()
    skipped: bool = False


def tests(root: Node) -> Sequence[TestFacts]:
    """In the order of the text."""
    calls = (node for node in root.walk() if node.kind == "call_expression")
    booleans = both_ways(_asked(call) for call in calls)
    functions = Functions(_bodies(root), lambda body: scan(body, booleans))
    found = []
    for block, line, within in _collected(root):
        name = " > ".join((*within.names, block.name))
        body = block.body
        skipped = block.skipped or within.skipped or body is None or _skips_itself(body)
        if body is None:
            found.append(TestFacts(name, line, skipped=True))
        else:
            found.append(functions.facts(name, line, body, skipped=skipped))
    return found


def _bodies(root: Node) -> dict[str, Node]:
    bodies: dict[str, Node] = {}
    for node in root.walk():
        name, body = node.child("name"), node.child("body")
        value = node.child("value") if node.kind == "variable_declarator" else None
        if value is not None and value.kind in _FUNCTIONS:
            body = value.child("body")
        elif node.kind not in {"function_declaration", "method_definition"}:
            continue
        if name is not None and body is not None:
            bodies.setdefault(name.text, body)
    return bodies


def _collected(root: Node) -> Iterator[tuple[_Block, int, _Within]]:
    waiting = [(root, _Within())]
    while waiting:
        node, within = waiting.pop()
        block = _block(node) if node.kind == "call_expression" else None
        if block is not None and len(within.names) < _DEEP:
            if not block.group:
                yield block, node.line, within
            within = _Within((*within.names, block.name), within.skipped or block.skipped)
        waiting += ((child, within) for child in reversed(node.children) if child.named)


def _block(call: Node) -> _Block | None:
    function, arguments = call.child("function"), call.child("arguments")
    if function is None or arguments is None or not arguments.parts:
        return None
    if function.kind == "call_expression":  # it.each([...])("name", ...)
        function = function.child("function") or function
    name = function.short
    group, test = _GROUP.fullmatch(name), _TEST.fullmatch(name)
    found = group or test
    label = arguments.parts[0]
    if found is None or label.kind not in {"string", "template_string"}:
        return None
    rest = arguments.parts[1:]
    body = next((part.child("body") for part in rest if part.kind in _FUNCTIONS), None)
    options = [part.short for part in rest if part.kind == "object"]
    skipped = (
        found[1] == "x"
        or _SKIPPED.search(found[3]) is not None
        or any(_OPTION.search(option) is not None for option in options)
    )
    return _Block(label.text[1:-1], body, skipped, group=group is not None)


def _skips_itself(body: Node) -> bool:
    return any(_SKIPS.fullmatch(name) for part in body.parts if (name := _statement(part)))


def _statement(node: Node) -> str:
    """What a statement that is a call calls."""
    inner = node.parts[0] if node.kind == "expression_statement" and node.parts else None
    function = inner.child("function") if inner is not None else None
    return function.short if function is not None else ""


def scan(body: Node, booleans: frozenset[str] = frozenset()) -> Scan:
    """The assertions below it, without those of tests within, and what it calls."""
    checks: list[tuple[Check, bool]] = []
    calls: list[Call] = []
    ignored_until = 0
    for node in body.walk(without=_is_test):
        ignored = node.start < ignored_until
        if node.kind == "try_statement":
            inner = node.child("body")
            if inner is not None and _ignores(node):
                ignored_until = max(ignored_until, inner.end)
        elif node.kind == "throw_statement" and _within_if(node):
            checks.append((Check.VALUE, ignored))
        elif node.kind == "call_expression":
            check = _check(node)
            if check is Check.TRUTH and (_asked(node) or ("",))[0] in booleans:
                check = Check.VALUE
            if check is not None:
                checks.append((check, ignored))
            else:
                calls.append(_call(node, ignored=ignored))
    return Scan(tuple(checks), tuple(calls))


def _asked(call: Node) -> tuple[str, bool] | None:
    arguments = call.child("arguments")
    plain = _name(call) in {"assert", "assert.ok"} and arguments is not None
    return asked(arguments.parts[0]) if plain and arguments and arguments.parts else None


def _is_test(node: Node) -> bool:
    return node.kind == "call_expression" and _block(node) is not None


def _within_if(node: Node) -> bool:
    return any(up.kind == "if_statement" for up in node.ancestors())


def _call(node: Node, *, ignored: bool) -> Call:
    function = node.child("function")
    name = function.short.removeprefix("this.") if function is not None else ""
    parent = node.parent
    alone = parent is not None and parent.kind in {"expression_statement", "await_expression"}
    checked = name == "expect" or name.startswith(("expect.", "assert."))
    return Call("" if checked else name, ignored, alone)


def _check(call: Node) -> Check | None:
    function, arguments = call.child("function"), call.child("arguments")
    if function is None or arguments is None:
        return None
    if function.kind == "identifier" and function.text == "expect":
        subject = arguments.parts[0] if arguments.parts else arguments
        return expected(subject, *_chain(call))
    return asserted(function.short, arguments.parts) or _spoken(function)


def _spoken(function: Node) -> Check | None:
    """Of ``request(...).expect(200)`` and ``assert.fail()``."""
    last = function.child("property")
    within = function.kind == "member_expression" and last is not None and last.text == "expect"
    return Check.VALUE if within else None


def _chain(call: Node) -> tuple[list[str], list[Node]]:
    """The words after ``expect(...)``, and the last call's arguments."""
    words: list[str] = []
    arguments: list[Node] = []
    below = call
    for up in call.ancestors():
        if up.kind == "member_expression" and below.field == "object":
            last = up.child("property")
            words.append(last.text if last is not None else "")
        elif up.kind == "call_expression" and below.field == "function":
            holder = up.child("arguments")
            arguments = holder.parts if holder is not None else []
        else:
            break
        below = up
    return words, arguments


def _ignores(statement: Node) -> bool:
    """Whether a ``catch`` forgets an assertion that failed."""
    handler = statement.child("handler")
    if handler is None:
        return False
    return not any(
        node.kind == "throw_statement"
        or (node.kind == "call_expression" and _FAILS.search(_name(node)) is not None)
        for node in handler.walk()
    )


def _name(call: Node) -> str:
    function = call.child("function")
    return function.short if function is not None else ""
