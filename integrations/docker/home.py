"""An agent's own files: out of one sandbox's home directory, and back into another's.

What comes out is a list of files in a form that is easy to check; what goes back is an archive that
was made here from what was checked. Nothing of it is ever written to this machine as a file tree.
"""

import io
import posixpath
import tarfile
from collections.abc import Iterator, Sequence
from itertools import islice

from integrations.docker.processes import Processes

_SECONDS = 60.0
_LONGEST_LINE = 4200
"""A path cannot be longer, and a size is written in fewer digits."""
_DIGITS = 12


def pack(
    processes: Processes, paths: Sequence[str], most_bytes: int, most_files: int
) -> bytes | None:
    """A tar of the files below these paths, or None where there are none, or more than that, or
    they cannot be read. Raises SandboxGone, Unavailable.
    """
    done = processes.collect(
        *("pack_home", str(most_files), str(most_bytes), *paths),
        seconds=_SECONDS,
        limit_bytes=most_bytes + most_files * _LONGEST_LINE,
    )
    if not done.complete or done.ended.code != 0:
        return None
    return checked(done.out, paths, most_bytes, most_files)


def checked(listed: bytes, paths: Sequence[str], most_bytes: int, most_files: int) -> bytes | None:
    """The tar of what a sandbox has listed, or None where there is anything wrong with it."""
    try:
        found = list(islice(_files(listed), most_files + 1))
    except ValueError:
        return None
    size = sum(len(content) for _, content in found)
    if not found or len(found) > most_files or size > most_bytes:
        return None
    return _archive(found) if all(_is_below(path, paths) for path, _ in found) else None


def unpack(processes: Processes, archive: bytes, paths: Sequence[str]) -> bool:
    """Whether the files are in the home directory now; where not, nothing is left at these paths.

    Raises SandboxGone, Unavailable.
    """
    done = processes.collect(
        "unpack_home", *paths, seconds=_SECONDS, limit_bytes=_LONGEST_LINE, stdin=archive
    )
    return done.complete and done.ended.code == 0


def _files(listed: bytes) -> Iterator[tuple[str, memoryview]]:
    """Each path with its content. Raises ValueError for what is no such list."""
    view, at = memoryview(listed), 0
    while at < len(listed):
        end = listed.index(b"\n", at, at + _LONGEST_LINE)
        size, space, path = listed[at:end].partition(b" ")
        if not (space and size.isdigit() and len(size) <= _DIGITS):
            raise ValueError("no size")
        begin, at = end + 1, end + 1 + int(size)
        if at > len(listed):
            raise ValueError("cut off")
        yield path.decode(errors="surrogateescape"), view[begin:at]


def _is_below(path: str, paths: Sequence[str]) -> bool:
    plain = posixpath.normpath(path) == path and "\0" not in path
    return plain and any(path == one or path.startswith(f"{one}/") for one in paths)


def _archive(found: Sequence[tuple[str, memoryview]]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(
        fileobj=out,
        mode="w",
        format=tarfile.GNU_FORMAT,
        encoding="utf-8",
        errors="surrogateescape",
    ) as tar:
        for path, content in found:
            member = tarfile.TarInfo(path)
            member.size, member.mode = len(content), 0o600
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()
