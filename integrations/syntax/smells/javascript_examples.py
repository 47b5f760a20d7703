"""JavaScript functions that give constants for constants, and the examples in their tests."""

from collections.abc import Iterator, Mapping, Sequence

from integrations.syntax.smells.examples import Candidate, Pair, Rows, constant
from integrations.syntax.tree import Node

_CONSTANTS = frozenset({"number", "string"})
_FUNCTIONS = frozenset(
    {"function_declaration", "arrow_function", "function_expression", "method_definition"}
)
_MOST_ROWS = 5000
_MOST_IN_ROW = 60
_LONGEST = 300


def literal(node: Node | None) -> str | None:
    """A constant that is written out; None for anything else."""
    if node is None or node.end - node.start > _LONGEST:
        return None
    negative = node.kind == "unary_expression" and node.short.startswith("-")
    if node.kind in _CONSTANTS or (negative and node.parts[-1].kind == "number"):
        return constant(node.text)
    named = {"identifier", "call_expression", "function_expression", "arrow_function"}
    if node.kind in {"array", "object"} and not any(p.kind in named for p in node.walk()):
        return constant(node.text)
    return None


def candidates(root: Node) -> Iterator[Candidate]:
    """Each function that has such pairs."""
    tables = dict(_tables(root))
    for node in root.walk():
        if node.kind not in _FUNCTIONS:
            continue
        parameters = node.child("parameters") or node.child("parameter")
        body = node.child("body")
        if parameters is None or body is None:
            continue
        names = {part.text for part in parameters.walk() if part.kind == "identifier"}
        used: list[Node] = []
        pairs = list(_pairs(body, names, tables, used))
        if pairs:
            closed = bool(body.parts) and body.parts[-1].kind == "throw_statement"
            yield Candidate(tuple(pairs), _general(body, names, used), closed)


def _tables(root: Node) -> Iterator[tuple[str, Node]]:
    for node in root.walk():
        if node.kind == "variable_declarator":
            name, value = node.child("name"), node.child("value")
            if name is not None and value is not None and _entries(value):
                yield name.text, value


def _entries(table: Node) -> list[Node]:
    """The pairs of an object, or of ``new Map([...])``."""
    if table.kind == "object":
        return [part for part in table.parts if part.kind == "pair"]
    arguments = table.child("arguments") if table.kind == "new_expression" else None
    if arguments is None or not table.short.startswith("new Map(") or not arguments.parts:
        return []
    return [part for part in arguments.parts[0].parts if part.kind == "array"]


def _pairs(
    body: Node, names: set[str], tables: Mapping[str, Node], used: list[Node]
) -> Iterator[Pair]:
    for node in body.walk():
        if node.kind in {"if_statement", "ternary_expression"}:
            yield from _decided(node, names, used)
        elif node.kind == "switch_statement":
            yield from _switched(node, names, used)
        elif node.kind == "return_statement" and node.parts:
            yield from _looked_up(node.parts[-1], names, tables, used)


def _decided(node: Node, names: set[str], used: list[Node]) -> Iterator[Pair]:
    condition, consequence = node.child("condition"), node.child("consequence")
    inputs = _inputs(condition, names) if condition is not None else []
    if not inputs or condition is None:
        return
    used.append(condition)
    output = literal(consequence) if node.kind == "ternary_expression" else _returned(consequence)
    if output is not None:
        yield Pair(tuple(inputs), output, node)


def _inputs(condition: Node, names: set[str]) -> list[str]:
    """What the parameters must equal; nothing where it is not only that."""
    waiting, inputs = [condition], []
    while waiting:
        node = waiting.pop()
        operator = node.child("operator") if node.kind == "binary_expression" else None
        if node.kind == "parenthesized_expression" and node.parts:
            waiting.append(node.parts[0])
        elif operator is not None and operator.kind == "&&":
            waiting += node.parts
        else:
            equal = operator is not None and operator.kind in {"===", "=="}
            found = literal(node.parts[-1]) if equal and node.parts[0].short in names else None
            if found is None:
                return []
            inputs.append(found)
    return inputs


def _returned(body: Node | None) -> str | None:
    statements = body.parts if body is not None and body.kind == "statement_block" else [body]
    statement = statements[0] if len(statements) == 1 else None
    if statement is None or statement.kind != "return_statement" or not statement.parts:
        return None
    return literal(statement.parts[-1])


def _switched(node: Node, names: set[str], used: list[Node]) -> Iterator[Pair]:
    subject, body = node.child("value"), node.child("body")
    if subject is None or body is None or subject.short.strip("()") not in names:
        return
    used.append(subject)
    for case in body.parts:
        asked, result = literal(case.child("value")), case.child("body")
        output = _returned(result)
        if asked is not None and output is not None:
            yield Pair((asked,), output, case)


def _looked_up(
    value: Node, names: set[str], tables: Mapping[str, Node], used: list[Node]
) -> Iterator[Pair]:
    looked = value
    operator = value.child("operator") if value.kind == "binary_expression" else None
    if operator is not None and operator.kind in {"??", "||"}:
        looked = value.parts[0]
    holder, key = looked.child("object"), looked.child("index")
    function, arguments = looked.child("function"), looked.child("arguments")
    if function is not None and arguments is not None and function.short.endswith(".get"):
        holder, key = function.child("object"), next(iter(arguments.parts), None)
    if holder is None or key is None or key.short not in names:
        return
    used.append(looked)
    table = tables.get(holder.short, holder.parts[0] if holder.parts else holder)
    for entry in _entries(table):
        parts = entry.parts
        asked, output = literal(parts[0]) if parts else None, literal(parts[-1]) if parts else None
        if asked is None and parts and parts[0].kind == "property_identifier":
            asked = f"'{parts[0].text}'"
        if asked is not None and output is not None:
            yield Pair((asked,), output, entry)


def _general(body: Node, names: set[str], used: Sequence[Node]) -> bool:
    """Whether a parameter is used for more than being asked for."""
    skipped = set(used)
    return any(
        node.kind == "identifier" and node.text in names
        for node in body.walk(without=lambda node: node in skipped)
    )


def rows(root: Node) -> Rows:
    """The constants of each assertion, and of each list of examples."""
    found: list[frozenset[str]] = []
    names: dict[str, frozenset[str]] = {}
    for node in root.walk():
        if len(found) >= _MOST_ROWS:
            break
        if node.kind == "variable_declarator" and (name := node.child("name")) is not None:
            names[name.short] = _constants(node.child("value") or node, {})
        checks = node.kind == "expression_statement" and (
            "expect" in node.short or "assert" in node.short
        )
        if checks or node.kind in {"array", "object"}:
            row = _constants(node, names)
            if 1 < len(row) <= _MOST_IN_ROW:
                found.append(row)
    return found


def _constants(node: Node, names: Mapping[str, frozenset[str]]) -> frozenset[str]:
    row: set[str] = set()
    for part in node.walk():
        text = literal(part) if part is not node or part.kind in _CONSTANTS else None
        if text is not None:
            row.add(text)
        if part.kind == "identifier":
            row |= names.get(part.text, frozenset())
        if len(row) > _MOST_IN_ROW:
            break
    return frozenset(row)
