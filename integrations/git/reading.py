"""A commit's files, read straight from the objects: no attribute or filter has a say."""

import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass

from integrations.git.process import Git, TooMuchOutput
from worker.domain.errors import RepositoryUnavailable

LINK = "120000"
SUBMODULE = "160000"
EXECUTABLE = "100755"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a tree."""

    mode: str
    object_id: str
    path: bytes


def entries(git: Git, commit: str, limit_bytes: int | None = None) -> list[Entry]:
    """All files, links and submodules of a commit or tree. Raises TooMuchOutput."""
    listing = ("ls-tree", "-r", "-z", "--full-tree", commit)
    found = []
    for record in git.run(*listing, limit_bytes=limit_bytes).out.split(b"\0")[:-1]:
        meta, path = record.split(b"\t", 1)
        mode, _kind, object_id = meta.decode().split(" ")
        found.append(Entry(mode, object_id, path))
    return found


def file_names(git: Git, commit: str) -> list[str]:
    """Paths of all files and links, sorted; bytes that are not UTF-8 are replaced."""
    paths = (e.path for e in entries(git, commit) if e.mode != SUBMODULE)
    return sorted(path.decode(errors="replace") for path in paths)


def read_text(git: Git, commit: str, path: str) -> str | None:
    """A file's text, through links inside the tree; None where there is no such file."""
    if "\0" in path or not {"", ".", ".."}.isdisjoint(path.split("/")):
        return None
    question = f"{commit}:{path}".encode() + b"\0"
    answer = git.run("cat-file", "--batch", "--follow-symlinks", "-z", stdin=question).out
    header, _, rest = answer.partition(b"\n")
    words = header.rsplit(b" ", 2)
    if len(words) != 3 or words[1] != b"blob":  # noqa: PLR2004 - "<id> blob <size>"
        return None
    return rest[: int(words[2])].decode(errors="replace")


def tar_of(git: Git, commit: str, limit_bytes: int) -> bytes:
    """A tar of the commit's files, the same bytes for the same commit.

    Not ``git archive``: that obeys ``export-ignore`` and ``export-subst`` of the tree. Submodules
    are empty directories. Raises RepositoryUnavailable.
    """
    when = int(git.line("log", "-1", "--format=%ct", commit))
    listed = entries(git, commit)
    contents = _contents(git, [e.object_id for e in listed if e.mode != SUBMODULE], limit_bytes)
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for entry in listed:
            data = b"" if entry.mode == SUBMODULE else next(contents)
            member = _member(entry, data, when)
            tar.addfile(member, io.BytesIO(data) if member.isreg() else None)
    return target.getvalue()


def _contents(git: Git, ids: list[str], limit_bytes: int) -> Iterator[bytes]:
    asked = "".join(f"{object_id}\n" for object_id in ids).encode()
    try:
        out = git.run("cat-file", "--batch", stdin=asked, limit_bytes=limit_bytes).out
    except TooMuchOutput as fault:
        raise RepositoryUnavailable(
            f"The commit's files are larger than {limit_bytes} bytes, which is the limit for"
            " building an image from them."
        ) from fault
    position = 0
    for _ in ids:
        end = out.index(b"\n", position)
        size = int(out[position:end].split(b" ")[2])
        yield out[end + 1 : end + 1 + size]
        position = end + 1 + size + 1


def _member(entry: Entry, data: bytes, when: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(entry.path.decode("utf-8", errors="surrogateescape"))
    member.mtime = when
    member.mode = 0o755 if entry.mode in (EXECUTABLE, SUBMODULE) else 0o644
    if entry.mode == LINK:
        member.type = tarfile.SYMTYPE
        member.linkname = data.decode("utf-8", errors="surrogateescape")
    elif entry.mode == SUBMODULE:
        member.type = tarfile.DIRTYPE
    else:
        member.size = len(data)
    return member
