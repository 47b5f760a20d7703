"""Python's table of mutations."""

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
    "in": ("comparison", "not in"),
    "not in": ("comparison", "in"),
    "is": ("comparison", "is not"),
    "is not": ("comparison", "is"),
}
_SUMS = {"+": "-", "-": "+", "*": "//", "/": "*", "//": "*", "%": "*", "**": "*"}
_BITS = {"<<": ">>", ">>": "<<", "&": "|", "|": "&", "^": "&"}
_COUNTED: Swaps = {name: ("arithmetic", other) for name, other in {**_SUMS, **_BITS}.items()}
_ADDED: Swaps = {f"{name}=": (kind, f"{other}=") for name, (kind, other) in _COUNTED.items()}
_SWAPS: Mapping[str, Swaps] = {
    "comparison_operator": _COMPARED,
    "binary_operator": _COUNTED,
    "augmented_assignment": _ADDED,
    "boolean_operator": {"and": ("logic", "or"), "or": ("logic", "and")},
}
_PRUNED = frozenset(
    {
        *("comment", "import_statement", "import_from_statement", "future_import_statement"),
        *("decorator", "type", "type_alias_statement", "assert_statement", "format_specifier"),
    }
)
_ENVIRONMENT = re.compile(r"TYPE_CHECKING|__name__\b|sys\.version_info|sys\.platform|\bdebug\b")
_DUNDER = re.compile(r"__\w+__")
_TRIVIAL = frozenset({"__repr__", "__hash__", "__del__", "__str__"})
_UNREACHED = re.compile(r"raise (AssertionError|NotImplementedError)\b|raise$")
_CACHE = re.compile(r"cache|memo", re.IGNORECASE)
_FIXED_CLASSES = re.compile(r"\b(\w*Enum|\w*Flag|TypedDict|Protocol|\w*Choices)\b")
_UNTOLD_CALLS = re.compile(r"(^|\.)(cast|TypeVar|ParamSpec|NewType|getLogger|sleep|exit)$")
_LOOPS = frozenset({"for_statement", "while_statement"})


def _branch(node: Node) -> Branch | None:
    if node.kind in {"if_statement", "elif_clause", "while_statement"}:
        condition, body = node.child("condition"), node.child("consequence") or node.child("body")
        loop = node.kind == "while_statement"
        return Branch(condition, body, loop=loop) if condition is not None else None
    if node.kind == "conditional_expression":
        return Branch(node.parts[1])
    if node.kind == "if_clause" and node.parts:
        return Branch(node.parts[0])
    return None


def _drops_not(node: Node) -> Node | None:
    return node.child("argument") if node.kind == "not_operator" else None


def _excluded(node: Node) -> bool:
    parent = node.parent
    if node.kind in _PRUNED or (parent is not None and parent.kind == "raise_statement"):
        return True
    check = _EXCLUSIONS.get(node.kind)
    return check is not None and check(node)


def _untold_statement(node: Node) -> bool:
    first = node.parts[0] if node.parts else None
    if first is None or first.kind in {"string", "concatenated_string", "ellipsis"}:
        return True
    if first.kind == "call":
        return _untold_call(first)
    if first.kind != "assignment":
        return False
    left = first.child("left")
    if left is not None and _DUNDER.fullmatch(left.short) is not None:
        return True
    return _declares_field(node, first)


def _declares_field(node: Node, assignment: Node) -> bool:
    """Whether this is a member of an enum, or the default of a dataclass's field."""
    block = node.parent
    holder = block.parent if block is not None else None
    if holder is None or holder.kind != "class_definition":
        return False
    bases = holder.child("superclasses")
    fixed = bases is not None and _FIXED_CLASSES.search(bases.short) is not None
    return fixed or assignment.child("type") is not None


def _untold_call(node: Node) -> bool:
    name = called(node)
    return logs(name) or _UNTOLD_CALLS.search(name) is not None or name == "super"


def _untold_function(node: Node) -> bool:
    name, body = node.child("name"), node.child("body")
    if name is None or name.text not in _TRIVIAL:
        return False
    return name.text != "__str__" or (body is not None and len(body.parts) == 1)


def _for_the_environment(node: Node) -> bool:
    condition = node.child("condition")
    return condition is not None and _ENVIRONMENT.search(condition.short) is not None


_EXCLUSIONS = {
    "expression_statement": _untold_statement,
    "call": _untold_call,
    "function_definition": _untold_function,
    "if_statement": _for_the_environment,
}


def called(call: Node) -> str:
    """The name of what is called, as it is written."""
    function = call.child("function")
    return function.short if function is not None else ""


def _removable(node: Node) -> bool:
    if node.kind == "expression_statement":
        return bool(node.parts) and _tells_by_running(node.parts[0])
    if node.kind == "raise_statement":
        return _UNREACHED.match(node.short) is None or node.short == "raise"
    if node.kind in {"break_statement", "continue_statement"}:
        return _leaves(node)
    return node.kind == "delete_statement" and node.parts[0].kind in {"attribute", "subscript"}


def _tells_by_running(expression: Node) -> bool:
    if expression.kind == "await" and expression.parts:
        expression = expression.parts[0]
    if expression.kind == "call":
        return not tidies(called(expression))
    left = expression.child("left")
    if left is None:
        return False
    if expression.kind == "augmented_assignment":
        return _loop(expression) != "while_statement"
    stored = left.kind in {"attribute", "subscript"} and expression.kind == "assignment"
    return stored and _CACHE.search(left.short) is None


def _loop(node: Node) -> str:
    return next((up.kind for up in node.ancestors() if up.kind in _LOOPS), "")


def _leaves(node: Node) -> bool:
    """Whether something else happens without a ``break`` or ``continue``."""
    before = node.before()
    if before is None:
        only = node.parent.parent if node.parent is not None else None
        return node.kind == "break_statement" or not _last_of_loop(only)
    flag = before.parts[0].child("right") if before.parts else None
    constant = flag is not None and flag.kind in {"true", "false"}
    return not constant and _loop(node) != "while_statement"


def _last_of_loop(node: Node | None) -> bool:
    """Whether nothing of the loop follows this statement."""
    block = node.parent if node is not None else None
    if node is None or block is None:
        return True
    last = block.parts[-1] is node
    return last and block.parent is not None and block.parent.kind in _LOOPS


def _named_by(node: Node) -> str:
    for up in node.ancestors():
        if up.kind in {"keyword_argument", "default_parameter", "typed_default_parameter"}:
            name = up.child("name")
            return name.short if name is not None else ""
        if up.kind in {"assignment", "pair"}:
            name = up.child("left") or up.child("key")
            return name.short if name is not None else ""
        if up.kind == "call":
            return called(up).rpartition(".")[2]
        if up.kind.endswith("statement") or up.kind == "block":
            return ""
    return ""


TABLE = Table(
    swaps=_SWAPS,
    ends='__import__("os")._exit(86)',
    ends_if='(__import__("os")._exit(86) if {holds} else {value})',
    also="and",
    branch=_branch,
    negation="not ({})",
    false="False",
    drops_not=_drops_not,
    sums=frozenset({"binary_operator"}),
    integers=frozenset({"integer", "float"}),
    strings=frozenset({"string"}),
    booleans={"true": "False", "false": "True"},
    nulls=frozenset({"none"}),
    collections=frozenset({"list", "tuple", "dictionary"}),
    returns=frozenset({"return_statement"}),
    nothing="None",
    something="1",
    values=frozenset(
        {
            *(("return_statement", "*"), ("comparison_operator", "*"), ("pair", "value")),
            *(("conditional_expression", "*"), ("yield", "*"), ("case_pattern", "*")),
        }
    ),
    removable=_removable,
    empty="pass",
    excluded=_excluded,
    named_by=_named_by,
    settings=frozenset({("default_parameter", "value"), ("typed_default_parameter", "value")}),
    flags=frozenset({("keyword_argument", "value")}),
)
