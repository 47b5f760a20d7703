"""Which processes there are, read from ``/proc``."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """One process, as it was a moment ago."""

    pid: int
    parent: int
    session: int
    state: str
    """One letter; ``Z`` is one that has ended and waits for its parent."""
    command: str


def processes() -> Iterator[Process]:
    """All processes that have not ended."""
    for place in PROC.iterdir():
        if place.name.isdigit() and (found := _read(int(place.name))) and found.state != "Z":
            yield found


def forked(pid: int) -> list[int]:
    """The children of a process that run its own program, oldest first."""
    every = list(processes())
    commands = {process.pid: process.command for process in every}
    own = [p.pid for p in every if p.parent == pid and p.command == commands.get(pid)]
    return sorted(own)


def descendants(pid: int) -> list[int]:
    """The whole tree below a process, itself included, parents first."""
    by_parent: dict[int, list[int]] = {}
    for process in processes():
        by_parent.setdefault(process.parent, []).append(process.pid)
    tree = [pid]
    for each in tree:
        tree += by_parent.get(each, [])
    return tree


def belonging(sessions: Collection[int], directory: Path) -> list[Process]:
    """Processes of one of the sessions, or at work in the directory.

    A process that left its session (as PostgreSQL's do) is known by where it works.
    """
    return [
        process
        for process in processes()
        if process.session in sessions or _works_in(process.pid, directory)
    ]


def _works_in(pid: int, directory: Path) -> bool:
    try:
        return (PROC / str(pid) / "cwd").readlink().is_relative_to(directory)
    except OSError:
        return False


def _read(pid: int) -> Process | None:
    try:
        stat = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        words = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    name, _, rest = stat.partition("(")[2].rpartition(")")
    fields = rest.split()
    command = b" ".join(words).decode(errors="replace").strip() or name
    return Process(pid, int(fields[1]), int(fields[3]), fields[0], command)
