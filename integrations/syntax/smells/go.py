"""Smells in Go code."""

from collections.abc import Sequence

from integrations.syntax.smells.examples import Rows
from integrations.syntax.tree import Node
from worker.domain.source import Smell


def smells(root: Node, _rows: Rows) -> Sequence[tuple[Smell, int]]:
    """An error that is asked for, and then nothing is done."""
    found = []
    for node in root.walk():
        condition = node.child("condition") if node.kind == "if_statement" else None
        body = node.child("consequence")
        if condition is None or body is None or condition.short != "err != nil":
            continue
        statements = [inner for part in body.parts for inner in part.parts]
        if not statements or (len(statements) == 1 and statements[0].kind == "continue_statement"):
            smell = Smell("swallowed error", node.line, node.short)
            found.append((smell, node.line + node.text.count("\n")))
    return found


def rows(_root: Node) -> Rows:
    """None: examples are not looked for."""
    return ()
