"""A fresh directory per door, and those that killed workers have left.

``DIRECTORY/NAME`` is ours alone and locked while its door is open; ``DIRECTORY/NAME/d`` is what a
sandbox may be shown. The kernel gives the lock of a killed process free, so a free one means a
dead door.
"""

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from worker.domain.errors import ConfigurationError, Unavailable

MODELS_SOCKET = "gateway.sock"
PROXY_SOCKET = "proxy.sock"

_INNER = "d"
_NAME = re.compile(r"[0-9a-f]{8}")
_LONGEST_SOCKET_PATH = 107
"""Bytes: what fits into Linux's ``sun_path`` with its closing zero."""
_ATTEMPTS = 10


@contextmanager
def fresh(directory: Path) -> Iterator[Path]:
    """A new directory for one door's sockets, readable by all; gone after the block.

    Raises Unavailable, and ConfigurationError where ``directory`` is too long for a socket.
    """
    with ExitStack() as stack:
        try:
            directory.mkdir(parents=True, exist_ok=True)
            outer = _claim(directory, stack)
        except OSError as fault:
            raise Unavailable(f"No door can be made in {directory}: {fault}") from fault
        stack.callback(shutil.rmtree, outer, ignore_errors=True)
        inner = outer / _INNER
        _check_length(inner / MODELS_SOCKET, directory)
        inner.mkdir()
        inner.chmod(0o755)
        yield inner


def leftovers(directory: Path) -> Sequence[Path]:
    """What doors of dead processes have left below ``directory``."""
    dead = []
    for outer in _doors(directory):
        with _locked(outer) as lock:
            dead += [] if lock is None else [outer]
    return dead


def remove_leftovers(directory: Path) -> int:
    """Remove what dead processes have left; how many doors that were."""
    removed = 0
    for outer in _doors(directory):
        with _locked(outer) as lock:
            if lock is not None:
                shutil.rmtree(outer, ignore_errors=True)
                removed += 1
    return removed


def _claim(directory: Path, stack: ExitStack) -> Path:
    """A new directory, locked until ``stack`` closes. Raises OSError."""
    for _ in range(_ATTEMPTS):
        outer = directory / secrets.token_hex(4)
        outer.mkdir(mode=0o700)
        lock = stack.enter_context(_locked(outer))
        if lock is not None and outer.exists():  # else a janitor was faster
            return outer
    raise OSError("no directory could be locked")


@contextmanager
def _locked(outer: Path) -> Iterator[int | None]:
    """The descriptor of the lock; None where somebody else has it, or the directory is gone."""
    try:
        lock = os.open(outer, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        yield None
        return
    try:
        yield lock if _lock(lock) else None
    finally:
        os.close(lock)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _doors(directory: Path) -> Sequence[Path]:
    if not directory.is_dir():
        return []
    return sorted(p for p in directory.iterdir() if _NAME.fullmatch(p.name) and p.is_dir())


def _check_length(socket: Path, directory: Path) -> None:
    if len(os.fsencode(socket)) > _LONGEST_SOCKET_PATH:
        raise ConfigurationError(
            f"The directory of the gateway's sockets, {directory}, has too long a path: a socket"
            f" in it may have {_LONGEST_SOCKET_PATH} bytes."
        )
