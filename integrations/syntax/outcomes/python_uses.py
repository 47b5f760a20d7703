"""Where Python code mentions the members of a set, and what it does with them there."""

import re
from collections.abc import Iterator, Sequence

from integrations.syntax.files import Files
from integrations.syntax.outcomes.sets import Declared, Role
from integrations.syntax.tree import Node

Mention = tuple[str | None, Role]

_TRANSPARENT = frozenset({"frozenset", "set", "tuple", "list", "sorted", "iter"})
_ASKING = frozenset({"isinstance", "issubclass", "len", "get_args", "type", "count", "index"})
_COLLECTIONS = frozenset({"set", "list", "tuple", "dictionary"})
_READ_FROM_OUTSIDE = re.compile(r"\b(BaseModel|BaseSettings|TypedDict|Struct|Schema|Serializer)\b")
_ASKED = frozenset(
    {
        *("comparison_operator", "case_pattern", "type", "decorator", "default_parameter"),
        *(
            "typed_default_parameter",
            "assert_statement",
            "import_from_statement",
            "import_statement",
        ),
        *("expression_statement", "delete_statement", "except_clause", "class_definition"),
    }
)
_ROLES = {
    **dict.fromkeys(("return_statement", "yield", "lambda", "raise_statement"), Role.GIVEN),
    **dict.fromkeys(("assignment", "augmented_assignment", "named_expression"), Role.GIVEN),
    **dict.fromkeys(("for_statement", "for_in_clause"), Role.PASSED),
}
_KEYS = frozenset({("pair", "key"), ("subscript", "subscript")})
_DECIDING = frozenset({"condition", "subject", "guard"})


def enum_mentions(
    declared: Declared, trees: Sequence[Node], files: Files, dead: set[Node]
) -> Iterator[Mention]:
    """Of an enum's members; and of the class, where any of them may come from it."""
    asked = Role.PASSED if any(_goes_on(declared.name, tree) for tree in trees) else Role.ASKED
    for tree in trees:
        names = {declared.name, *_aliases(tree, declared.name)}
        for node in tree.walk(
            without=lambda node: node.kind in {"import_from_statement", "comment"}
        ):
            if node.kind == "attribute":
                member = _member(node, names, declared)
                if member is not None and not _is_dead(node, dead):
                    found = role(node, files)
                    yield member, asked if found is Role.ASKED else found
            elif node.kind == "identifier" and node.text in names:
                yield from _of_class(node, files)


def _goes_on(name: str, tree: Node) -> bool:
    """Whether a function takes one of the set and gives the next: the first comes from outside."""
    typed = re.compile(rf": ?\"?(\w+\.)*{re.escape(name)}\b")
    return any(
        node.kind == "function_definition"
        and (given := node.child("return_type")) is not None
        and given.short.strip("\"'").rpartition(".")[2] == name
        and (parameters := node.child("parameters")) is not None
        and typed.search(parameters.short) is not None
        for node in tree.walk()
    )


def _aliases(tree: Node, name: str) -> set[str]:
    return {
        alias.text
        for node in tree.walk()
        if node.kind == "aliased_import"
        and (alias := node.child("alias")) is not None
        and node.parts[0].short.rpartition(".")[2] == name
    }


def _member(node: Node, names: set[str], declared: Declared) -> str | None:
    holder, last = node.child("object"), node.child("attribute")
    if holder is None or last is None or last.text not in declared.members:
        return None
    inside = any(up is declared.node for up in node.ancestors())
    own = {"cls", "self"} if inside else set()
    return last.text if holder.short.rpartition(".")[2] in names | own else None


def _of_class(node: Node, files: Files) -> Iterator[Mention]:
    parent = node.parent
    if parent is None or node.field in {"name", "attribute"}:
        return
    if parent.kind in {"type", "binary_operator"}:
        if _comes_from_outside(node):
            yield None, Role.PASSED
    elif _iterated(parent, node):
        yield None, Role.PASSED
    elif parent.kind not in {"attribute", "call", "subscript"} or _any_of(parent, node):
        yield None, role(node if parent.kind != "attribute" else parent, files)


def _any_of(parent: Node, node: Node) -> bool:
    """Whether ``Verdict(value)``, ``Verdict[name]``, ``Verdict.__members__`` can be any member."""
    if parent.kind == "attribute":
        last = parent.child("attribute")
        return node.field == "object" and last is not None and last.text.startswith("_")
    return parent.kind == "call" or parent.parts[-1].kind != "string"


def _iterated(parent: Node, node: Node) -> bool:
    return (
        parent.kind in {"for_in_clause", "for_statement"}
        and node.field == "right"
        and not any(up.kind == "comparison_operator" for up in parent.ancestors())
    )


def _comes_from_outside(node: Node) -> bool:
    """Whether the annotated value is read from what others send: by a framework, or a schema."""
    for up in node.ancestors():
        if up.kind == "function_definition":
            within = any(part.kind == "parameters" for part in node.ancestors())
            decorated = up.parent is not None and up.parent.kind == "decorated_definition"
            return within and decorated and "@staticmethod" not in (up.parent or up).short
        if up.kind == "class_definition":
            bases = up.child("superclasses")
            return bases is not None and _READ_FROM_OUTSIDE.search(bases.short) is not None
    return False


def literal_mentions(
    declared: Declared, trees: Sequence[Node], files: Files, dead: set[Node]
) -> Iterator[Mention]:
    """Of the texts that a ``Literal`` allows; nothing where it is no type of what is given back."""
    if not any(_gives(declared, node) for tree in trees for node in tree.walk()):
        return
    for tree in trees:
        for node in tree.walk():
            if node.kind == "string" and node.text[1:-1] in declared.members:
                if not _is_dead(node, dead):
                    yield node.text[1:-1], role(node, files)
            elif _may_be_any(node, declared):
                yield None, Role.PASSED


def _may_be_any(node: Node, declared: Declared) -> bool:
    if node.kind == "call":
        return _casts(node, declared.name)
    return node.kind == "function_definition" and _passes_on(node, declared)


def _gives(declared: Declared, node: Node) -> bool:
    """Whether a function returns it, or a class keeps it."""
    if node is declared.node:
        return node.field == "return_type"
    if node.kind != "type":
        return False
    word = re.search(rf"\b{re.escape(declared.name)}\b", node.short) is not None
    holder = node.parent
    kept = holder is not None and holder.kind == "assignment"
    return word and (node.field == "return_type" or kept)


def _casts(call: Node, name: str) -> bool:
    function, arguments = call.child("function"), call.child("arguments")
    if function is None or arguments is None or not arguments.parts:
        return False
    return (
        function.short.rpartition(".")[2] in {"cast", "TypeAdapter", "choice"}
        and name in arguments.parts[0].short
    )


def _passes_on(function: Node, declared: Declared) -> bool:
    """Whether a function that gives one of the set gives back what it was given."""
    given, body = function.child("return_type"), function.child("body")
    named = given is declared.node or (given is not None and given.short == declared.name)
    parameters = function.child("parameters")
    if not named or body is None or parameters is None:
        return False
    known = {node.text for node in parameters.walk() if node.kind == "identifier"}
    returned = (n.parts[0] for n in body.walk() if n.kind == "return_statement" and n.parts)
    return any(
        value.kind == "subscript" or (value.kind == "identifier" and value.text in known)
        for value in returned
    )


def role(node: Node, files: Files) -> Role:
    """What is done with the value of this expression."""
    below, collected = node, False
    for up in node.ancestors():
        if _asks(up, below):
            return Role.ASKED
        found = _ROLES.get(up.kind)
        if up.kind == "call":
            found = _argument(up)
        elif collected and up.kind == "assignment":
            found = _assigned(up, files)
        if found is not None:
            return found
        collected = collected or up.kind in _COLLECTIONS
        below = up
    return Role.ASKED


def _asks(up: Node, below: Node) -> bool:
    if up.kind in _ASKED or (up.kind, below.field) in _KEYS or below.field in _DECIDING:
        return True
    return up.kind in {"conditional_expression", "if_clause"} and below in _condition(up)


def _condition(node: Node) -> list[Node]:
    return node.parts[1:2] if node.kind == "conditional_expression" else node.parts[:1]


def _argument(call: Node) -> Role | None:
    function = call.child("function")
    last = function.short.rpartition(".")[2] if function is not None else ""
    if last in _TRANSPARENT:
        return None
    if last in _ASKING:
        return Role.ASKED
    return Role.GIVEN if last.lstrip("_")[:1].isupper() or last == "append" else Role.PASSED


def _assigned(assignment: Node, files: Files) -> Role:
    """A collection that has a name, and is only ever asked whether it holds something."""
    left = assignment.child("left")
    if left is None or left.kind != "identifier":
        return Role.GIVEN
    uses = (use for use in files.uses(left.text) if use.field != "left" and not _imported(use))
    asked = all(_container(use) for use in uses)
    return Role.ASKED if asked else Role.GIVEN


def _imported(use: Node) -> bool:
    return any("import" in up.kind for up in use.ancestors())


def _container(use: Node) -> bool:
    node = use
    if use.field == "attribute" and use.parent is not None:
        node = use.parent
    parent = node.parent
    return parent is not None and parent.kind == "comparison_operator" and parent.parts[-1] is node


def _is_dead(node: Node, dead: set[Node]) -> bool:
    return bool(dead) and any(up in dead for up in node.ancestors())
