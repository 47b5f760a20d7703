"""The gate ``test runner``: the settings that tell a runner what to run are as on the base.

They stand in files that may change for other reasons (dependencies), so that they are compared part
by part instead of being put back.
"""

import configparser
import json
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from worker.domain.evidence import Finding

GATE = "test runner"
ReadFile = Callable[[str], str | None]
Parts = Mapping[str, Any]

_TOML_TOOLS = ("pytest", "coverage", "tox", "hatch", "nox", "poe", "pdm", "taskipy")
_INI_SECTIONS = ("tool:pytest", "pytest", "coverage:run", "coverage:report", "aliases", "tox:tox")
_JSON_PARTS = ("scripts", "jest", "vitest", "mocha", "ava", "nyc", "c8", "packageManager")
_SHADOWING = frozenset(
    {
        *sys.stdlib_module_names - {"test", "this", "antigravity"},
        *("pytest", "_pytest", "py", "pluggy", "iniconfig", "packaging", "exceptiongroup", "tomli"),
        *("pygments", "attr", "attrs", "coverage", "xdist", "execnet", "nose2", "pkg_resources"),
    }
)
"""Modules that a test runner imports from the directory it is started in, if they are there."""
_PYTHON = frozenset({"py", "pyc", "so"})


def findings(
    changed: Sequence[str], base: ReadFile, head: ReadFile, allowed: Sequence[str]
) -> Iterator[Finding]:
    """``base`` and ``head`` read a file before and after; ``allowed`` are the paths that the story
    names.
    """
    for path in changed:
        if path in allowed:
            continue
        name = path.rpartition("/")[2]
        reader = _READERS.get(name)
        if reader is not None:
            yield from _compared(path, reader, base(path), head(path))
        elif (module := _module(path)) in _SHADOWING and base(path) is None:
            text = f"A module called `{module}` takes the place of the real one. Rename it."
            yield Finding(GATE, path, text)


def _module(path: str) -> str:
    """The Python module that the file makes at the top; empty where it makes none."""
    first, _, below = path.partition("/")
    name, _, kind = first.partition(".")
    python = path.rpartition(".")[2] in _PYTHON
    return name if python and (below.startswith("__init__.") if below else kind) else ""


def _compared(
    path: str, reader: Callable[[str], Parts], before: str | None, after: str | None
) -> Iterator[Finding]:
    old, new = (_read(reader, text) for text in (before, after))
    if old is None:
        return  # It was unreadable before, so that no runner took anything from it.
    if new is None:
        yield Finding(GATE, path, "The file cannot be read any more. Mend it.")
        return
    for part in sorted(old.keys() | new.keys()):
        if old.get(part) != new.get(part):
            text = (
                f"`{part}` tells how tests are run, and was changed. Only a story that names this"
                " file may change it. Put it back."
            )
            yield Finding(GATE, path, text)


def _read(reader: Callable[[str], Parts], text: str | None) -> Parts | None:
    """A file that is not there has no parts; None for one that is malformed."""
    try:
        return reader(text) if text is not None else {}
    except (ValueError, configparser.Error, AttributeError, RecursionError):
        return None


def _toml(text: str) -> Parts:
    tools = tomllib.loads(text).get("tool", {})
    return {f"tool.{name}": tools[name] for name in _TOML_TOOLS if name in tools}


def _ini(text: str) -> Parts:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)
    return {name: dict(parser[name]) for name in _INI_SECTIONS if parser.has_section(name)}


def _json(text: str) -> Parts:
    document = json.loads(text)
    return {name: document[name] for name in _JSON_PARTS if name in document}


_READERS: Mapping[str, Callable[[str], Parts]] = {
    "pyproject.toml": _toml,
    "setup.cfg": _ini,
    "package.json": _json,
}
