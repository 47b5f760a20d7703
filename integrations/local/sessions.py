"""Agents' own states in a directory of this machine: one file for each run, never opened as more
than bytes.
"""

import fcntl
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from worker.domain.lease import RunId
from worker.domain.task import SessionOwner, session_name

MIB = 1024 * 1024
_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,200}")
_SUFFIX = ".session"
_log = logging.getLogger(__name__)


class LocalSessions:
    """See ``worker.ports.Sessions``. Any number of processes may share the directory."""

    def __init__(self, directory: Path, most_bytes: int = 512 * MIB) -> None:
        """``most_bytes``: of all runs together; the oldest give way. The directory is made when it
        is first needed, for this user alone.
        """
        self._directory = directory
        self._most_bytes = most_bytes

    def keep(self, owner: SessionOwner, archive: bytes) -> str:
        """Its name, or empty where it cannot be kept."""
        if not _RUN.fullmatch(owner.run_id):
            return ""
        try:
            with self._alone():
                self._file(owner.run_id).unlink(missing_ok=True)
                if not self._make_room(len(archive)):
                    return ""
                self._write(self._file(owner.run_id), archive)
        except OSError as fault:
            _log.warning("session not kept: run=%s reason=%s", owner.run_id, fault)
            return ""
        return session_name(owner, archive)

    def find(self, owner: SessionOwner, name: str) -> bytes | None:
        """The archive, or None, also where it is not what was kept."""
        if not _RUN.fullmatch(owner.run_id):
            return None
        try:
            archive = self._file(owner.run_id).read_bytes()
        except OSError:
            return None
        return archive if session_name(owner, archive) == name else None

    def forget(self, run_id: RunId) -> None:
        """Safe to repeat."""
        if _RUN.fullmatch(run_id):
            with suppress(OSError):
                self._file(run_id).unlink(missing_ok=True)

    def kept(self) -> frozenset[RunId]:
        """The runs of which something is kept."""
        return frozenset(RunId(file.name.removesuffix(_SUFFIX)) for file in self._files())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process writes meanwhile, so that the bound holds. Raises OSError."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._directory / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_room(self, size: int) -> bool:
        """Whether there is room now. What a dead process was writing goes first. Raises OSError."""
        for half in self._directory.glob("*.half"):
            half.unlink(missing_ok=True)
        sizes = {file: file.stat().st_size for file in self._files()}
        if size > self._most_bytes:
            return False
        for file in sorted(sizes, key=lambda each: each.stat().st_mtime_ns):
            if sum(sizes.values()) + size <= self._most_bytes:
                break
            file.unlink(missing_ok=True)
            del sizes[file]
        return True

    def _write(self, file: Path, archive: bytes) -> None:
        """Whole or not at all. Raises OSError."""
        half = file.with_suffix(".half")
        try:
            half.touch(mode=0o600)
            half.write_bytes(archive)
            half.replace(file)
        except OSError:
            half.unlink(missing_ok=True)
            raise

    def _files(self) -> list[Path]:
        try:
            return list(self._directory.glob(f"*{_SUFFIX}"))
        except OSError:
            return []

    def _file(self, run_id: RunId) -> Path:
        return self._directory / f"{run_id}{_SUFFIX}"
