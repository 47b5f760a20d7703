"""Names that come from outside, made safe for a directory, a ref or a tree."""

import hashlib
import re
import unicodedata

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that make a name read other than it is."""
_BREAKS = frozenset({"Cc", "Zl", "Zp"})
"""Categories of characters that end a line, or do worse to a terminal."""
_STREAM = re.compile(r":\$")
"""NTFS: another name of the same file, as in ``x.py::$DATA``."""
_NAME_BYTES = 255
_PATH_BYTES = 1024
_DEPTH = 64


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
    if any(unicodedata.category(c) in _BREAKS or c in _BIDI for c in path):
        return "has control characters in its name"
    if not path or path.startswith("/"):
        return "is not a path inside the repository"
    parts = path.replace("\\", "/").split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "leads outside the repository"
    if any(_means(part, ".git", "git~1") for part in parts):
        return "would write into a .git directory"
    return _oddity(path, parts)


def _oddity(path: str, parts: list[str]) -> str | None:
    """What is no way out, and yet no name to give to people and their tools."""
    if path.startswith("-"):
        return "would be taken for an option"
    if any(part.endswith((".", " ")) or _STREAM.search(part) for part in parts):
        return "has another meaning on Windows"
    longest = max(len(part.encode(errors="replace")) for part in parts)
    if longest > _NAME_BYTES or len(path.encode(errors="replace")) > _PATH_BYTES:
        return "has too long a name"
    return "lies too deep in directories" if len(parts) > _DEPTH else None


def fault_of_settings(path: str) -> str | None:
    """Why a file must not be git's own settings, or None: it tells people's git where to fetch."""
    if _means(path, ".gitmodules", "gitmod~1"):
        return "says where submodules come from, which the fleet neither adds nor changes"
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


def _means(part: str, *names: str) -> bool:
    """Whether it is one of the names, as case-folding file systems, NTFS and HFS+ understand it."""
    visible = "".join(c for c in part if unicodedata.category(c) != "Cf")
    return visible.split(":")[0].rstrip(" .").casefold() in names
