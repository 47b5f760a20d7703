"""Stands in for code that is not written yet, so that each new test fails by itself.

A test file that imports what is not there fails as a whole, and hides what its tests would do. With
pytest, the missing names are made to be there, and to raise NotImplementedError when they are used.
"""

from collections.abc import Sequence

from worker.domain.command import Command
from worker.ports import Sandbox

PLUGIN = "storyfleet_missing"
VARIABLE = "STORYFLEET_MISSING"
"""``module`` or ``module:name``, with blanks in between."""
DIRECTORY = "/tmp/storyfleet-missing"  # noqa: S108 - in a sandbox of one run
_SECONDS = 30.0
_SOURCE = '''\
"""Makes names that are not there yet; see storyfleet's phase of tests first."""
import importlib
import os
import sys
import types


class Kind(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotImplementedError(f"{cls.__name__}.{name} is not there yet")


def made(name):
    def use(*args, **kwargs):
        raise NotImplementedError(f"{name} is not there yet")
    if name[:1].isupper():
        return Kind(name, (Exception,), {"__new__": use})
    use.__name__ = name
    return use


def absent(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return made(name)


def module(name):
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        new = sys.modules[name] = types.ModuleType(name)
        new.__getattr__, new.__path__ = absent, []
        parent, _, last = name.rpartition(".")
        if parent:
            setattr(module(parent), last, new)
        return new


def pytest_collection(session):
    for entry in os.environ.get("STORYFLEET_MISSING", "").split():
        path, _, name = entry.partition(":")
        try:
            there = module(path)
        except Exception as fault:
            print(f"storyfleet: {path} cannot be imported: {fault!r}", file=sys.stderr)
            continue
        if name and not hasattr(there, name):
            setattr(there, name, made(name))
'''


def place(sandbox: Sandbox) -> bool:
    """Put the plugin into the sandbox, outside the checkout; whether that worked."""
    script = f'mkdir -p {DIRECTORY} && cat > "{DIRECTORY}/{PLUGIN}.py"'
    return sandbox.run(Command(("sh", "-c", script), _SECONDS, {}, _SOURCE.encode())).ok


def variables(missing: Sequence[str], options: str) -> dict[str, str]:
    """What the execution command is given besides; ``options`` are pytest's so far."""
    return {
        VARIABLE: " ".join(missing),
        "PYTHONPATH": DIRECTORY,
        "PYTEST_ADDOPTS": f"{options} -p {PLUGIN}".strip(),
    }
