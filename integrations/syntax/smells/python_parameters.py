"""Python's functions at the top of a module, and what tests call them with."""

from collections.abc import Iterator, Mapping, Sequence

from integrations.syntax.mutation.python import called
from integrations.syntax.smells.parameters import Call, Function
from integrations.syntax.smells.python_examples import literal
from integrations.syntax.tree import Node

_NAMED = frozenset({"default_parameter", "typed_default_parameter"})
_STUBS = frozenset({"pass_statement", "raise_statement"})
_REFUSED = ("raises(", "assertRaises", "warns(")
_SPREAD = frozenset({"list_splat", "dictionary_splat"})


def functions(root: Node) -> Sequence[Function]:
    """Without those that are only declared."""
    passed_on = {
        node.text
        for node in root.walk()
        if node.kind == "identifier" and node.field not in {"function", "name"}
    }
    own = frozenset(
        name.text
        for node in root.parts
        if node.kind == "function_definition" and (name := node.child("name")) is not None
    )
    found = []
    for node in root.parts:
        parameters, body, name = node.child("parameters"), node.child("body"), node.child("name")
        if node.kind != "function_definition" or None in (parameters, body, name):
            continue
        if parameters is None or body is None or name is None or _declared_only(body):
            continue
        used = frozenset(part.text for part in body.walk() if part.kind == "identifier")
        handed_on = frozenset(_handed_on(body, own))
        found.append(
            Function(
                *(name.text, tuple(_names(parameters)), node, used),
                fixed=name.text in passed_on,
                handed_on=handed_on,
            )
        )
    return found


def _handed_on(body: Node, own: frozenset[str]) -> Iterator[str]:
    for node in body.walk():
        arguments = node.child("arguments") if node.kind == "call" and called(node) in own else None
        for part in arguments.parts if arguments is not None else ():
            yield part.text


def _declared_only(body: Node) -> bool:
    parts = [part for part in body.parts if not _is_text(part)]
    return not parts or (len(parts) == 1 and parts[0].kind in _STUBS)


def _is_text(statement: Node) -> bool:
    inner = statement.parts[0] if statement.kind == "expression_statement" else None
    return inner is not None and inner.kind in {"string", "ellipsis", "concatenated_string"}


def _names(parameters: Node) -> Iterator[str]:
    for part in parameters.parts:
        if part.kind == "identifier":
            yield part.text
        elif part.kind in _NAMED and (name := part.child("name")) is not None:
            yield name.text
        elif part.kind == "typed_parameter" and part.parts[0].kind == "identifier":
            yield part.parts[0].text


def calls(root: Node) -> Sequence[Call]:
    """Of everything, in the order of the text."""
    constants = dict(_constants(root))
    return [_call(node, constants) for node in root.walk() if node.kind == "call"]


def _constants(root: Node) -> Iterator[tuple[str, str]]:
    for statement in root.parts:
        inner = statement.parts[0] if statement.parts else statement
        left, value = inner.child("left"), literal(inner.child("right"))
        if left is not None and value is not None:
            yield left.text, value


def _call(node: Node, constants: Mapping[str, str]) -> Call:
    arguments = node.child("arguments")
    parts = arguments.parts if arguments is not None else []
    values, named = [], {}
    for part in parts:
        if part.kind == "keyword_argument":
            name = part.child("name")
            named[name.text if name is not None else ""] = _value(part.child("value"), constants)
        else:
            values.append(_value(part, constants))
    return Call(
        name=called(node).rpartition(".")[2],
        values=tuple(values),
        named=named,
        refused=any(_expects_an_error(up) for up in node.ancestors()),
        whole=not any(part.kind in _SPREAD for part in parts),
    )


def _value(node: Node | None, constants: Mapping[str, str]) -> str | None:
    if node is not None and node.kind == "identifier":
        return constants.get(node.text)
    return literal(node)


def _expects_an_error(node: Node) -> bool:
    if node.kind != "with_statement":
        return False
    head = next((part for part in node.parts if part.kind == "with_clause"), None)
    return head is not None and any(word in head.short for word in _REFUSED)
