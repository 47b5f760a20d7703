"""The files that say what a project depends on, and so what its environment is made of."""

import posixpath
from collections.abc import Iterable
from fnmatch import fnmatch

MANIFESTS = (
    "requirements*.txt",
    "pyproject.toml",
    "uv.lock",
    "poetry.lock",
    "package.json",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "go.mod",
    "go.sum",
    "Cargo.toml",
    "Cargo.lock",
    "Gemfile*",
    "pom.xml",
    "build.gradle*",
)
"""Files, in any directory, on whose content a set-up is taken to depend."""


def is_manifest(path: str) -> bool:
    """Whether a set-up is taken to depend on the file."""
    return any(fnmatch(posixpath.basename(path), pattern) for pattern in MANIFESTS)


def manifests(paths: Iterable[str]) -> tuple[str, ...]:
    """Those of the paths that are manifests."""
    return tuple(path for path in paths if is_manifest(path))
