"""Edits that end the tests where they come to what a mutant changes, and what needs no mutant.

A mutant of ``a < b`` differs where both are equal. If tests come there and notice nothing, there is
nothing to notice, as a rule; if none comes there, the boundary is untested.
"""

from collections.abc import Iterator

from integrations.syntax.mutation.table import Table
from integrations.syntax.tree import Node, written_alike
from worker.domain.source import Edit

ORDER = frozenset({"<", "<=", ">", ">="})
_EQUALITY = frozenset({"==", "===", "!=", "!=="})
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_FUNCTIONS = frozenset(
    {
        *("function_definition", "lambda", "function_declaration", "function_expression"),
        *("arrow_function", "method_definition", "method_declaration", "func_literal"),
        "generator_function_declaration",
    }
)
_COMPARISONS = frozenset({"comparison_operator", "binary_expression"})
_SETS = ("set(", "frozenset(", "{")
_LONG = 400
_SAME_WITH_ONE_MORE = frozenset({"<", ">="})


def of_equals(operator: Node, comparison: Node, table: Table) -> Edit | None:
    """For an operator of order: ends where its two sides are equal."""
    if comparison.end - comparison.start > _LONG:
        return None
    pairs = []
    for left, sign, right in _pairs(comparison):
        text = f"({left.text}) {sign.text} ({right.text})"
        if sign is operator:
            equal = (
                f"(({left.text}) <= ({right.text}) {table.also} ({left.text}) >= ({right.text}))"
            )
            text = table.ends_if.format(holds=equal, value=text)
        pairs.append(text)
    return Edit(comparison.start, comparison.end, f"({f' {table.also} '.join(pairs)})")


def of_condition(condition: Node, table: Table) -> Edit | None:
    """Ends where the condition holds."""
    if condition.end - condition.start > _LONG:
        return None
    text = table.ends_if.format(holds=f"({condition.text})", value=table.false)
    return Edit(condition.start, condition.end, text)


def says_the_same(number: Node) -> bool:
    """Whether one more is what another operator would be: ``x < 5`` against ``x <= 5``."""
    comparison = number.parent
    if comparison is None or comparison.kind not in _COMPARISONS:
        return False
    before, after = _beside(number)
    left = before is not None and before.text in _SAME_WITH_ONE_MORE
    return left or (after is not None and _MIRRORED.get(after.text) in _SAME_WITH_ONE_MORE)


def settled_elsewhere(operator: Node, comparison: Node) -> bool:
    """Whether the boundary is no matter of this comparison: its function asks somewhere whether the
    same two are equal, or they are sets.
    """
    left, right = _beside(operator)
    if left is None or right is None:
        return False
    if left.text.startswith(_SETS) or right.text.startswith(_SETS):
        return True
    function = next((node for node in comparison.ancestors() if node.kind in _FUNCTIONS), None)
    return function is not None and _asks_for_equality(function, left, right)


def _asks_for_equality(function: Node, left: Node, right: Node) -> bool:
    return any(
        (written_alike(left, one) and written_alike(right, other))
        or (written_alike(left, other) and written_alike(right, one))
        for node in function.walk()
        for one, sign, other in _pairs(node)
        if sign.text in _EQUALITY
    )


def _pairs(comparison: Node) -> Iterator[tuple[Node, Node, Node]]:
    """What is compared with what; three and more in a chain in Python."""
    if comparison.kind not in _COMPARISONS:
        return
    parts = comparison.children
    comparison.source.look(len(parts))
    for at in range(1, len(parts) - 1, 2):
        yield parts[at - 1], parts[at], parts[at + 1]


def _beside(node: Node) -> tuple[Node | None, Node | None]:
    """Its neighbours, operators too."""
    row = node.parent.children if node.parent is not None else []
    return (
        row[node.index - 1] if node.index > 0 else None,
        row[node.index + 1] if node.index + 1 < len(row) else None,
    )
