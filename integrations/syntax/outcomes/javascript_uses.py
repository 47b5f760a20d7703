"""Where JavaScript code mentions the members of a set, and what it does with them there."""

import re
from collections.abc import Iterator, Sequence

from integrations.syntax.files import Files
from integrations.syntax.outcomes.sets import Declared, Role
from integrations.syntax.tree import Node

Mention = tuple[str | None, Role]

_ASKED = frozenset(
    {
        *("type_annotation", "literal_type", "type_arguments", "import_statement", "case"),
        *("expression_statement", "computed_property_name", "export_clause", "type_query"),
        *("required_parameter", "optional_parameter", "assignment_pattern", "throw_statement"),
        *(
            "enum_declaration",
            "interface_declaration",
            "type_alias_declaration",
            "for_in_statement",
        ),
    }
)
_GIVEN = frozenset({"return_statement", "yield_expression", "arrow_function", "field_definition"})
_STORED = frozenset({"variable_declarator", "assignment_expression", "public_field_definition"})
_KEYS = frozenset({("pair", "key"), ("subscript_expression", "index"), ("switch_case", "value")})
_COMPARES = frozenset({"===", "!==", "==", "!=", "in", "instanceof", "<", ">"})
_LOOKING = frozenset({"includes", "has", "indexOf", "length", "size", "some", "every"})
_MAKERS = frozenset({"Set", "Object.values", "Object.freeze", "Array.from", "Object.keys"})


def enum_mentions(
    declared: Declared, trees: Sequence[Node], files: Files, dead: set[Node]
) -> Iterator[Mention]:
    """Of its members; and of the whole, where any of them may come from it."""
    asked = Role.PASSED if any(_goes_on(declared.name, tree) for tree in trees) else Role.ASKED
    for tree in trees:
        names = {declared.name, *_aliases(tree, declared.name)}
        for node in tree.walk(without=lambda node: node is declared.node or _is_import(node)):
            if node.kind != "identifier" or node.text not in names or node.parent is None:
                continue
            parent = node.parent
            if _is_dead(parent, dead):
                continue
            last = parent.child("property") if parent.kind == "member_expression" else None
            if last is not None and node.field == "object":
                if last.text in declared.members:
                    found = role(parent, files)
                    yield last.text, asked if found is Role.ASKED else found
            else:
                yield from _of_whole(node, parent, declared, files)


def _of_whole(node: Node, parent: Node, declared: Declared, files: Files) -> Iterator[Mention]:
    if parent.kind == "subscript_expression" and node.field == "object":
        index = parent.child("index")
        key = index.text[1:-1] if index is not None and index.kind == "string" else None
        if key is None or key in declared.members:
            yield key, role(parent, files)
    elif node.field != "name" and parent.kind not in {"export_specifier", "export_statement"}:
        yield None, role(node, files)


def _goes_on(name: str, tree: Node) -> bool:
    """Whether a function takes one of the set and gives the next: the first comes from outside."""
    return any(
        node.kind == "type_annotation"
        and node.field == "return_type"
        and node.short.strip(": ") == name
        and (parameters := (node.parent or node).child("parameters")) is not None
        and re.search(rf": {re.escape(name)}\b", parameters.short) is not None
        for node in tree.walk()
    )


def _is_import(node: Node) -> bool:
    return node.kind in {"import_statement", "comment"}


def _aliases(tree: Node, name: str) -> set[str]:
    return {
        alias.text
        for node in tree.walk()
        if node.kind == "import_specifier"
        and (alias := node.child("alias")) is not None
        and node.parts[0].text == name
    }


def literal_mentions(
    declared: Declared, trees: Sequence[Node], files: Files, dead: set[Node]
) -> Iterator[Mention]:
    """Of the texts of a union; nothing where it is no type of what is given back."""
    word = re.compile(rf"\b{re.escape(declared.name)}\b")
    if not any(_gives(word, node) for tree in trees for node in tree.walk()):
        return
    for tree in trees:
        for node in tree.walk():
            if node.kind == "string" and node.text[1:-1] in declared.members:
                if not _is_dead(node, dead):
                    yield node.text[1:-1], role(node, files)
            elif node.kind == "as_expression" and _casts(node, word):
                yield None, Role.PASSED


def _casts(node: Node, word: re.Pattern[str]) -> bool:
    value, kind = node.parts[0], node.parts[-1]
    return value.kind != "string" and word.fullmatch(kind.short) is not None


def _gives(word: re.Pattern[str], node: Node) -> bool:
    """Whether a function returns it, or an object has it."""
    if node.kind != "type_annotation" or word.search(node.short) is None:
        return False
    holder = node.parent.kind if node.parent is not None else ""
    return node.field == "return_type" or holder in {
        *("property_signature", "public_field_definition", "variable_declarator"),
    }


def role(node: Node, files: Files) -> Role:
    """What is done with the value of this expression."""
    below, collected = node, False
    for up in node.ancestors():
        if _asks(up, below):
            return Role.ASKED
        if up.kind in _GIVEN:
            return Role.GIVEN
        if up.kind in _STORED:
            return _stored(up, files) if collected else Role.GIVEN
        if up.kind in {"call_expression", "new_expression"}:
            found = _argument(up, below)
            if found is not None:
                return found
        collected = collected or up.kind in {"array", "object", "new_expression"}
        below = up
    return Role.ASKED


def _asks(up: Node, below: Node) -> bool:
    if up.kind in _ASKED or (up.kind, below.field) in _KEYS or below.field == "condition":
        return True
    if up.kind == "binary_expression":
        operator = up.child("operator")
        return operator is not None and operator.kind in _COMPARES
    if up.kind == "member_expression":
        last = up.child("property")
        return last is not None and last.text in _LOOKING
    return up.kind == "switch_statement" and below.field == "value"


def _argument(call: Node, below: Node) -> Role | None:
    if below.field in {"function", "constructor"}:
        return None
    function = call.child("function") or call.child("constructor")
    name = function.short if function is not None else ""
    if name in _MAKERS:
        return None
    last = name.rpartition(".")[2]
    if last in _LOOKING:
        return Role.ASKED
    given = call.kind == "new_expression" or last[:1].isupper() or last in {"push", "add", "set"}
    return Role.GIVEN if given else Role.PASSED


def _stored(holder: Node, files: Files) -> Role:
    """A collection that has a name, and is only ever asked whether it holds something."""
    name = holder.child("name")
    if name is None or name.kind != "identifier":
        return Role.GIVEN
    uses = (use for use in files.uses(name.text) if use is not name)
    return Role.ASKED if all(_looks(use) for use in uses) else Role.GIVEN


def _looks(use: Node) -> bool:
    parent = use.parent
    if parent is None or "import" in parent.kind or "export" in parent.kind:
        return True
    last = parent.child("property") if parent.kind == "member_expression" else None
    return use.field == "object" and last is not None and last.text in _LOOKING


def _is_dead(node: Node, dead: set[Node]) -> bool:
    return bool(dead) and any(up in dead for up in node.ancestors())
