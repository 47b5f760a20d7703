"""Go's table of mutations. What a function returns is left alone: its types would not hold."""

from collections.abc import Mapping

from integrations.syntax.mutation.table import Branch, Swaps, Table
from integrations.syntax.mutation.wording import logs, tidies
from integrations.syntax.tree import Node

_OPERATORS: Swaps = {
    "<": ("comparison", "<="),
    "<=": ("comparison", "<"),
    ">": ("comparison", ">="),
    ">=": ("comparison", ">"),
    "==": ("comparison", "!="),
    "!=": ("comparison", "=="),
    "&&": ("logic", "||"),
    "||": ("logic", "&&"),
    "+": ("arithmetic", "-"),
    "-": ("arithmetic", "+"),
    "*": ("arithmetic", "/"),
    "/": ("arithmetic", "*"),
    "%": ("arithmetic", "*"),
}
_SWAPS: Mapping[str, Swaps] = {
    "binary_expression": _OPERATORS,
    "assignment_statement": {"+=": ("arithmetic", "-="), "-=": ("arithmetic", "+=")},
}
_PRUNED = frozenset(
    {
        *("comment", "import_declaration", "package_clause", "type_declaration", "parameter_list"),
        *("array_type", "defer_statement", "go_statement"),
    }
)
_ERRORS = frozenset({"errors.New", "fmt.Errorf", "panic"})


def _branch(node: Node) -> Branch | None:
    if node.kind not in {"if_statement", "for_clause"}:
        return None
    condition = node.child("condition")
    if condition is None:
        return None
    return Branch(condition, node.child("consequence"), loop=node.kind == "for_clause")


def _drops_not(node: Node) -> Node | None:
    operator = node.child("operator") if node.kind == "unary_expression" else None
    return node.child("operand") if operator is not None and operator.kind == "!" else None


def _excluded(node: Node) -> bool:
    if node.kind in _PRUNED:
        return True
    call = node
    if node.kind == "expression_statement" and node.parts:
        call = node.parts[0]
    if call.kind != "call_expression":
        return False
    return logs(_called(call)) or _called(call) in _ERRORS


def _called(call: Node) -> str:
    function = call.child("function")
    return function.short if function is not None else ""


def _removable(node: Node) -> bool:
    if node.kind == "expression_statement" and node.parts:
        call = node.parts[0]
        return call.kind == "call_expression" and not tidies(_called(call))
    left = node.child("left") if node.kind == "assignment_statement" else None
    return (
        left is not None
        and len(left.parts) == 1
        and left.parts[0].kind in {"selector_expression", "index_expression"}
    )


def _named_by(node: Node) -> str:
    for up in node.ancestors():
        if up.kind in {"const_spec", "var_spec", "short_var_declaration", "assignment_statement"}:
            name = up.child("name") or up.child("left")
            return name.short if name is not None else ""
        if up.kind == "call_expression":
            return _called(up).rpartition(".")[2]
        if up.kind in {"block", "statement_list"}:
            return ""
    return ""


TABLE = Table(
    swaps=_SWAPS,
    ends='panic("reached")',
    ends_if='func() bool {{ if {holds} {{ panic("reached") }}; return {value} }}()',
    also="&&",
    branch=_branch,
    negation="!({})",
    false="false",
    drops_not=_drops_not,
    sums=frozenset({"binary_expression"}),
    integers=frozenset({"int_literal", "float_literal"}),
    strings=frozenset({"interpreted_string_literal", "raw_string_literal"}),
    booleans={"true": "false", "false": "true"},
    nulls=frozenset({"nil"}),
    collections=frozenset({"composite_literal"}),
    returns=frozenset({"return_statement"}),
    nothing=None,
    something="",
    values=frozenset(
        {
            *(("expression_list", "*"), ("binary_expression", "*"), ("literal_element", "*")),
            ("expression_case", "value"),
        }
    ),
    removable=_removable,
    empty="",
    excluded=_excluded,
    named_by=_named_by,
)
