"""Agents' own states in memory: for tests, and for runs that begin and end in one process."""

from dataclasses import dataclass, field

from worker.domain.lease import RunId
from worker.domain.task import SessionOwner, session_name


@dataclass(slots=True)
class MemorySessions:
    """See ``worker.ports.Sessions``."""

    most_bytes: int = 512 * 1024 * 1024
    """Of all runs together; the oldest give way."""
    _kept: dict[RunId, bytes] = field(default_factory=dict)

    def keep(self, owner: SessionOwner, archive: bytes) -> str:
        """Its name, or empty for one that is larger than everything may be together."""
        self.forget(owner.run_id)
        if len(archive) > self.most_bytes:
            return ""
        while sum(map(len, self._kept.values())) + len(archive) > self.most_bytes:
            del self._kept[next(iter(self._kept))]
        self._kept[owner.run_id] = archive
        return session_name(owner, archive)

    def find(self, owner: SessionOwner, name: str) -> bytes | None:
        """The archive, or None."""
        archive = self._kept.get(owner.run_id)
        known = archive is not None and session_name(owner, archive) == name
        return archive if known else None

    def forget(self, run_id: RunId) -> None:
        """Safe to repeat."""
        self._kept.pop(run_id, None)

    def kept(self) -> frozenset[RunId]:
        """The runs of which something is kept."""
        return frozenset(self._kept)
