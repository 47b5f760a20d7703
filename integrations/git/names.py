"""Names that come from outside, made safe for a directory, a ref or a tree."""

import hashlib
import re
import unicodedata

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that make a name read other than it is."""


def safe_name(text: str) -> str:
    """One component of a path or a ref, different for different texts.

    The text itself if it is plain; any other has a dot in its name, which no plain text has.
    """
    if _PLAIN.fullmatch(text):
        return text
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[-60:]
    return f"{readable or 'x'}.{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def fault_of_path(path: str) -> str | None:
    """Why a path must not become a file of a repository, or None if nothing speaks against it.

    git's own check of trees (fsck) knows more disguises of ``.git``; this one speaks more clearly.
    """
    if any(unicodedata.category(c) == "Cc" or c in _BIDI for c in path):
        return "has control characters in its name"
    if not path or path.startswith("/"):
        return "is not a path inside the repository"
    parts = path.replace("\\", "/").split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "leads outside the repository"
    if any(_means_git_directory(part) for part in parts):
        return "would write into a .git directory"
    return None


def fault_of_link(target: str) -> str | None:
    """Why a symbolic link's target is not acceptable, or None.

    ``..`` may only lead: behind a name that is itself a link it would mean another directory.
    """
    if target.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", target):
        return "points to an absolute path"
    parts = [part for part in target.replace("\\", "/").split("/") if part not in ("", ".")]
    inner = parts[leading_parents(target) :]
    if ".." in inner:
        return "points through a directory and back out of it"
    if inner:
        return fault_of_path("/".join(inner))
    return None


def leading_parents(target: str) -> int:
    """How many ``..`` a link's target starts with."""
    parts = [part for part in target.replace("\\", "/").split("/") if part not in ("", ".")]
    return next((n for n, part in enumerate(parts) if part != ".."), len(parts))


def _means_git_directory(part: str) -> bool:
    """``.git`` as case-folding file systems, NTFS and HFS+ understand it."""
    visible = "".join(c for c in part if unicodedata.category(c) != "Cf")
    stem = visible.split(":")[0].rstrip(" .").casefold()
    return stem in (".git", "git~1")
