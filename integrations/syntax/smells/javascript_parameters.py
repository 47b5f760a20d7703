"""JavaScript's functions at the top of a module, and what tests call them with."""

from collections.abc import Iterator, Mapping, Sequence

from integrations.syntax.mutation.javascript import called
from integrations.syntax.smells.javascript_examples import literal
from integrations.syntax.smells.parameters import Call, Function
from integrations.syntax.tree import Node

_VALUES = frozenset({"arrow_function", "function_expression"})
_NAMES = frozenset({"identifier", "shorthand_property_identifier"})
_REFUSED = ("throws", "rejects", "toThrow", "rejected")


def functions(root: Node) -> Sequence[Function]:
    """Of parameters that stand before one that is used, none counts as unused: it holds a place."""
    passed_on = {
        node.text
        for node in root.walk()
        if node.kind == "identifier" and node.field not in {"function", "name"}
    }
    declared = [found for statement in root.parts for found in _declared(statement)]
    own = frozenset(name for name, _ in declared)
    return [_function(name, node, own, fixed=name in passed_on) for name, node in declared]


def _declared(statement: Node) -> Iterator[tuple[str, Node]]:
    inner = statement
    if statement.kind == "export_statement":
        inner = statement.child("declaration") or statement
    name = inner.child("name")
    if inner.kind == "function_declaration" and name is not None:
        yield name.text, inner
    if inner.kind == "lexical_declaration":
        for declarator in inner.parts:
            name, value = declarator.child("name"), declarator.child("value")
            if name is not None and value is not None and value.kind in _VALUES:
                yield name.text, value


def _function(name: str, node: Node, own: frozenset[str], *, fixed: bool) -> Function:
    parameters, body = node.child("parameters"), node.child("body")
    names = [_name(part) for part in parameters.parts] if parameters is not None else []
    parts = body.walk() if body is not None else iter(())
    used = {part.text for part in parts if part.kind in _NAMES}
    last = max((at for at, name in enumerate(names) if name in used), default=-1)
    return Function(
        *(name, tuple(names), node, frozenset({*used, *names[: last + 1], ""})),
        fixed=fixed,
        handed_on=frozenset(_handed_on(body, own)) if body is not None else frozenset(),
    )


def _handed_on(body: Node, own: frozenset[str]) -> Iterator[str]:
    for node in body.walk():
        call = node.kind == "call_expression" and called(node) in own
        arguments = node.child("arguments") if call else None
        for part in arguments.parts if arguments is not None else ():
            yield part.text


def _name(parameter: Node) -> str:
    """Empty for one that is taken apart, or takes any number of values."""
    inner = parameter.child("pattern") or parameter.child("left") or parameter
    return inner.text if inner.kind == "identifier" else ""


def calls(root: Node) -> Sequence[Call]:
    """Of everything, in the order of the text."""
    constants = dict(_constants(root))
    return [_call(node, constants) for node in root.walk() if node.kind == "call_expression"]


def _constants(root: Node) -> Iterator[tuple[str, str]]:
    for statement in root.parts:
        for declarator in statement.parts if statement.kind == "lexical_declaration" else ():
            name, value = declarator.child("name"), literal(declarator.child("value"))
            if name is not None and value is not None:
                yield name.text, value


def _call(node: Node, constants: Mapping[str, str]) -> Call:
    arguments = node.child("arguments")
    parts = arguments.parts if arguments is not None else []
    refused = any(
        up.kind == "call_expression" and any(word in called(up) for word in _REFUSED)
        for up in node.ancestors()
    )
    return Call(
        name=called(node).rpartition(".")[2],
        values=tuple(_value(part, constants) for part in parts),
        refused=refused,
        whole=not any(part.kind == "spread_element" for part in parts),
    )


def _value(node: Node, constants: Mapping[str, str]) -> str | None:
    return constants.get(node.text) if node.kind == "identifier" else literal(node)
