"""Who descends from whom among this machine's processes, as Linux tells it."""

from pathlib import Path

PROC = Path("/proc")
ENDED = {"Z", "X"}


def alive(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    told = _told(pid)
    return told is not None and told[0] not in ENDED


def parent(pid: int) -> int | None:
    """The parent of a process that has not ended."""
    told = _told(pid)
    return told[1] if told is not None and told[0] not in ENDED else None


def tree(pid: int) -> list[int]:
    """A process and everything below it, whatever sessions they have; parents first."""
    children: dict[int, list[int]] = {}
    for place in PROC.iterdir():
        if place.name.isdigit() and (above := parent(int(place.name))) is not None:
            children.setdefault(above, []).append(int(place.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def _told(pid: int) -> tuple[str, int] | None:
    """State and parent."""
    try:
        stat = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, above, *_ = stat.rpartition(")")[2].split()
    return state, int(above)
