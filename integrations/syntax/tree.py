"""Source text as a tree of plain nodes, made without recursion and within bounds."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Language, Parser, Tree

MAX_BYTES = 1024 * 1024
MAX_NODES = 200_000
MAX_DEPTH = 1000
"""Of a node: a chain of so many operators, or so many ``else if``."""
_LOOKS = 3_000_000
_LOOKS_PER_NODE = 40
_MAX_WORK = 20_000
"""Progress reports of the parser (one for some hundred steps): broken text can take very many."""
_MAX_WORK_ANEW = 45_000
"""As much for all replacements together that are tried on one text."""
_PIECE_BYTES = 64 * 1024
_ANCESTORS = 100
_COMMENTS = frozenset({"comment", "line_continuation", "html_comment"})
_SHORT = 100
_LONG = 2000
_LEADING, _CONTINUES = 0xC0, 0x80
"""The two bits that mark the bytes of a character after its first in UTF-8."""


class TooMuchWork(Exception):
    """A text is made so that looking at it takes very long."""


@dataclass(slots=True)
class Source:
    """A text, and how often its nodes may still be looked at: what takes the square of a hostile
    length is stopped, and nothing is known of such a text.
    """

    text: str
    looks: int

    def look(self, times: int) -> None:
        """Raises ``TooMuchWork``."""
        self.looks -= times
        if self.looks < 0:
            raise TooMuchWork


@dataclass(slots=True, eq=False)
class Node:
    """A part of the text. ``start`` and ``end`` count characters, ``line`` counts from 1."""

    kind: str
    named: bool
    field: str
    """What it is to its parent, as the grammar calls it; may be empty."""
    start: int
    end: int
    line: int
    parent: "Node | None"
    index: int
    """Its place among its parent's children."""
    source: Source = dataclasses.field(repr=False)
    children: list["Node"] = dataclasses.field(default_factory=list, repr=False)

    @property
    def text(self) -> str:
        """As it is written."""
        return self.source.text[self.start : self.end]

    @property
    def short(self) -> str:
        """Its text on one line, cut."""
        line = " ".join(
            self.source.text[self.start : min(self.end, self.start + 4 * _SHORT)].split()
        )
        return line if len(line) <= _SHORT else f"{line[: _SHORT - 1]}…"

    @property
    def parts(self) -> list["Node"]:
        """Its children without punctuation and comments."""
        self.source.look(len(self.children))
        return [child for child in self.children if child.named and child.kind not in _COMMENTS]

    def child(self, field: str) -> "Node | None":
        """The first child that is this to it."""
        self.source.look(len(self.children))
        return next((child for child in self.children if child.field == field), None)

    def ancestors(self) -> Iterator["Node"]:
        """From the parent up, so many as real code has: hostile text may nest without end."""
        node = self.parent
        for _ in range(_ANCESTORS):
            if node is None:
                return
            yield node
            node = node.parent

    def walk(self, without: Callable[["Node"], bool] | None = None) -> Iterator["Node"]:
        """It and all below in the order of the text; ``without`` leaves nodes out with what is
        below them (never the first).
        """
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            below = node.children
            self.source.look(1 + len(below))
            if without is not None and below:
                below = [child for child in below if not without(child)]
            stack.extend(reversed(below))

    def before(self) -> "Node | None":
        """The named sibling before it that is no comment."""
        for place in range(self.index - 1, -1, -1):
            node = self.parent.children[place] if self.parent is not None else None
            if node is not None and node.named and node.kind not in _COMMENTS:
                return node
        return None


def written_alike(one: Node, other: Node) -> bool:
    """Whether two parts are the same but for spaces between words; long ones are not compared."""
    lengths = one.end - one.start, other.end - other.start
    if max(lengths) > _LONG or one.kind != other.kind:
        return False
    first, second = (
        [part.text for part in node.walk() if not part.children] for node in (one, other)
    )
    return first == second


class Parsed:
    """A text and its tree."""

    def __init__(self, text: str, data: bytes, parser: Parser, tree: Tree, root: Node) -> None:
        self.text = text
        self.root = root
        self._data = data
        self._parser = parser
        self._tree = tree
        self._work = _MAX_WORK_ANEW

    def allows(self, start: int, end: int, replacement: str) -> bool:
        """Whether the text still parses with the replacement; offsets in characters."""
        if self._work <= 0:
            return False
        new = replacement.encode(errors="replace")
        first = start if self.text.isascii() else len(self._encoded(0, start))
        last = first + len(self._encoded(start, end))
        data = self._data[:first] + new + self._data[last:]
        old = self._tree.copy()
        stop = first + len(new)
        old.edit(
            *(first, last, stop),
            *(_point(self._data, first), _point(self._data, last), _point(data, stop)),
        )
        tree, work = _parse(self._parser, data, old, self._work)
        self._work -= work
        return tree is not None and not tree.root_node.has_error

    def _encoded(self, start: int, end: int) -> bytes:
        return self.text[start:end].encode(errors="replace")


def parsed(text: str, grammar: Language) -> Parsed | None:
    """None for text that is too large or too deep, has errors, or takes too long to read."""
    if len(text) > MAX_BYTES:
        return None
    # Half of a surrogate pair is one character before and after.
    data = text.encode(errors="replace")
    if len(data) > MAX_BYTES:
        return None
    parser = Parser(grammar)
    tree, _ = _parse(parser, data, None, _MAX_WORK)
    if tree is None or tree.root_node.has_error or tree.root_node.descendant_count > MAX_NODES:
        return None
    places = range(len(data) + 1) if text.isascii() else _characters(data)
    root = _nodes(tree, text, places)
    return Parsed(text, data, parser, tree, root) if root is not None else None


def _parse(parser: Parser, data: bytes, old: Tree | None, most: int) -> tuple[Tree | None, int]:
    """The tree, if it takes no more than so much work; and the work that it took."""
    work = 0

    def too_much(_offset: int, _error: bool) -> bool:
        nonlocal work
        work += 1
        return work > most

    def piece(offset: int, _point: object) -> bytes:
        return data[offset : offset + _PIECE_BYTES]

    try:
        if old is None:
            return parser.parse(piece, progress_callback=too_much), work
        return parser.parse(piece, old, progress_callback=too_much), work
    except ValueError:  # It was stopped.
        parser.reset()
        return None, work


def _point(data: bytes, offset: int) -> tuple[int, int]:
    return data.count(b"\n", 0, offset), offset - (data.rfind(b"\n", 0, offset) + 1)


def _characters(data: bytes) -> list[int]:
    """For each byte, and the end, how many characters stand before it."""
    count, places = 0, []
    for byte in data:
        places.append(count)
        count += byte & _LEADING != _CONTINUES
    places.append(count)
    return places


def _nodes(tree: Tree, text: str, places: Sequence[int]) -> Node | None:
    """None for a tree that is too deep."""
    cursor = tree.walk()
    root = parent = None
    source = Source(text, _LOOKS + _LOOKS_PER_NODE * tree.root_node.descendant_count)
    depth = 0
    while True:
        raw = cursor.node
        assert raw is not None  # noqa: S101 - for the type checker: a cursor stands on a node
        node = Node(
            *(raw.type, raw.is_named, cursor.field_name or ""),
            *(places[raw.start_byte], places[raw.end_byte], raw.start_point.row + 1),
            *(parent, len(parent.children) if parent else 0, source),
        )
        root = root or node
        if parent is not None:
            parent.children.append(node)
        if cursor.goto_first_child():
            parent, depth = node, depth + 1
            if depth > MAX_DEPTH:
                return None
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent() or parent is None:
                return root
            parent, depth = parent.parent, depth - 1
