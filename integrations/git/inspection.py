"""The rules for a tree that a sandbox made, applied to every path it changed."""

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from integrations.git.limits import GitLimits
from integrations.git.names import fault_of_link, fault_of_path, leading_parents
from integrations.git.process import Git, TooMuchOutput
from integrations.git.reading import LINK, SUBMODULE
from worker.domain.errors import HandOverRefused

_FILE_MODES = ("100644", "100755")
_LINK_BYTES = 4096
_RECORD_BYTES = 8192
"""Room for one changed path in git's list."""
_SECONDS = 60.0
"""For listing a tree: nested empty trees can take for ever without a word."""


@dataclass(frozen=True, slots=True)
class _Change:
    """A path as it is after the change."""

    mode: str
    object_id: str
    path: bytes


def inspect(git: Git, before: str, after: str, limits: GitLimits) -> None:
    """Look at what changed between two trees.

    Raises HandOverRefused, with the path and the reason, for too many or too large files, paths
    and links that lead outside, names that are not plain UTF-8, and changed submodules. What the
    first tree already has is not questioned.
    """
    quick = replace(git, timeout_seconds=min(git.timeout_seconds, _SECONDS))
    changes = _changes(quick, before, after, limits)
    for change in changes:
        _check_name_and_mode(change)
    files = [c for c in changes if c.mode in _FILE_MODES]
    links = [c for c in changes if c.mode == LINK]
    _check_sizes(git, files, limits.hand_over_blob_bytes)
    _check_sizes(git, links, _LINK_BYTES)
    for link in links:
        target = git.run("cat-file", "blob", link.object_id).out
        _check_link(link.path.decode(), target)


def _changes(git: Git, before: str, after: str, limits: GitLimits) -> list[_Change]:
    """What is new or changed; more than the limit, removals counted, is refused.

    Not ``git diff-tree``: that holds all it finds before it says anything, and a few nested trees
    can unfold to more paths than there is memory. ``ls-tree`` can be stopped while it speaks.
    """
    old = set(_listed(git, before, None))
    room = sum(map(len, old)) + len(old) + limits.hand_over_files * _RECORD_BYTES
    try:
        new = set(_listed(git, after, room))
    except TooMuchOutput:
        raise _too_many("more", limits) from None
    changes = [_change(record) for record in new - old]
    paths = {c.path for c in changes} | {_change(record).path for record in old - new}
    if len(paths) > limits.hand_over_files:
        raise _too_many(str(len(paths)), limits)
    return sorted(changes, key=lambda change: change.path)


def _listed(git: Git, tree: str, limit_bytes: int | None) -> list[bytes]:
    return git.run("ls-tree", "-r", "-z", "--full-tree", tree, limit_bytes=limit_bytes).out.split(
        b"\0"
    )[:-1]


def _change(record: bytes) -> _Change:
    meta, path = record.split(b"\t", 1)
    mode, _kind, object_id = meta.decode().split(" ")
    return _Change(mode, object_id, path)


def _too_many(count: str, limits: GitLimits) -> HandOverRefused:
    return HandOverRefused(
        f"The hand-over changes too many files: {count}; the limit is {limits.hand_over_files}."
    )


def _check_name_and_mode(change: _Change) -> None:
    try:
        path = change.path.decode()
    except UnicodeDecodeError:
        raise HandOverRefused(f"{change.path!r} is not named in UTF-8.") from None
    fault = fault_of_path(path)
    if fault is not None:
        raise HandOverRefused(f"{path!r} {fault}.")
    if change.mode == SUBMODULE:
        raise HandOverRefused(
            f"{path!r} is a submodule: the fleet neither adds nor changes submodules. A directory"
            " with its own .git must be removed or added as plain files."
        )
    if change.mode not in (*_FILE_MODES, LINK):
        raise HandOverRefused(f"{path!r} has the unknown file mode {change.mode}.")


def _check_sizes(git: Git, changes: Sequence[_Change], limit_bytes: int) -> None:
    for change, size in zip(changes, _sizes(git, changes), strict=True):
        if size is None:
            raise HandOverRefused(f"{change.path.decode()!r} has no content in the hand-over.")
        if size > limit_bytes:
            raise HandOverRefused(
                f"{change.path.decode()!r} is {size} bytes large; the limit is {limit_bytes}."
            )


def _sizes(git: Git, changes: Sequence[_Change]) -> Iterator[int | None]:
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
