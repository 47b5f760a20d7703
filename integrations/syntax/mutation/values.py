"""Mutants of constants, of what is returned, and of statements."""

import re
from collections.abc import Iterator

from integrations.syntax.mutation import probes
from integrations.syntax.mutation.table import Change, Table
from integrations.syntax.tree import Node
from worker.domain.source import Edit

_BOUNDARY, _RETURN, _CONSTANT, _STATEMENT = 1, 4, 4, 6
_OTHER = "mutant"
_INTEGER = re.compile(r"(0|[1-9][0-9]*(_[0-9]+)*)n?")
_FLOAT = re.compile(r"[0-9][0-9_]*\.[0-9_]*")
_TUNING = re.compile(
    r"timeout|delay|interval|retr(y|ies)|backoff|sleep|port\b|log_?level|stack_?level|verbos|indent"
    r"|buffer|chunk|max_?size|max_?len|width|ttl|version|seed|workers|mode|umask|exit",
    re.IGNORECASE,
)
"""Names of numbers that no behaviour hangs on exactly."""
_MESSAGE_LENGTH = 20
_BYTES = 256
_MEANT_BOOLEANS = frozenset({"reverse"})


def changes(node: Node, table: Table) -> Iterator[Change]:
    """Of this node alone."""
    if node.kind in table.integers:
        yield from _number(node, table)
    elif node.kind in table.booleans:
        yield from _boolean(node, table)
    elif node.kind in table.strings:
        yield from _string(node, table)
    if node.kind in table.returns:
        yield from _returned(node, table)
    if table.removable(node):
        probe = Edit(node.start, node.end, table.ends)
        yield Change(_STATEMENT, "statement", node.start, node.end, table.empty, probe)


def _number(node: Node, table: Table) -> Iterator[Change]:
    text = node.short
    if _place(node) in table.settings or _TUNING.search(table.named_by(node)):
        return
    if _INTEGER.fullmatch(text):
        value = int(text.rstrip("n").replace("_", ""))
        big = node.parent is not None and node.parent.kind in {"slice", "slice_expression"}
        if (big and value >= _MESSAGE_LENGTH) or _size_in_bytes(value):
            return
        if probes.says_the_same(node):
            return
        suffix = "n" if text.endswith("n") else ""
        yield Change(_BOUNDARY, "boundary", node.start, node.end, f"{value + 1}{suffix}")
    elif _FLOAT.fullmatch(text):
        whole, _, rest = text.replace("_", "").partition(".")
        yield Change(_CONSTANT, "constant", node.start, node.end, f"{int(whole) + 1}.{rest}")


def _size_in_bytes(value: int) -> bool:
    return value >= _BYTES and value & (value - 1) == 0


def _boolean(node: Node, table: Table) -> Iterator[Change]:
    name = table.named_by(node)
    if _place(node) in table.settings | table.flags and name not in _MEANT_BOOLEANS:
        return
    if node.parent is not None and table.branch(node.parent) is None:
        yield Change(_CONSTANT, "constant", node.start, node.end, table.booleans[node.kind])


def _string(node: Node, table: Table) -> Iterator[Change]:
    first, last = (node.children[0], node.children[-1]) if node.children else (node, node)
    inner = node.children[1:-1]
    if first is last or any(
        "content" not in part.kind and "fragment" not in part.kind and "escape" not in part.kind
        for part in inner
    ):
        return  # It is put together from parts.
    if first.end == last.start or not _tells(node, table):
        return
    yield Change(_CONSTANT, "constant", first.end, last.start, _OTHER)


def _tells(node: Node, table: Table) -> bool:
    """Whether a string is a value, no wording."""
    parent = node.parent
    if parent is None or not {_place(node), (parent.kind, "*")} & table.values:
        return False
    wording = " " in node.short and node.end - node.start > _MESSAGE_LENGTH
    return not (wording and node.field == "value")


def _place(node: Node) -> tuple[str, str]:
    return (node.parent.kind if node.parent is not None else "", node.field)


def _returned(node: Node, table: Table) -> Iterator[Change]:
    value = node.parts[-1] if node.parts else None
    if value is None or table.nothing is None:
        return
    constant = value.kind in {*table.integers, *table.booleans}
    decided = value.kind in table.swaps and any(
        table.swaps[value.kind].get(child.kind, ("", ""))[0] in {"comparison", "logic"}
        for child in value.children
    )
    if value.kind in table.nulls:
        replacement = table.something
    elif value.kind in table.strings and len(value.children) == 2:  # noqa: PLR2004 - its quotes
        replacement = value.text[:1] + _OTHER + value.text[:1]
    elif constant or decided or table.drops_not(value) is not None or _beyond(value, table):
        return
    else:
        replacement = table.nothing
    yield Change(_RETURN, "return", value.start, value.end, replacement)


def _beyond(value: Node, table: Table) -> bool:
    """Whether it has mutants of its own that are better, or is no value."""
    filled = value.kind in table.strings and len(value.children) == 3  # noqa: PLR2004 - quotes
    return filled or value.short == "NotImplemented"
