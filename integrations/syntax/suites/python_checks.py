"""What one Python assertion looks at."""

import builtins
import re
from collections.abc import Callable, Mapping

from integrations.syntax.suites.python_mirror import mirrors
from integrations.syntax.suites.scan import strongest, weakest
from integrations.syntax.suites.words import is_yes_or_no, leaves_open, says_yes_or_no
from integrations.syntax.tree import Node, written_alike
from worker.domain.source import Check

Names = Mapping[str, Node]
"""What was last assigned to a name."""

_DEEP = 12
_BUILTINS = frozenset(dir(builtins)) - {"open", "input", "eval", "exec", "print"}
_KINDS = frozenset({"isinstance", "issubclass", "callable", "hasattr"})
_COLLECTIONS = frozenset({"set", "list", "tuple"})
_MAKERS = frozenset({"set", "list", "tuple", "frozenset", "sorted", "get_args", "iter"})
_FIXED_NAME = re.compile(r"_*[A-Z]\w*")
_CONSTANT = {"integer", "float", "string", "true", "false", "none", "ellipsis"}
_NOTHING = frozenset({"0", '""', "''", "[]", "{}", "()", "None", "set()"})


def classify(expression: Node, names: Names, depth: int = 0) -> Check:
    """Of ``assert EXPRESSION``."""
    node = expression
    while node.kind in _WRAPPERS and node.parts:
        node = node.child("value") or node.child("argument") or node.parts[-1]
    if depth > _DEEP:
        return Check.VALUE
    if _without_names(node):
        return Check.CONSTANT
    look = _LOOKS.get(node.kind)
    if look is not None:
        return look(node, names, depth)
    if node.kind in {"tuple", "lambda"} and node.parts:
        return Check.CONSTANT
    return Check.TRUTH if node.kind in {"subscript", "await"} else Check.VALUE


def _named(node: Node, names: Names, depth: int) -> Check:
    if node.kind == "identifier" and node.text in names:
        return _by_assignment(node, names, depth)
    return Check.VALUE if is_yes_or_no(node.short) else Check.TRUTH


_WRAPPERS = frozenset({"parenthesized_expression", "not_operator", "named_expression", "await"})


def _without_names(node: Node) -> bool:
    return not any(part.kind == "identifier" and part.text not in _BUILTINS for part in node.walk())


def _joined(node: Node, names: Names, depth: int) -> Check:
    parts = [classify(part, names, depth + 1) for part in node.parts]
    operator = node.child("operator")
    if operator is not None and operator.kind == "and":
        return strongest(parts)
    equal = all(p.kind == "comparison_operator" and _operators(p) == ["=="] for p in node.parts)
    return Check.MEMBERSHIP if equal and _one_side(node) else weakest(parts)


def _one_side(node: Node) -> bool:
    return len({part.parts[0].short for part in node.parts}) == 1


def _operators(node: Node) -> list[str]:
    return [child.kind for child in node.children if child.field == "operators"]


def _by_assignment(node: Node, names: Names, depth: int) -> Check:
    value = names[node.text]
    if is_yes_or_no(node.text) or value.kind in {"comparison_operator", "true", "false"}:
        return Check.VALUE
    if value.kind == "call" and says_yes_or_no(called(value)):
        return classify(value, {}, depth + 1)
    return Check.TRUTH


def _compared(node: Node, names: Names, _depth: int) -> Check:
    operators, sides = _operators(node), node.parts
    if _between(operators, sides):
        return Check.TRUTH
    if len(operators) != 1 or len(sides) != len(operators) + 1:
        return Check.VALUE
    left, right, operator = sides[0], sides[1], operators[0]
    if operator in {"in", "not in"}:
        return membership(left, right, names)
    mirrored = operator in {"==", "is"} and any(
        mirrors(one, names) and not _without_names(other) and not mirrors(other, names)
        for one, other in ((left, right), (right, left))
    )
    return Check.MIRROR if mirrored else equality(left, right, operator)


def equality(left: Node, right: Node, operator: str = "==") -> Check:
    """Of what is compared by ``==``, ``is``, or by order."""
    if written_alike(left, right) or (_without_names(left) and _without_names(right)):
        return Check.CONSTANT
    if left.kind == "call" and called(left) == "type" and len(_arguments(left)) == 1:
        return Check.TYPE
    if operator in {"is not", "!="} and "none" in {left.kind, right.kind}:
        return Check.TYPE
    if operator == "!=" and right.short in _NOTHING:
        return Check.TRUTH
    if left.kind == "call" and called(left) == "len":
        length = _length(right.short, operator)
        if length is not Check.VALUE:
            return length
    return Check.BOUND if leaves_open(left.short, operator, right.short) else Check.VALUE


def _between(operators: list[str], sides: list[Node]) -> bool:
    """``0 < total < 100``."""
    if len(operators) != 2 or len(sides) != len(operators) + 1:  # noqa: PLR2004 - a chain
        return False
    low, subject, high = (side.short for side in sides)
    return leaves_open(subject, operators[0], low) and leaves_open(subject, operators[1], high)


def _length(expected: str, operator: str) -> Check:
    if (operator, expected) == (">=", "0"):
        return Check.CONSTANT
    any_length = (operator, expected) in {(">", "0"), (">=", "1"), ("!=", "0")}
    return Check.TRUTH if any_length else Check.VALUE


def membership(left: Node, right: Node, names: Names) -> Check:
    """Of ``LEFT in RIGHT``: a fixed container says little about what is looked for in it."""
    container = names.get(right.text, right) if right.kind == "identifier" else right
    if container.kind == "import_from_statement":
        container = right
    if left.kind in _CONSTANT:
        return Check.CONSTANT if _without_names(container) else Check.VALUE
    if container.kind in _COLLECTIONS:
        return Check.VALUE if len(container.parts) == 1 else Check.MEMBERSHIP
    return Check.MEMBERSHIP if _fixed(container) else Check.VALUE


def _fixed(node: Node) -> bool:
    """Whether it is the same whatever the code does: an enum, a constant, what they are made of."""
    for _ in range(_DEEP):
        if node.kind == "call" and called(node).rpartition(".")[2] in _MAKERS:
            arguments = _arguments(node)
            if not arguments or called(node).endswith("get_args"):
                return True
            node = arguments[0]
        elif node.kind.endswith("_comprehension"):
            clause = next((part for part in node.parts if part.kind == "for_in_clause"), None)
            source = clause.child("right") if clause is not None else None
            if source is None:
                return False
            node = source
        else:
            break
    if node.kind in _COLLECTIONS | {"dictionary"}:
        return _without_names(node) or all(_fixed(p) for p in node.parts[:_DEEP] if p.children)
    last = node.short.removesuffix(".__members__").rpartition(".")[2]
    return node.kind in {"identifier", "attribute"} and _FIXED_NAME.fullmatch(last) is not None


def _called(node: Node, names: Names, depth: int) -> Check:
    name, arguments = called(node), _arguments(node)
    last = name.rpartition(".")[2]
    if name in _KINDS:
        return Check.TYPE
    if name in {"all", "any"} and arguments:
        inner = arguments[0]
        body = inner.child("body") if inner.kind != "list" else None
        check = classify(body, names, depth + 1) if body is not None else Check.VALUE
        return Check.VALUE if check is Check.BOUND else check
    if name == "bool" and arguments:
        return classify(arguments[0], names, depth + 1)
    return Check.VALUE if says_yes_or_no(last) else Check.TRUTH


def called(call: Node) -> str:
    """The name of what is called, as it is written."""
    function = call.child("function")
    return function.short if function is not None else ""


def _arguments(call: Node) -> list[Node]:
    arguments = call.child("arguments")
    if arguments is None:
        return []
    return arguments.parts if arguments.kind == "argument_list" else [arguments]


_LOOKS: Mapping[str, Callable[[Node, Names, int], Check]] = {
    "boolean_operator": _joined,
    "comparison_operator": _compared,
    "call": _called,
    "identifier": _named,
    "attribute": _named,
}
