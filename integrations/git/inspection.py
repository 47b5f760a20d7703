"""The rules for a tree that a sandbox made, applied to every path it changed."""

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import replace

from integrations.git.filters import Tree, check_filters
from integrations.git.limits import GitLimits
from integrations.git.names import (
    fault_of_link,
    fault_of_path,
    fault_of_settings,
    leading_parents,
)
from integrations.git.process import Git, TooMuchOutput
from integrations.git.reading import EXECUTABLE, LINK, SUBMODULE, Entry, entries
from worker.domain.errors import HandOverRefused

_FILE_MODES = ("100644", EXECUTABLE)
_LINK_BYTES = 4096
_RECORD_BYTES = 8192
"""Room for one changed path in git's list."""
_SHOWN = 200
_SECONDS = 60.0
"""For listing a tree: nested empty trees can take for ever without a word."""


def inspect(git: Git, before: str, after: str, limits: GitLimits) -> None:
    """Look at what changed between two trees.

    Raises HandOverRefused, with the path and the reason, for too many or too large files, paths
    and links that lead outside, names that mean something else to somebody, changed or removed
    submodules, and changed files behind a filter. What the first tree already has is not
    questioned.
    """
    quick = replace(git, timeout_seconds=min(git.timeout_seconds, _SECONDS))
    old, new = _trees(quick, before, after, limits)
    changes = sorted((e for e in new.values() if old.get(e.path) != e), key=lambda e: e.path)
    for path, entry in old.items():
        if entry.mode == SUBMODULE and (path not in new or new[path].mode != SUBMODULE):
            raise _submodule(path.decode(errors="replace"))
    for change in changes:
        _check_name_and_mode(change)
    files = [e for e in changes if e.mode in _FILE_MODES]
    links = [e for e in changes if e.mode == LINK]
    _check_sizes(git, files, limits.hand_over_blob_bytes, limits.hand_over_unpacked_bytes)
    _check_sizes(git, links, _LINK_BYTES, limits.hand_over_unpacked_bytes)
    for link in links:
        target = git.run("cat-file", "blob", link.object_id).out
        _check_link(link.path.decode(), target)
    check_filters(quick, before, old, after, new)


def _trees(git: Git, before: str, after: str, limits: GitLimits) -> tuple[Tree, Tree]:
    """All that both hold. More changes than the limit, removals counted, are refused.

    Not ``git diff-tree``: that holds all it finds before it says anything, and a few nested trees
    can unfold to more paths than there is memory. ``ls-tree`` can be stopped while it speaks.
    """
    old = {entry.path: entry for entry in entries(git, before)}
    listed_bytes = sum(len(path) + 64 for path in old)
    try:
        found = entries(git, after, listed_bytes + limits.hand_over_files * _RECORD_BYTES)
    except TooMuchOutput:
        raise _too_many("more", limits) from None
    new = {entry.path: entry for entry in found}
    changed = sum(1 for path in {**old, **new} if old.get(path) != new.get(path))
    if changed > limits.hand_over_files:
        raise _too_many(str(changed), limits)
    return old, new


def _too_many(count: str, limits: GitLimits) -> HandOverRefused:
    return HandOverRefused(
        f"The hand-over changes too many files: {count}; the limit is {limits.hand_over_files}."
    )


def _submodule(path: str) -> HandOverRefused:
    return HandOverRefused(
        f"{path!r} is a submodule: the fleet neither adds, changes nor removes submodules. A"
        " directory with its own .git must be removed or added as plain files; one that was there"
        f" must come back as it was, empty (git checkout HEAD -- {path!r})."
    )


def _check_name_and_mode(change: Entry) -> None:
    try:
        path = change.path.decode()
    except UnicodeDecodeError:
        raise HandOverRefused(f"{change.path!r} is not named in UTF-8.") from None
    fault = fault_of_path(path) or fault_of_settings(path)
    if fault is not None:
        raise HandOverRefused(f"{_shown(path)} {fault}.")
    if change.mode == SUBMODULE:
        raise _submodule(path)
    if change.mode not in (*_FILE_MODES, LINK):
        raise HandOverRefused(f"{path!r} has the unknown file mode {change.mode}.")


def _shown(path: str) -> str:
    """Long names are cut."""
    return repr(path) if len(path) <= _SHOWN else f"{path[:_SHOWN]!r}..."


def _check_sizes(git: Git, changes: Sequence[Entry], limit_bytes: int, total_bytes: int) -> None:
    room = total_bytes
    for change, size in zip(changes, _sizes(git, changes), strict=True):
        if size is None:
            raise HandOverRefused(f"{change.path.decode()!r} has no content in the hand-over.")
        if size > limit_bytes:
            raise HandOverRefused(
                f"{change.path.decode()!r} is {size} bytes large; the limit is {limit_bytes}."
            )
        room -= size
    if room < 0:
        raise HandOverRefused(
            f"The files of the hand-over are {total_bytes - room} bytes large in all; the limit is"
            f" {total_bytes}."
        )


def _sizes(git: Git, changes: Sequence[Entry]) -> Iterator[int | None]:
    asked = "".join(f"{change.object_id}\n" for change in changes).encode()
    answers = git.line("cat-file", "--batch-check=%(objecttype) %(objectsize)", stdin=asked)
    for answer in answers.splitlines():
        kind, _, size = answer.partition(" ")
        yield int(size) if kind == "blob" else None


def _check_link(path: str, target: bytes) -> None:
    try:
        text = target.decode()
    except UnicodeDecodeError:
        raise HandOverRefused(f"The link {path!r} points to a name that is not UTF-8.") from None
    fault = fault_of_link(text)
    depth = len([part for part in posixpath.dirname(path).split("/") if part])
    if fault is None and leading_parents(text) > depth:
        fault = "leads outside the repository"
    if fault is not None:
        raise HandOverRefused(f"The link {path!r} -> {text!r} {fault}.")
