"""The names of the packages that a manifest or a lock file asks for; compared, not guessed."""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatch
from typing import Any

_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_GO = re.compile(r"^\s*(?:require\s+)?([a-z0-9.-]+\.[a-z]{2,}/\S+)\s+v", re.MULTILINE)
_GEM = re.compile(r"""^\s*gem\s+["']([^"']+)["']""", re.MULTILINE)


def names(path: str, text: str) -> frozenset[str]:
    """Package names as ``normal`` writes them; none for other files, nor for one that cannot be
    read.
    """
    name = path.rpartition("/")[2]
    for pattern, read in _READERS:
        if fnmatch(name, pattern):
            try:
                return frozenset(normal(one) for one in read(text))
            except (ValueError, TypeError, AttributeError, RecursionError):
                return frozenset()
    return frozenset()


def normal(name: str) -> str:
    """In lower case and with ``-`` for ``_``, which for Python's index are the same (PEP 503)."""
    return name.lower().replace("_", "-")


def _requirements(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if found := _REQUIREMENT.match(line):
            yield found.group(1)


def _pyproject(text: str) -> Iterator[str]:
    document = tomllib.loads(text)
    project = document.get("project", {})
    listed = [*project.get("dependencies", [])]
    for group in (project.get("optional-dependencies", {}), document.get("dependency-groups", {})):
        listed += [one for members in group.values() for one in members if isinstance(one, str)]
    listed += document.get("build-system", {}).get("requires", [])
    yield from _requirements("\n".join(listed))
    poetry = document.get("tool", {}).get("poetry", {})
    tables = [poetry, *poetry.get("group", {}).values()]
    for table in tables:
        yield from (n for n in table.get("dependencies", {}) if n != "python")


def _toml_packages(text: str) -> Iterator[str]:
    """``uv.lock``, ``poetry.lock``, ``Cargo.lock``."""
    yield from (package["name"] for package in tomllib.loads(text).get("package", []))


def _cargo(text: str) -> Iterator[str]:
    document = tomllib.loads(text)
    for key in ("dependencies", "dev-dependencies", "build-dependencies"):
        yield from document.get(key, {})


def _package_json(text: str) -> Iterator[str]:
    document: Mapping[str, Any] = json.loads(text)
    for key in ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies"):
        yield from document.get(key, {})


def _package_lock(text: str) -> Iterator[str]:
    document: Mapping[str, Any] = json.loads(text)
    yield from document.get("dependencies", {})
    paths = (path for path in document.get("packages", {}) if path)
    yield from (path.rpartition("node_modules/")[2] for path in paths)


def _go(text: str) -> Iterator[str]:
    yield from _GO.findall(text)


def _gems(text: str) -> Iterator[str]:
    yield from _GEM.findall(text)


_READERS: tuple[tuple[str, Callable[[str], Iterable[str]]], ...] = (
    ("requirements*.txt", _requirements),
    ("pyproject.toml", _pyproject),
    ("uv.lock", _toml_packages),
    ("poetry.lock", _toml_packages),
    ("Cargo.lock", _toml_packages),
    ("Cargo.toml", _cargo),
    ("package.json", _package_json),
    ("package-lock.json", _package_lock),
    ("go.mod", _go),
    ("Gemfile", _gems),
)
