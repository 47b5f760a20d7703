"""Files that pass through a filter of ``.gitattributes``: Git LFS, git-crypt.

What git holds of them is not what people work with, and the filters' programs and keys are not
here. So their pointers stay as they are, and nothing is taken in where one would belong.
"""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import mkdtemp

from integrations.git.limits import MIB
from integrations.git.process import Git
from integrations.git.reading import LINK, SUBMODULE, Entry
from worker.domain.errors import HandOverRefused

Tree = Mapping[bytes, Entry]

_ATTRIBUTES = b".gitattributes"
_NO_FILTER = frozenset({"unspecified", "unset", "set"})
"""What git says of a path for which no filter is named."""


def check_filters(git: Git, before: str, old: Tree, after: str, new: Tree) -> None:
    """Look at what one tree (its id, its entries) became.

    Filtered files may be moved and removed. Raises HandOverRefused for one that is added or
    changed, and for a change in which files are filtered.
    """
    if not _any_filter(git, (*old.values(), *new.values())):
        return
    paths = [path for path in {**old, **new} if (new.get(path) or old[path]).mode != SUBMODULE]
    was, will = _filters(git, before, paths), _filters(git, after, paths)
    held = {(entry.object_id, was.get(path)) for path, entry in old.items()}
    for path in sorted(old.keys() & new.keys()):
        if was.get(path) != will.get(path):
            raise _refiltered(_shown(path), was.get(path, "none"), will.get(path, "none"))
    for path, entry in sorted(new.items()):
        filtered = will.get(path) or was.get(path)
        unchanged = old.get(path) == entry or (entry.object_id, will.get(path)) in held
        if filtered and not unchanged and entry.mode not in (LINK, SUBMODULE):
            raise _filtered(_shown(path), filtered)


def _refiltered(path: str, before: str, after: str) -> HandOverRefused:
    return HandOverRefused(
        f"{path} would go through another filter ({after} instead of {before}): leave the filters"
        " in .gitattributes as they are."
    )


def _filtered(path: str, name: str) -> HandOverRefused:
    return HandOverRefused(
        f"{path} goes through the filter {name!r} of .gitattributes (as with Git LFS), which is not"
        " at hand: such files can be moved or removed, not added or changed."
    )


def _shown(path: bytes) -> str:
    return repr(path.decode(errors="replace"))


def _any_filter(git: Git, entries: Iterable[Entry]) -> bool:
    ids = {entry.object_id for entry in entries if entry.path.rpartition(b"/")[2] == _ATTRIBUTES}
    if not ids:
        return False
    asked = "".join(f"{object_id}\n" for object_id in sorted(ids)).encode()
    return b"filter" in git.run("cat-file", "--batch", stdin=asked, limit_bytes=64 * MIB).out


def _filters(git: Git, tree: str, paths: Iterable[bytes]) -> dict[bytes, str]:
    """The filter of each path that has one, by the tree's attributes."""
    asked = b"".join(path + b"\0" for path in paths)
    scratch = Path(mkdtemp(prefix="index-", dir=git.git_dir))
    try:
        # git 2.39 reads the attributes from an index, later ones also straight from the tree.
        index = {"GIT_INDEX_FILE": str(scratch / "index"), "GIT_ATTR_SOURCE": tree}
        git.run("read-tree", tree, env=index)
        asking = ("check-attr", "--cached", "-z", "--stdin", "filter")
        words = git.run(*asking, stdin=asked, env=index).out.split(b"\0")[:-1]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    told = zip(words[0::3], words[2::3], strict=True)
    named = {path: value.decode(errors="replace") for path, value in told}
    return {path: value for path, value in named.items() if value not in _NO_FILTER}
