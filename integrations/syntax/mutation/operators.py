"""Mutants of operators and decisions."""

import re
from collections.abc import Iterator

from integrations.syntax.mutation import probes
from integrations.syntax.mutation.table import Branch, Change, Table
from integrations.syntax.tree import Node

_COMPARISON, _BOUNDARY, _CONDITION, _LOGIC, _ARITHMETIC, _NEGATION = 0, 1, 2, 3, 5, 7
_NEUTRAL = {"+": "0", "-": "0", "*": "1", "/": "1", "//": "1"}
_NEGATED_OTHERWISE = frozenset({"comparison", "logic"})
_SHORTCUT = re.compile(r"cache|memo|initiali[sz]ed|started", re.IGNORECASE)
_SIGN = frozenset({"-1", "1"})
_LONG = 400
_LONGEST = 2000
_TYPE_NAME = re.compile(r"[A-Z]\w*[a-z]\w*|None|int|str|float|bool|bytes|dict|list|set|tuple")


def changes(node: Node, table: Table) -> Iterator[Change]:
    """Of this node alone."""
    parent = node.parent
    if parent is not None and node.field in {"operator", "operators"}:
        yield from _swapped(node, parent, table)
    operand = table.drops_not(node)
    if operand is not None and node.end - node.start < _LONGEST:
        yield Change(_LOGIC, "logic", node.start, node.end, operand.text)
    branch = table.branch(node)
    if branch is not None:
        yield from _decided(branch, table)


def _swapped(operator: Node, parent: Node, table: Table) -> Iterator[Change]:
    swap = table.swaps.get(parent.kind, {}).get(operator.kind)
    if swap is None:
        return
    kind, other = swap
    rank = {"comparison": _COMPARISON, "logic": _LOGIC}.get(kind, _ARITHMETIC)
    if kind == "arithmetic":
        literal = _literal_operand(parent, table)
        if literal is not None:
            if parent.kind in table.sums and operator.kind == "+":
                yield _without(parent, literal)
            return
        if _neutral(operator, parent) or _union_of_types(operator, parent):
            return
    probe = None
    if operator.kind in probes.ORDER:
        if _same_at_the_boundary(parent, table) or probes.settled_elsewhere(operator, parent):
            return
        probe = probes.of_equals(operator, parent, table)
    yield Change(rank, kind, operator.start, operator.end, other, probe)


def _literal_operand(parent: Node, table: Table) -> Node | None:
    strings = [part for part in parent.parts if part.kind in table.strings]
    return strings[0] if strings else None


def _without(parent: Node, literal: Node) -> Change:
    first, last = parent.parts[0], parent.parts[-1]
    start, end = (first.start, last.start) if literal is first else (first.end, last.end)
    return Change(_ARITHMETIC, "arithmetic", start, end, "")


def _neutral(operator: Node, parent: Node) -> bool:
    return parent.parts[-1].short == _NEUTRAL.get(operator.kind.removesuffix("="), "")


def _union_of_types(operator: Node, parent: Node) -> bool:
    """Whether this is ``int | None`` where it is no annotation."""
    return operator.kind == "|" and any(
        _TYPE_NAME.fullmatch(part.short) is not None for part in parent.parts
    )


def _same_at_the_boundary(comparison: Node, table: Table) -> bool:
    """Whether nothing can tell ``<`` from ``<=``: what is chosen between are the things that are
    compared, as in ``if x < low: return low``.
    """
    if len(comparison.children) != 3:  # noqa: PLR2004 - two sides and the operator
        return False
    parts = comparison.parts
    sides = {parts[0].short, parts[-1].short}
    if parts[-1].short == "0":
        sides.add(f"-{parts[0].short}")
    holder = next((node for node in comparison.ancestors() if table.branch(node) is not None), None)
    branch = table.branch(holder) if holder is not None else None
    if holder is None or branch is None or branch.condition.end - branch.condition.start > _LONG:
        return False
    if branch.condition not in (comparison, comparison.parent):
        return False
    if branch.body is None:
        chosen = [part.short for part in holder.parts if part is not branch.condition]
        return bool(chosen) and (set(chosen) <= sides or bool(_SIGN & set(chosen)))
    return _only_takes(branch.body, sides, table)


def _only_takes(body: Node, sides: set[str], table: Table) -> bool:
    statements = body.parts if body.kind in {"block", "statement_block"} else [body]
    if len(statements) != 1:
        return False
    statement = statements[0]
    if statement.kind in table.returns:
        return bool(statement.parts) and statement.parts[-1].short in sides | _SIGN
    inner = statement.parts
    texts = {part.short for part in inner[0].parts} if inner else set()
    return len(texts) > 1 and texts <= sides


def _decided(branch: Branch, table: Table) -> Iterator[Change]:
    condition = branch.condition
    if _only_saves_work(branch, table):
        return
    if condition.kind not in table.booleans or condition.short.lower() != "false":
        probe = probes.of_condition(condition, table)
        yield Change(_CONDITION, "condition", condition.start, condition.end, table.false, probe)
    operators = {child.kind for child in condition.children if child.field.startswith("operator")}
    swaps = table.swaps.get(condition.kind, {})
    if condition.end - condition.start > _LONGEST:
        return
    if branch.loop or condition.kind in table.booleans or table.drops_not(condition) is not None:
        return
    if all(swaps.get(name, ("", ""))[0] not in _NEGATED_OTHERWISE for name in operators):
        negated = table.negation.format(condition.text)
        yield Change(_NEGATION, "condition", condition.start, condition.end, negated)


def _only_saves_work(branch: Branch, table: Table) -> bool:
    """Whether the same comes out without the branch: it logs, or asks a cache, or gives nothing
    back for nothing.
    """
    if _SHORTCUT.search(branch.condition.short):
        return True
    body = branch.body
    if body is None or body.end - body.start > _LONG:
        return False
    statements = body.parts if body.kind in {"block", "statement_block"} else [body]
    if all(table.excluded(part) for node in statements for part in (node.parts or [node])):
        return True
    if len(statements) != 1 or statements[0].kind not in table.returns or not statements[0].parts:
        return False
    returned = statements[0].parts[-1]
    empty = returned.kind in table.collections | table.strings and not _filled(returned)
    return returned.short == "NotImplemented" or (
        empty and table.drops_not(branch.condition) is not None
    )


def _filled(literal: Node) -> bool:
    return any(part.kind not in {"string_start", "string_end"} for part in literal.parts)
