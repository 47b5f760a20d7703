"""Where scripted sandboxes are registered: a directory each, whose name says whose it is."""

import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from worker.domain.lease import RunId

_PARTS = 4


@dataclass(frozen=True, slots=True)
class Place:
    """One sandbox's directory; while it is there, the sandbox lives."""

    directory: Path
    run_id: RunId
    fence: int

    @property
    def there(self) -> bool:
        """Whether nobody has removed it."""
        return self.directory.is_dir()


class Places:
    """All sandboxes of one fleet, of every process on the machine. Methods raise OSError.

    A place appears and vanishes in one step, by making and renaming a directory, so that a process
    killed in between leaves either a sandbox that is found or something that the next one sweeps.
    """

    def __init__(self, directory: Path, fleet: str) -> None:
        self._open = directory / _safe(fleet) / "open"
        self._removed = directory / _safe(fleet) / "removed"

    def prepare(self) -> None:
        """Make the directories, and sweep what a killed process had begun to remove."""
        self._open.mkdir(parents=True, exist_ok=True)
        self._removed.mkdir(exist_ok=True)
        for left in self._removed.iterdir():
            shutil.rmtree(left, ignore_errors=True)

    def add(self, run_id: RunId, fence: int) -> Place:
        """Register a sandbox of this process."""
        name = ",".join((_safe(run_id), str(fence), str(os.getpid()), secrets.token_hex(8)))
        place = Place(self._open / name, run_id, fence)
        place.directory.mkdir()
        return place

    def found(self) -> Iterator[Place]:
        """Every sandbox there is, whether its process lives or not."""
        for directory in sorted(self._open.iterdir()):
            parts = directory.name.split(",")
            if len(parts) == _PARTS:
                yield Place(directory, RunId(unquote(parts[0])), int(parts[1]))

    def remove(self, place: Place) -> bool:
        """End a sandbox; whether it was there."""
        grave = self._removed / place.directory.name
        try:
            place.directory.rename(grave)
        except FileNotFoundError:
            return False
        # Its owner may be writing there still: what is left then is swept later.
        shutil.rmtree(grave, ignore_errors=True)
        return True


def _safe(text: str) -> str:
    """A file's name that holds no comma and is not ``.`` or ``..``."""
    return quote(text, safe="").replace(".", "%2E") or "%00"
