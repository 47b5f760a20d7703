"""A round's change as gates look at it: paths, texts before and after, and the lines added."""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from worker.domain.protection import is_test

ReadFile = Callable[[str], str | None]
_COMPARED_LINES = 20_000
"""In a longer file every line is taken for new: comparing takes the square of the length."""


class Change:
    """From ``base`` to ``head``, each a reader of files; both are read once."""

    def __init__(self, files: Sequence[str], base: ReadFile, head: ReadFile) -> None:
        self.files = tuple(files)
        self.base: ReadFile = lru_cache(maxsize=None)(base)
        self.head: ReadFile = lru_cache(maxsize=None)(head)
        self._lines = lru_cache(maxsize=None)(self._compared)

    @property
    def tests(self) -> tuple[str, ...]:
        """Changed or new files that a test runner would look into."""
        return tuple(path for path in self.files if is_test(path) and self.head(path) is not None)

    @property
    def code(self) -> tuple[str, ...]:
        """The other changed or new files."""
        return tuple(p for p in self.files if not is_test(p) and self.head(p) is not None)

    def added(self, path: str) -> frozenset[int]:
        """Numbers (from 1) of the lines that are new or different in ``head``."""
        return self._lines(path)[0]

    def removed(self, path: str) -> tuple[str, ...]:
        """The lines of ``base`` that are not in ``head`` any more."""
        return self._lines(path)[1]

    def added_lines(self, path: str) -> tuple[tuple[int, str], ...]:
        """The same with their texts, in order."""
        lines = (self.head(path) or "").splitlines()
        return tuple((n, lines[n - 1]) for n in sorted(self.added(path)))

    def _compared(self, path: str) -> tuple[frozenset[int], tuple[str, ...]]:
        before = (self.base(path) or "").splitlines()
        after = (self.head(path) or "").splitlines()
        if max(len(before), len(after)) > _COMPARED_LINES:
            return frozenset(range(1, len(after) + 1)), tuple(before)
        added: set[int] = set()
        removed: list[str] = []
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        for kind, i1, i2, j1, j2 in matcher.get_opcodes():
            if kind != "equal":
                added.update(range(j1 + 1, j2 + 1))
                removed.extend(before[i1:i2])
        return frozenset(added), tuple(removed)
