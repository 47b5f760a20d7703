"""Marks by which a process without a port shows that its main loop still turns."""

import socket
import time
from pathlib import Path

from worker.settings import Role, Settings

MARK_SECONDS = 10.0
"""How often a healthy process sets its mark."""
STALE_SECONDS = 60.0
"""Age of a mark from which its process counts as stuck."""


def touch_health(settings: Settings, role: Role) -> None:
    """Set this host's mark for ``role``: ``DATA_DIR/health/<role>-<hostname>``. Raises OSError."""
    mark = _mark(settings, role)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def check_health(settings: Settings, role: Role) -> bool:
    """Whether this host's mark for ``role`` is less than a minute old."""
    try:
        age = time.time() - _mark(settings, role).stat().st_mtime
    except FileNotFoundError:
        return False
    return age < STALE_SECONDS


def mark_if_older(settings: Settings, name: str, seconds: float) -> bool:
    """Set the mark ``name`` if it is that old or missing; whether it was. Raises OSError.

    For what is to be done once in a while by whichever process on the data directory looks first.
    """
    mark = settings.data_dir / "health" / name
    if mark.exists() and time.time() - mark.stat().st_mtime < seconds:
        return False
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    return True


def _mark(settings: Settings, role: Role) -> Path:
    return settings.data_dir / "health" / f"{role}-{socket.gethostname()}"
