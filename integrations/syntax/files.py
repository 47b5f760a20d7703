"""The other files that code stands among, read only as far as they are asked for."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from integrations.syntax.tree import Node

_MOST = 8 * 1024 * 1024
"""Characters that are read in all: trees are some hundred times as large."""
_IDENTIFIERS = frozenset({"identifier", "property_identifier", "type_identifier"})


class Files:
    """Text by path, and ``read`` that makes a tree of it (None where there is none)."""

    def __init__(self, texts: Mapping[str, str], read: Callable[[str, str], Node | None]) -> None:
        self._texts = texts
        self._read = read
        self._trees: dict[str, Node | None] = {}
        self._uses: dict[str, dict[str, list[Node]]] = {}
        self._left = _MOST
        self.incomplete = False
        """Whether a file that matters was not read."""

    def with_word(self, word: str) -> Sequence[Node]:
        """The trees of the files in which it occurs."""
        return self.with_any((word,))

    def with_any(self, words: Iterable[str]) -> Sequence[Node]:
        """The trees of the files in which one of them occurs."""
        looked = tuple(words)
        trees = (
            self._tree(path)
            for path, text in self._texts.items()
            if any(word in text for word in looked)
        )
        return [tree for tree in trees if tree is not None]

    def uses(self, name: str) -> Sequence[Node]:
        """Where a name is written, in all files."""
        found: list[Node] = []
        for path, text in self._texts.items():
            tree = self._tree(path) if name in text else None
            if tree is not None:
                found += self._names(path, tree).get(name, ())
        return found

    def _names(self, path: str, tree: Node) -> Mapping[str, Sequence[Node]]:
        if path not in self._uses:
            names: dict[str, list[Node]] = {}
            for node in tree.walk():
                if node.kind in _IDENTIFIERS:
                    names.setdefault(node.text, []).append(node)
            self._uses[path] = names
        return self._uses[path]

    def _tree(self, path: str) -> Node | None:
        if path not in self._trees:
            text = self._texts[path]
            self._left -= len(text)
            tree = self._read(path, text) if self._left >= 0 else None
            self.incomplete = self.incomplete or tree is None
            self._trees[path] = tree
        return self._trees[path]
