"""Expected values that a Python test takes from the code's own table: they say nothing, since the
table may be wrong.
"""

import re
from collections.abc import Iterator, Mapping

from integrations.syntax.tree import Node

_TABLE = re.compile(r"_*[A-Z][A-Z0-9_]+")
_PATTERNS = frozenset({"pattern_list", "tuple_pattern"})
_LOOKED_UP = (".get(", ".items()", ".values()")
_DEEP = 5


def imported_tables(root: Node) -> Iterator[tuple[str, Node]]:
    """Constants that the file imports, with the statement that does."""
    for node in root.parts:
        for part in node.parts[1:] if node.kind == "import_from_statement" else ():
            name = (part.child("alias") or part).short
            if _TABLE.fullmatch(name) is not None:
                yield name, node


def unpacked(pattern: Node, value: Node) -> Iterator[tuple[str, Node]]:
    """The names of ``source, target = TABLE[key]``, each with what it is taken from."""
    if pattern.kind in _PATTERNS:
        for part in pattern.walk():
            if part.kind == "identifier":
                yield part.text, value


def mirrors(expected: Node, names: Mapping[str, Node]) -> bool:
    """Whether this is an entry of an imported table."""
    node = expected
    for _ in range(_DEEP):
        if node.kind != "identifier" or node.text not in names:
            break
        node = names[node.text]
    holder = node.child("value") if node.kind == "subscript" else None
    if node.kind == "call" and any(word in node.short for word in _LOOKED_UP):
        function = node.child("function")
        holder = function.child("object") if function is not None else None
    if holder is None or holder.kind != "identifier" or holder.text not in names:
        return False
    return names[holder.text].kind == "import_from_statement"
