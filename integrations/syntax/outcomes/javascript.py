"""The sets of outcomes that a JavaScript or TypeScript file declares: enums, frozen objects,
unions of literals.
"""

from collections.abc import Iterator, Sequence

from integrations.syntax.files import Files
from integrations.syntax.outcomes.flow import Arms, Flow, Unreached
from integrations.syntax.outcomes.javascript_uses import enum_mentions, literal_mentions
from integrations.syntax.outcomes.sets import Declared, assessed
from integrations.syntax.tree import Node
from worker.domain.source import OutcomeSet

_PLAIN = frozenset({"string", "number", "true", "false", "null"})
_LONGEST = 5000


def outcomes(root: Node, files: Files) -> Sequence[OutcomeSet]:
    """In the order of the text."""
    found = []
    flow = Unreached(FLOW)
    for node in root.walk():
        declared = _declared(node)
        if declared is None or len(declared.members) < 2:  # noqa: PLR2004 - one is no choice
            continue
        union = declared.node.kind == "union_type"
        trees = files.with_any((declared.name, *(declared.members if union else ())))
        tell = literal_mentions if union else enum_mentions
        found.append(assessed(declared, tell(declared, trees, files, flow.of(trees))))
    return found


def _arms(node: Node) -> Arms:
    arms: list[tuple[Node | None, Node]] = []
    part: Node | None = node
    while part is not None and part.kind == "if_statement":
        body, rest = part.child("consequence"), part.child("alternative")
        if body is not None:
            arms.append((part.child("condition"), body))
        part = rest.parts[0] if rest is not None and rest.parts else None
    if part is not None:
        arms.append((None, part))
    return arms


FLOW = Flow(
    blocks=frozenset({"statement_block", "program"}),
    leaves=frozenset(
        {"return_statement", "throw_statement", "break_statement", "continue_statement"}
    ),
    arms=_arms,
    conjunction=" && ",
    disjunction=" || ",
    negation="!",
)


def _declared(node: Node) -> Declared | None:
    name = node.child("name")
    if name is None or node.end - node.start > _LONGEST:
        return None
    if node.kind == "type_alias_declaration":
        return _union(name.text, node)
    if node.kind == "enum_declaration":
        body = node.child("body")
        named = (part.child("name") or part for part in body.parts) if body is not None else ()
        return _named(name.text, node, [part.text for part in named])
    if node.kind == "variable_declarator":
        keys = list(_keys(node.child("value")))
        return _named(name.text, node, keys) if keys else None
    return None


def _named(name: str, node: Node, members: Sequence[str]) -> Declared:
    return Declared(name, node.line, {member: f"{name}.{member}" for member in members}, node)


def _union(name: str, node: Node) -> Declared | None:
    value = node.child("value")
    if value is None or value.kind != "union_type":
        return None
    parts = [part for part in value.walk() if part.kind not in {"union_type", "|", "comment"}]
    literals = [part for part in parts if part.kind == "literal_type"]
    if any(not part.parts or part.parts[0].kind != "string" for part in literals):
        return None
    within = {inner for literal in literals for inner in literal.walk()}
    if any(part not in within for part in parts):
        return None
    members = {part.parts[0].text[1:-1]: part.text for part in literals}
    return Declared(name, node.line, members, value)


def _keys(value: Node | None) -> Iterator[str]:
    """Of ``Object.freeze({...})`` and ``{...} as const`` with nothing but constants."""
    if value is None:
        return
    inner: Node | None = None
    if value.kind == "as_expression" and value.short.endswith("as const"):
        inner = value.parts[0]
    elif value.kind == "call_expression" and value.short.startswith("Object.freeze("):
        arguments = value.child("arguments")
        inner = arguments.parts[0] if arguments is not None and arguments.parts else None
    if inner is None or inner.kind != "object":
        return
    pairs = [(part.child("key"), part.child("value")) for part in inner.parts]
    if all(key is not None and kept is not None and _constant(kept) for key, kept in pairs):
        yield from (key.text.strip("'\"") for key, _ in pairs if key is not None)


def _constant(value: Node) -> bool:
    return value.kind in _PLAIN or value.short.startswith("Symbol(")
