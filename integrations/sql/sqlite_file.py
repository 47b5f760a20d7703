"""Notices that a SQLite file was deleted or replaced under an open connection.

Such a connection goes on writing to a file that no path leads to: its rows would be lost. And what
it leaves at the path, a write-ahead log and its index, would be read into the next file.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout
from sqlalchemy import URL

from worker.domain.errors import Unavailable

BESIDE: Final = ("-wal", "-shm")
"""What SQLite keeps next to a file, as endings of the file's name."""
Identity = tuple[int, int] | None
"""Device and inode; of an open file they are nobody else's. None where there is no file."""


@dataclass(slots=True)
class OpenedFile:
    """The file behind a connection."""

    path: Path
    identity: Identity
    """First of the file that is about to be opened; None where it is not known which one was."""
    beside: Mapping[str, Identity] = field(default_factory=dict)

    @property
    def gone(self) -> bool:
        """Whether the path leads to another file now, or to none."""
        return self.identity is None or identity(self.path) != self.identity

    def note(self) -> None:
        """Look again once the file is open; it may have been made by that, or replaced before."""
        now = identity(self.path)
        self.identity = now if self.identity in {None, now} else None
        self.beside = {ending: identity(_beside(self.path, ending)) for ending in BESIDE}

    def clear(self, patience_seconds: float) -> None:
        """Remove this file's log and index from where its successor would take them for its own.

        Raises Unavailable.
        """
        with locked(self.path, patience_seconds):
            left_behind = self.beside if self.identity is not None and self.gone else {}
            for ending, left in left_behind.items():
                if left is not None and identity(_beside(self.path, ending)) == left:
                    _beside(self.path, ending).unlink(missing_ok=True)


def path_of(url: URL) -> Path:
    """The file that a SQLite address names, wherever the process goes later."""
    return Path(url.database or "").absolute()


def address(url: URL, *, creating: bool) -> URL:
    """The same address with SQLite told whether it may create the file."""
    query = {**url.query, "mode": "rwc" if creating else "rw", "uri": "true"}
    return url.set(database=path_of(url).as_uri(), query=query)


@contextmanager
def creating(path: Path, patience_seconds: float) -> Iterator[None]:
    """The only one who may make the file meanwhile; it will find nothing of an earlier file's.

    Raises Unavailable.
    """
    with locked(path, patience_seconds):
        if identity(path) is None:
            for ending in BESIDE:
                _beside(path, ending).unlink(missing_ok=True)
        yield


@contextmanager
def locked(path: Path, patience_seconds: float) -> Iterator[None]:
    """Alone among all processes at creating or clearing up. Raises Unavailable."""
    lock = FileLock(_beside(path, "-lock"), timeout=patience_seconds)
    try:
        lock.acquire()
    except (Timeout, OSError) as fault:
        raise Unavailable(f"the SQLite database {path} cannot be locked: {fault}") from fault
    try:
        yield
    finally:
        lock.release()


def identity(path: Path) -> Identity:
    """Which file stands at ``path`` now."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
