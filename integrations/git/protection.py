"""A commit for the clean room: what is protected is as on the base, whatever the agent did to it.

Made of objects alone, on an index of its own: there is no working tree that a link could lead out
of. Patterns are matched by ``pathspec``, which follows git's own edge cases.
"""

import shutil
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from pathspec import GitIgnoreSpec

from integrations.git.limits import Identity
from integrations.git.objects import write_commit
from integrations.git.process import Git
from integrations.git.reading import LINK, SUBMODULE, Entry, entries
from worker.domain.errors import PermanentError
from worker.domain.protection import Protected, Protection

_NO_ID = "0" * 40


def protect(
    run: Git, base: str, commit: str, protection: Protection, identity: Identity
) -> Protected:
    """Make the commit, on top of ``commit`` and no ref; the same one for the same arguments.

    It stays in ``run`` until that is forgotten. ``commit`` itself where nothing differs. Raises
    PermanentError for a pattern that is none.
    """
    before = {entry.path: entry for entry in entries(run, base)}
    after = {entry.path: entry for entry in entries(run, commit)}
    guard = _Guard.of(protection)
    back = [entry for path, entry in before.items() if guard.changed(entry, after.get(path))]
    fresh = {path: entry for path, entry in after.items() if path not in before}
    away = {path for path, entry in fresh.items() if guard.intrudes(entry)}
    away |= set(_in_the_way(fresh, before, guard))
    if not back and not away:
        return Protected(commit)
    tree = _tree(run, commit, back, away)
    date = run.line("log", "-1", "--format=%ct +0000", commit)
    message = f"For the clean room\n\n{commit}, with what is protected as on {base}.\n"
    restored = {entry.path for entry in back} | away
    return Protected(
        write_commit(run, tree, (commit,), message, identity, date),
        tuple(sorted(path.decode(errors="replace") for path in restored)),
    )


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Patterns of protected paths."""

    spec: GitIgnoreSpec
    leading: GitIgnoreSpec
    """The directories that they lead through: a link in such a place would lead elsewhere."""

    @classmethod
    def of(cls, patterns: Iterable[str]) -> "_Patterns":
        listed = tuple(patterns)
        through = (directory for pattern in listed for directory in _directories(pattern))
        return cls(_spec(listed), _spec(through))

    def match(self, name: str, mode: str) -> bool:
        """Whether they mean this entry. A link may stand for a directory."""
        if self.spec.match_file(name):
            return True
        return mode in (LINK, SUBMODULE) and (
            self.spec.match_file(f"{name}/") or self.leading.match_file(name)
        )


@dataclass(frozen=True, slots=True)
class _Guard:
    """Which paths are protected."""

    existing: _Patterns
    always: _Patterns
    in_any_case: _Patterns
    """``always``, for folded names: ``makefile`` is read where a ``Makefile`` is protected."""
    spared: frozenset[bytes]

    @classmethod
    def of(cls, protection: Protection) -> "_Guard":
        return cls(
            _Patterns.of(protection.existing),
            _Patterns.of(protection.always),
            _Patterns.of(map(_folded, protection.always)),
            frozenset(path.encode(errors="surrogateescape") for path in protection.except_for),
        )

    def protects(self, entry: Entry) -> bool:
        """Whether this entry of the base must stay as it is."""
        name = _text(entry.path)
        return entry.path not in self.spared and (
            self.existing.match(name, entry.mode) or self.always.match(name, entry.mode)
        )

    def changed(self, before: Entry, after: Entry | None) -> bool:
        """Whether this entry of the base is protected, and another one now or none."""
        if before == after or before.path in self.spared:
            return False
        return self.protects(before) or (after is not None and self.intrudes(after))

    def intrudes(self, entry: Entry) -> bool:
        """Whether this entry, which the base does not have, must go."""
        name = _text(entry.path)
        return entry.path not in self.spared and (
            self.always.match(name, entry.mode) or self.in_any_case.match(_folded(name), entry.mode)
        )


def _in_the_way(
    fresh: Mapping[bytes, Entry], before: Mapping[bytes, Entry], guard: _Guard
) -> Iterator[bytes]:
    """New paths that take a protected one's place: the same but for its case, a file instead of
    one of its directories, or something below it.
    """
    named: dict[str, list[bytes]] = {}
    below: dict[str, list[bytes]] = {}
    for path in fresh:
        name = _folded(_text(path))
        named.setdefault(name, []).append(path)
        for parent in _parents(name):
            below.setdefault(parent, []).append(path)
    if not named:
        return
    for path, entry in before.items():
        name = _folded(_text(path))
        places = (named.get(place, ()) for place in (name, *_parents(name)))
        rivals = [*below.get(name, ()), *(rival for found in places for rival in found)]
        if rivals and guard.protects(entry):
            yield from (r for r in rivals if r not in guard.spared or _excludes(r, path))


def _excludes(one: bytes, other: bytes) -> bool:
    """Whether no tree can hold both."""
    return other.startswith(one + b"/") or one.startswith(other + b"/")


def _tree(run: Git, commit: str, back: Iterable[Entry], away: Iterable[bytes]) -> str:
    gone = [b"0 %s\t%s\0" % (_NO_ID.encode(), path) for path in away]
    there = [b"%s %s\t%s\0" % (e.mode.encode(), e.object_id.encode(), e.path) for e in back]
    scratch = Path(mkdtemp(prefix="index-", dir=run.git_dir))
    try:
        index = {"GIT_INDEX_FILE": str(scratch / "index")}
        run.run("read-tree", commit, env=index)
        orders = b"".join((*gone, *there))
        run.run("update-index", "-z", "--index-info", stdin=orders, env=index)
        return run.line("write-tree", env=index)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _spec(patterns: Iterable[str]) -> GitIgnoreSpec:
    try:
        return GitIgnoreSpec.from_lines(patterns)
    except ValueError as fault:
        raise PermanentError(f"A pattern of protected paths is wrong: {fault}") from fault


def _directories(pattern: str) -> Iterator[str]:
    """The directories that a pattern leads through, as patterns; not those of any name."""
    if pattern.startswith(("!", "#")):
        return
    parts = pattern.strip("/").split("/")
    for count in range(1, len(parts)):
        if set(parts[:count]) != {"**"}:
            yield "/" + "/".join(parts[:count])


def _parents(name: str) -> Iterator[str]:
    end = name.find("/")
    while end >= 0:
        yield name[:end]
        end = name.find("/", end + 1)


def _folded(name: str) -> str:
    """The same for names that some file system takes for the same."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name.casefold())


def _text(path: bytes) -> str:
    """For matching: patterns are regular expressions in the end, whose dot means no newline."""
    return path.decode(errors="surrogateescape").replace("\n", "\0")
