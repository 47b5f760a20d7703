"""What one JavaScript assertion looks at: node:assert, jest, vitest and chai."""

import re
from collections.abc import Callable, Mapping

from integrations.syntax.suites.scan import strongest, weakest
from integrations.syntax.suites.words import is_yes_or_no, leaves_open, says_yes_or_no
from integrations.syntax.tree import Node, written_alike
from worker.domain.source import Check

_DEEP = 12
_GLOBALS = frozenset({"undefined", "NaN", "Infinity", "Number", "String", "Boolean", "Math"})
_CONSTANTS = frozenset({"string", "number", "true", "false", "null", "undefined"})
_ASSERT = re.compile(r"(assert|t|tap)(\.strict)?(\.not)?\.(\w+)")
_RAISES = frozenset({"throws", "rejects", "throwsAsync"})
_TRUTH = frozenset({"doesNotThrow", "doesNotReject", "notThrows", "notThrowsAsync"})
_OK = frozenset({"ok", "isOk", "isTrue", "isFalse", "truthy", "falsy", "notOk", "true", "false"})
_TYPES = frozenset(
    {
        *("isDefined", "exists", "isObject", "isFunction", "isString", "isNumber"),
        *("instanceOf", "isArray", "typeOf", "isNotNull", "isBoolean"),
    }
)
_ASSERTED = {
    **dict.fromkeys(_TYPES, Check.TYPE),
    **dict.fromkeys(_RAISES, Check.RAISES),
    **dict.fromkeys(_TRUTH, Check.TRUTH),
}
_TWO_SIDES = re.compile(
    r"(not)?(deep|strict|loose)?(strict)?equal|is|deepequal|same", re.IGNORECASE
)
_NO_CHECKS = frozenset(
    {
        *("plan", "end", "test", "teardown", "skip", "todo", "diagnostic", "mock", "before"),
        *("after", "beforeEach", "afterEach", "context", "log", "pass", "comment", "timeout"),
        *("runOnly", "name", "signal", "fullName", "timeoutAfter", "step"),
    }
)
_MATCHERS = {
    **dict.fromkeys(("toBeDefined", "toBeInstanceOf", "toBeTypeOf", "toBeFunction"), Check.TYPE),
    **dict.fromkeys(("instanceOf", "instanceof", "a", "an", "exist"), Check.TYPE),
    **dict.fromkeys(("toBeTruthy", "toBeFalsy", "ok", "toHaveBeenCalled"), Check.TRUTH),
    **dict.fromkeys(("toBeCalled", "toHaveBeenCalledOnce", "toHaveReturned"), Check.TRUTH),
    **dict.fromkeys(("toThrow", "toThrowError", "throw", "throws", "rejected"), Check.RAISES),
    **dict.fromkeys(("toThrowErrorMatchingSnapshot", "rejectedWith"), Check.RAISES),
    **dict.fromkeys(("toBeOneOf", "oneOf"), Check.MEMBERSHIP),
}
_ORDERS = {
    "toBeGreaterThan": ">",
    "toBeGreaterThanOrEqual": ">=",
    "toBeLessThan": "<",
    "toBeLessThanOrEqual": "<=",
}
_CONTAINING = frozenset({"toContain", "toContainEqual", "include", "includes", "contain"})
_ABSENT = frozenset({"toBeNull", "toBeUndefined", "null", "undefined", "toBeNil"})


def asserted(name: str, arguments: list[Node]) -> Check | None:
    """Of ``assert.NAME(...)`` and ``assert(...)``; None where the call is none of these."""
    if name == "assert":
        return classify(arguments[0]) if arguments else Check.CONSTANT
    found = _ASSERT.fullmatch(name)
    if found is None or found[4] in _NO_CHECKS:
        return None
    last = found[4]
    if last in _OK and arguments:
        return classify(arguments[0])
    if last in _ASSERTED:
        return _ASSERTED[last]
    if len(arguments) > 1 and _TWO_SIDES.fullmatch(last) is not None:
        return equality(arguments[0], arguments[1], negated="not" in last.lower())
    return Check.VALUE


def expected(subject: Node, words: list[str], arguments: list[Node]) -> Check:
    """Of ``expect(SUBJECT).WORDS(ARGUMENTS)``."""
    matcher, negated = words[-1] if words else "", "not" in words[:-1]
    if matcher in _MATCHERS or (matcher in _ABSENT and negated):
        return _matched(matcher, subject, negated=negated)
    if not arguments:
        return _constant_or(Check.VALUE, subject)
    if matcher in _CONTAINING:
        return included(subject, arguments[0])
    if len(arguments) == 1 and (weak := _weak(matcher, subject, arguments[0])) is not None:
        return weak
    return equality(subject, arguments[0], negated=negated)


def _weak(matcher: str, subject: Node, argument: Node) -> Check | None:
    if matcher == "toHaveProperty":
        return Check.TYPE
    if matcher not in _ORDERS:
        return None
    some = matcher == "toBeGreaterThan" and subject.short.endswith(".length")
    if some and argument.short == "0":
        return Check.TRUTH
    return Check.BOUND if leaves_open(subject.short, _ORDERS[matcher], argument.short) else None


def _matched(matcher: str, subject: Node, *, negated: bool) -> Check:
    check = _MATCHERS.get(matcher, Check.TYPE)
    if check is Check.RAISES and negated:
        return Check.TRUTH
    if check is Check.TRUTH and "Called" not in matcher and matcher != "toHaveReturned":
        return classify(subject)
    return _constant_or(check, subject)


def _constant_or(check: Check, subject: Node) -> Check:
    constant = subject.kind not in {"arrow_function", "function_expression"}
    return Check.CONSTANT if constant and _without_names(subject) else check


def included(container: Node, item: Node) -> Check:
    """Of what is looked for in a container."""
    if container.kind == "array" and _without_names(container):
        if _without_names(item):
            return Check.CONSTANT
        return Check.MEMBERSHIP if len(container.parts) > 1 else Check.VALUE
    fixed = container.short.startswith(("Object.values(", "Object.keys(")) or (
        container.kind == "identifier" and container.text.isupper()
    )
    return Check.MEMBERSHIP if fixed and item.kind not in _CONSTANTS else Check.VALUE


def equality(left: Node, right: Node, *, negated: bool = False) -> Check:
    """Of two sides that are compared."""
    if written_alike(left, right) or (_without_names(left) and _without_names(right)):
        return Check.CONSTANT
    if left.kind == "unary_expression" and left.short.startswith("typeof"):
        return Check.TYPE
    if negated and right.kind in {"null", "undefined"}:
        return Check.TYPE
    return Check.VALUE


def _without_names(node: Node) -> bool:
    return not any(
        part.kind in {"identifier", "this"} and part.text not in _GLOBALS for part in node.walk()
    )


def classify(expression: Node, depth: int = 0) -> Check:
    """Of ``assert(EXPRESSION)``."""
    node = expression
    while node.kind in {"parenthesized_expression", "await_expression"} and node.parts:
        node = node.parts[-1]
    if depth > _DEEP:
        return Check.VALUE
    if _without_names(node):
        return Check.CONSTANT
    look = _LOOKS.get(node.kind)
    return look(node, depth) if look is not None else Check.TRUTH


def _unary(node: Node, depth: int) -> Check:
    argument = node.child("argument")
    if argument is None or node.short.startswith("typeof"):
        return Check.TRUTH
    return classify(argument, depth + 1)


def _named(node: Node, _depth: int) -> Check:
    return Check.VALUE if is_yes_or_no(node.short) else Check.TRUTH


def _binary(node: Node, depth: int) -> Check:
    operator = node.child("operator")
    kind, left, right = operator.kind if operator is not None else "", node.parts[0], node.parts[-1]
    if kind == "&&":
        return strongest(classify(part, depth + 1) for part in (left, right))
    if kind == "||":
        return weakest(classify(part, depth + 1) for part in (left, right))
    if kind in {"instanceof", "in"}:
        return Check.TYPE
    if left.short.endswith(".length") and (kind, right.short) in {(">", "0"), (">=", "1")}:
        return Check.TRUTH
    if leaves_open(left.short, kind, right.short):
        return Check.BOUND
    return equality(left, right, negated=kind.startswith("!"))


def _called(node: Node, _depth: int) -> Check:
    function, arguments = node.child("function"), node.child("arguments")
    name = function.short if function is not None else ""
    container = function.child("object") if function is not None else None
    items = arguments.parts if arguments is not None else []
    if name == "Array.isArray":
        return Check.TYPE
    if name.endswith((".includes", ".has")) and container is not None and items:
        return included(_of_set(container), items[0])
    return Check.VALUE if says_yes_or_no(name) else Check.TRUTH


def _of_set(container: Node) -> Node:
    """The array that a ``new Set([...])`` is made of."""
    arguments = container.child("arguments") if container.kind == "new_expression" else None
    return arguments.parts[0] if arguments is not None and arguments.parts else container


_LOOKS: Mapping[str, Callable[[Node, int], Check]] = {
    "unary_expression": _unary,
    "binary_expression": _binary,
    "call_expression": _called,
    "identifier": _named,
    "member_expression": _named,
}
