"""JavaScript's and TypeScript's table of mutations."""

import re
from collections.abc import Mapping

from integrations.syntax.mutation.table import Branch, Swaps, Table
from integrations.syntax.mutation.wording import logs, tidies
from integrations.syntax.tree import Node

_COMPARED: Swaps = {
    "<": ("comparison", "<="),
    "<=": ("comparison", "<"),
    ">": ("comparison", ">="),
    ">=": ("comparison", ">"),
    "==": ("comparison", "!="),
    "!=": ("comparison", "=="),
    "===": ("comparison", "!=="),
    "!==": ("comparison", "==="),
}
_LOGIC: Swaps = {"&&": ("logic", "||"), "||": ("logic", "&&"), "??": ("logic", "&&")}
_COUNTED: Swaps = {
    name: ("arithmetic", other)
    for name, other in {
        "+": "-",
        "-": "+",
        "*": "/",
        "/": "*",
        "%": "*",
        "**": "*",
        "<<": ">>",
        ">>": "<<",
        "&": "|",
        "|": "&",
        "^": "&",
    }.items()
}
_SWAPS: Mapping[str, Swaps] = {
    "binary_expression": {**_COMPARED, **_LOGIC, **_COUNTED},
    "augmented_assignment_expression": {
        f"{name}=": (kind, f"{other}=") for name, (kind, other) in _COUNTED.items()
    },
}
_PRUNED = frozenset(
    {
        *("comment", "import_statement", "type_annotation", "type_arguments", "type_parameters"),
        *("interface_declaration", "type_alias_declaration", "enum_declaration", "decorator"),
        *("ambient_declaration", "literal_type", "union_type", "jsx_attribute", "as_const"),
        "regex",
    }
)
_ENTRY = re.compile(r"require\.main|import\.meta\.main|NODE_ENV|__DEV__")
_CACHE = re.compile(r"cache|memo", re.IGNORECASE)
_UNTOLD_CALLS = re.compile(r"(^|\.)(require|import|setTimeout|setInterval|exit|Symbol)$")
_LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
_BRANCHES = _LOOPS | {"if_statement", "ternary_expression"}
_ENDLESS = frozenset({"for_statement", "while_statement", "do_statement"})
_NESTING = frozenset({"statement_block", "switch_case", "switch_default", "program"})


def _branch(node: Node) -> Branch | None:
    if node.kind not in _BRANCHES or (condition := node.child("condition")) is None:
        return None
    if condition.kind == "parenthesized_expression" and condition.parts:
        condition = condition.parts[0]
    if not condition.named or condition.kind == "empty_statement":
        return None
    body = node.child("consequence") if node.kind == "if_statement" else node.child("body")
    return Branch(condition, body, loop=node.kind in _LOOPS)


def _drops_not(node: Node) -> Node | None:
    operator = node.child("operator") if node.kind == "unary_expression" else None
    argument = node.child("argument")
    if operator is None or argument is None or operator.kind != "!":
        return None
    twice = argument.kind == "unary_expression"
    within = node.parent is not None and node.parent.kind == "unary_expression"
    return None if twice or within else argument


def _excluded(node: Node) -> bool:
    parent = node.parent
    if node.kind in _PRUNED or (parent is not None and parent.kind == "throw_statement"):
        return True
    if node.kind == "call_expression":
        return logs(called(node)) or _UNTOLD_CALLS.search(called(node)) is not None
    if node.kind == "expression_statement":
        return not node.parts or _untold(node.parts[0]) or _names_an_error(node)
    if node.kind == "if_statement":
        condition = node.child("condition")
        return condition is not None and _ENTRY.search(condition.short) is not None
    return node.kind == "variable_declarator" and _frozen(node)


def _untold(expression: Node) -> bool:
    """Whether this is ``"use strict"``, or a call that only logs."""
    return expression.kind == "string" or (
        expression.kind == "call_expression" and _excluded(expression)
    )


def _names_an_error(statement: Node) -> bool:
    """``this.name = 'BadInput';``, by which no code is to tell errors apart."""
    return statement.parts[0].child("left") is not None and statement.short.startswith(
        "this.name ="
    )


def _frozen(declarator: Node) -> bool:
    value = declarator.child("value")
    return (
        value is not None and value.kind == "call_expression" and called(value) == "Object.freeze"
    )


def called(call: Node) -> str:
    """The name of what is called, as it is written."""
    function = call.child("function") or call.child("constructor")
    return function.short if function is not None else ""


def _removable(node: Node) -> bool:
    if node.kind == "expression_statement":
        return bool(node.parts) and _tells_by_running(node.parts[0])
    if node.kind == "throw_statement":
        return "unreachable" not in node.short.lower()
    return node.kind in {"break_statement", "continue_statement"} and _leaves(node)


def _tells_by_running(expression: Node) -> bool:
    if expression.kind == "await_expression" and expression.parts:
        expression = expression.parts[0]
    if expression.kind == "call_expression":
        return not tidies(called(expression))
    left = expression.child("left")
    if left is None:
        return False
    if expression.kind == "augmented_assignment_expression":
        return _around(expression) not in _ENDLESS
    stored = left.kind in {"member_expression", "subscript_expression"}
    assigns = expression.kind == "assignment_expression"
    return (
        stored and assigns and _CACHE.search(left.short) is None and left.short != "module.exports"
    )


def _around(node: Node) -> str:
    kinds = {*_LOOPS, "switch_statement"}
    return next((up.kind for up in node.ancestors() if up.kind in kinds), "")


def _leaves(node: Node) -> bool:
    """Whether something else happens without a ``break`` or ``continue``."""
    around, holder = _around(node), node.parent
    if holder is None or holder.kind not in _NESTING:
        return around == "for_in_statement"
    if around == "switch_statement" and node.kind == "break_statement":
        return not _last_of_switch(holder)
    before = node.before()
    if before is None:
        return node.kind == "break_statement" and around == "for_in_statement"
    value = before.parts[0].child("right") if before.parts else None
    constant = value is not None and value.kind in {"true", "false"}
    return not constant and around == "for_in_statement"


def _last_of_switch(case: Node) -> bool:
    return case.parent is None or case.parent.parts[-1] is case


def _named_by(node: Node) -> str:
    for up in node.ancestors():
        if up.kind in {"variable_declarator", "pair", "assignment_expression"}:
            name = up.child("name") or up.child("key") or up.child("left")
            return name.short if name is not None else ""
        if up.kind in {"call_expression", "new_expression"}:
            return called(up).rpartition(".")[2]
        if up.kind.endswith("statement") or up.kind == "statement_block":
            return ""
    return ""


TABLE = Table(
    swaps=_SWAPS,
    ends="process.exit(86);",
    ends_if="(({holds}) ? process.exit(86) : ({value}))",
    also="&&",
    branch=_branch,
    negation="!({})",
    false="false",
    drops_not=_drops_not,
    sums=frozenset({"binary_expression"}),
    integers=frozenset({"number"}),
    strings=frozenset({"string", "template_string"}),
    booleans={"true": "false", "false": "true"},
    nulls=frozenset({"null", "undefined"}),
    collections=frozenset({"array", "object"}),
    returns=frozenset({"return_statement"}),
    nothing="null",
    something="1",
    values=frozenset(
        {
            *(("return_statement", "*"), ("binary_expression", "*"), ("pair", "value")),
            *(("ternary_expression", "*"), ("switch_case", "value"), ("arrow_function", "body")),
        }
    ),
    removable=_removable,
    empty=";",
    excluded=_excluded,
    named_by=_named_by,
    settings=frozenset(
        {
            *(("required_parameter", "value"), ("optional_parameter", "value")),
            *(("assignment_pattern", "right"), ("object_assignment_pattern", "right")),
        }
    ),
    flags=frozenset({("pair", "value")}),
)
