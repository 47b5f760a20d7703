"""The sets of outcomes that a Python file declares: enums and literals."""

import re
from collections.abc import Iterator, Sequence

from integrations.syntax.files import Files
from integrations.syntax.outcomes.flow import Arms, Flow, Unreached
from integrations.syntax.outcomes.python_uses import enum_mentions, literal_mentions
from integrations.syntax.outcomes.sets import Declared, assessed
from integrations.syntax.tree import Node
from worker.domain.source import OutcomeSet

_ENUM = re.compile(r"(\w+\.)*(Enum|StrEnum|IntEnum)")
_MEMBER = re.compile(r"[A-Za-z]\w*")
_LITERAL = re.compile(r"(?:\w+\.)*Literal\[(.*)\]", re.DOTALL)
_LONGEST = 2000


def outcomes(root: Node, files: Files) -> Sequence[OutcomeSet]:
    """In the order of the text."""
    found = []
    flow = Unreached(FLOW)
    for declared in _enums(root):
        trees = files.with_word(declared.name)
        found.append(assessed(declared, enum_mentions(declared, trees, files, flow.of(trees))))
    for declared in _literals(root):
        trees = files.with_any((declared.name, *declared.members))
        found.append(assessed(declared, literal_mentions(declared, trees, files, flow.of(trees))))
    return sorted(found, key=lambda one: one.line)


def _arms(node: Node) -> Arms:
    arms = []
    for part in [node, *(child for child in node.children if child.field == "alternative")]:
        body = part.child("consequence") or part.child("body")
        if body is not None:
            arms.append((part.child("condition"), body))
    return arms


FLOW = Flow(
    blocks=frozenset({"block", "module"}),
    leaves=frozenset(
        {"return_statement", "raise_statement", "break_statement", "continue_statement"}
    ),
    arms=_arms,
    conjunction=" and ",
    disjunction=" or ",
    negation="not ",
)


def _enums(root: Node) -> Iterator[Declared]:
    for node in root.walk():
        name, bases = node.child("name"), node.child("superclasses")
        body = node.child("body")
        if node.kind != "class_definition" or name is None or bases is None or body is None:
            continue
        if any(_ENUM.fullmatch(base.short) is not None for base in bases.parts):
            members = _members(body)
            if len(members) > 1:
                shown = {member: f"{name.text}.{member}" for member in members}
                yield Declared(name.text, node.line, shown, node)


def _members(body: Node) -> list[str]:
    names = []
    for statement in body.parts:
        inner = statement.parts[0] if statement.parts else statement
        left = inner.child("left") if inner.kind == "assignment" else None
        if left is not None and inner.child("right") is not None and _MEMBER.fullmatch(left.short):
            names.append(left.text)
    return names


def _literals(root: Node) -> Iterator[Declared]:
    for statement in root.parts:
        inner = statement.parts[0] if statement.kind == "expression_statement" else statement
        if inner.kind not in {"assignment", "type_alias_statement"}:
            continue
        left, right = inner.child("left"), inner.child("right")
        if left is not None and right is not None:
            yield from _literal(left.short, right, inner.line)
    for node in root.walk():
        name, given = node.child("name"), node.child("return_type")
        if node.kind == "function_definition" and name is not None and given is not None:
            yield from _literal(name.text, given, node.line)


def _literal(name: str, node: Node, line: int) -> Iterator[Declared]:
    if node.end - node.start > _LONGEST or _LITERAL.fullmatch(node.text) is None:
        return
    members = {
        part.text[1:-1]: part.text
        for part in node.walk()
        if part.kind == "string" and part.text[:1] in {"'", '"'}
    }
    if len(members) > 1:
        yield Declared(name, line, members, node)
