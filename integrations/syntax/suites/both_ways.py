"""Functions that a file's tests expect to give something true here and something false there: they
answer yes or no, whatever their names are.
"""

from collections.abc import Iterable

from integrations.syntax.tree import Node

_NEGATIONS = frozenset({"not_operator", "unary_expression"})
_CALLS = frozenset({"call", "call_expression"})
_DEEP = 10


def asked(expression: Node) -> tuple[str, bool] | None:
    """What ``assert not f(1)`` calls, and whether it is to be true; None for anything else."""
    node, wanted = expression, True
    for _ in range(_DEEP):
        if node.kind in _NEGATIONS and node.parts:
            operator = node.children[0].kind
            if operator not in {"not", "!"}:
                return None
            node, wanted = node.parts[-1], not wanted
        elif node.kind in {"parenthesized_expression", "await", "await_expression"} and node.parts:
            node = node.parts[-1]
        else:
            break
    function = node.child("function") if node.kind in _CALLS else None
    return (function.short.rpartition(".")[2], wanted) if function is not None else None


def both_ways(found: Iterable[tuple[str, bool] | None]) -> frozenset[str]:
    """The names that are expected to be true, and false."""
    answers = {one for one in found if one is not None}
    return frozenset(name for name, wanted in answers if (name, not wanted) in answers)
