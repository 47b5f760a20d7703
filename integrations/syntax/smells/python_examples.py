"""Python functions that give constants for constants, and the examples in Python tests."""

from collections.abc import Iterator, Mapping, Sequence

from integrations.syntax.smells.examples import Candidate, Pair, Rows, constant
from integrations.syntax.tree import Node

_CONSTANTS = frozenset({"integer", "float", "string"})
_COLLECTIONS = frozenset({"list", "tuple", "dictionary", "set"})
_MOST_ROWS = 5000
_MOST_IN_ROW = 60
_LONGEST = 300


def literal(node: Node | None) -> str | None:
    """A constant that is written out; None for anything else."""
    if node is None or node.end - node.start > _LONGEST:
        return None
    plain = node.kind in _CONSTANTS and not any(p.kind == "interpolation" for p in node.parts)
    if plain or (node.kind == "unary_operator" and node.parts[-1].kind in _CONSTANTS):
        return constant(node.text)
    if node.kind in _COLLECTIONS and not any(p.kind in {"identifier", "call"} for p in node.walk()):
        return constant(node.text)
    return None


def candidates(root: Node) -> Iterator[Candidate]:
    """Each function that has such pairs."""
    tables = dict(_tables(root))
    for node in root.walk():
        parameters, body = node.child("parameters"), node.child("body")
        if node.kind != "function_definition" or parameters is None or body is None:
            continue
        names = {part.text for part in parameters.walk() if part.kind == "identifier"}
        names -= {"self", "cls"}
        pairs, used = _pairs(body, names, tables)
        if pairs:
            closed = body.parts[-1].kind == "raise_statement"
            yield Candidate(tuple(pairs), _general(body, names, used), closed)


def _tables(root: Node) -> Iterator[tuple[str, Node]]:
    for statement in root.parts:
        inner = statement.parts[0] if statement.parts else statement
        left, right = inner.child("left"), inner.child("right")
        if left is not None and right is not None and right.kind == "dictionary":
            yield left.text, right


def _pairs(
    body: Node, names: set[str], tables: Mapping[str, Node]
) -> tuple[list[Pair], list[Node]]:
    """The pairs, and the nodes in which the parameters are only asked for."""
    pairs: list[Pair] = []
    used: list[Node] = []
    known = dict(tables)
    for node in body.walk():
        if node.kind == "assignment" and (right := node.child("right")) is not None:
            if right.kind == "dictionary":
                known[(node.child("left") or node).short] = right
        elif node.kind in {"if_statement", "elif_clause", "conditional_expression"}:
            pairs += _decided(node, names, used)
        elif node.kind == "match_statement":
            pairs += _matched(node, names, used)
        elif node.kind == "return_statement" and node.parts:
            pairs += _looked_up(node.parts[-1], names, known, used)
    return pairs, used


def _decided(node: Node, names: set[str], used: list[Node]) -> Iterator[Pair]:
    if node.kind == "conditional_expression":
        output, condition = literal(node.parts[0]), node.parts[1]
    else:
        output = _returned(node.child("consequence"))
        condition = node.child("condition") or node
    inputs = _inputs(condition, names)
    if inputs:
        used.append(condition)
        if output is not None:
            yield Pair(tuple(inputs), output, node)


def _inputs(condition: Node, names: set[str]) -> list[str]:
    """What the parameters must equal; nothing where it is not only that."""
    waiting, inputs = [condition], []
    while waiting:
        node = waiting.pop()
        if node.kind == "boolean_operator" and any(c.kind == "and" for c in node.children):
            waiting += node.parts
            continue
        if node.kind == "parenthesized_expression" and node.parts:
            waiting.append(node.parts[0])
            continue
        found = _equal(node, names)
        if found is None:
            return []
        inputs.append(found)
    return inputs


def _equal(node: Node, names: set[str]) -> str | None:
    if node.kind != "comparison_operator" or [
        child.kind for child in node.children if child.field == "operators"
    ] != ["=="]:
        return None
    left, right = node.parts[0], node.parts[-1]
    if left.kind == "tuple" and right.kind == "tuple":
        return literal(right)
    return literal(right) if left.short in names else None


def _returned(block: Node | None) -> str | None:
    if block is None or len(block.parts) != 1 or block.parts[0].kind != "return_statement":
        return None
    statement = block.parts[0]
    return literal(statement.parts[-1]) if statement.parts else None


def _matched(node: Node, names: set[str], used: list[Node]) -> Iterator[Pair]:
    subject, body = node.child("subject"), node.child("body")
    if subject is None or body is None or subject.short not in names:
        return
    used.append(subject)
    for case in body.parts:
        pattern = case.parts[0] if case.kind == "case_clause" and case.parts else None
        asked = literal(pattern.parts[0]) if pattern is not None and pattern.parts else None
        output = _returned(case.child("consequence"))
        if asked is not None and output is not None:
            yield Pair((asked,), output, case)


def _looked_up(
    value: Node, names: set[str], tables: Mapping[str, Node], used: list[Node]
) -> Iterator[Pair]:
    key: Node | None = None
    holder = value.child("value") if value.kind == "subscript" else None
    if holder is not None:
        key = value.child("subscript")
    elif value.kind == "call":
        function, arguments = value.child("function"), value.child("arguments")
        if function is not None and arguments is not None and function.short.endswith(".get"):
            holder, key = function.child("object"), next(iter(arguments.parts), None)
    if holder is None or key is None or key.short not in names:
        return
    table = holder if holder.kind == "dictionary" else tables.get(holder.short)
    if table is None:
        return
    used.append(value)
    for entry in table.parts:
        asked, output = literal(entry.child("key")), literal(entry.child("value"))
        if asked is not None and output is not None:
            yield Pair((asked,), output, entry)


def _general(body: Node, names: set[str], used: Sequence[Node]) -> bool:
    """Whether a parameter is used for more than being asked for."""
    skipped = set(used)
    return any(
        node.kind == "identifier" and node.text in names and node.field != "name"
        for node in body.walk(without=lambda node: node in skipped)
    )


def rows(root: Node) -> Rows:
    """The constants of each assertion, and of each tuple, list or call in a list of examples."""
    found: list[frozenset[str]] = []
    names: dict[str, frozenset[str]] = {}
    for node in root.walk():
        if len(found) >= _MOST_ROWS:
            break
        if node.kind == "function_definition":
            names = {}
        elif node.kind == "assignment" and (left := node.child("left")) is not None:
            names[left.short] = _constants(node.child("right") or node, {})
        if node.kind in {"assert_statement", "tuple", "list"} or _is_row(node):
            row = _constants(node, names)
            if 1 < len(row) <= _MOST_IN_ROW:
                found.append(row)
    return found


def _is_row(node: Node) -> bool:
    function = node.child("function") if node.kind == "call" else None
    if function is None:
        return False
    last = function.short.rpartition(".")[2]
    return last.startswith("assert") or last == "param"


def _constants(node: Node, names: Mapping[str, frozenset[str]]) -> frozenset[str]:
    row: set[str] = set()
    for part in node.walk():
        if part is not node or part.kind in _CONSTANTS:
            text = literal(part)
            if text is not None:
                row.add(text)
            if part.kind == "identifier":
                row |= names.get(part.text, frozenset())
        if len(row) > _MOST_IN_ROW:
            break
    return frozenset(row)
