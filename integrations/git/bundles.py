"""Git bundles: written for a sandbox, and taken apart when they come back.

The format is git's own (gitformat-bundle): a signature, the commits it needs, the refs it
brings, an empty line, a pack. We read and write the header ourselves because git's own ways in
(``fetch`` and ``bundle unbundle`` of 2.39) do not check the objects.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from integrations.git.limits import GitLimits, Identity
from integrations.git.objects import write_commit
from integrations.git.process import Git, TooMuchOutput
from integrations.git.storage import tree_of
from worker.domain.errors import HandOverRefused, RepositoryUnavailable

_SIGNATURE = b"# v2 git bundle\n"
_SIGNATURE_3 = b"# v3 git bundle\n"
_ID = re.compile(r"[0-9a-f]{40}")
_HEADER_BYTES = 1024 * 1024
_HEADS = ("HEAD", "refs/heads/work")
BASE = "refs/storyfleet/base"
"""Tells a clean room, in a bundle for it, what the base is."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle's header, read; nothing of it is verified yet."""

    head: str
    needs: tuple[str, ...]
    pack: bytes


def read_bundle(data: bytes) -> Bundle:
    """Take a bundle apart. Raises HandOverRefused where it is not a bundle with a head."""
    if not data.startswith((_SIGNATURE, _SIGNATURE_3)):
        raise HandOverRefused("The hand-over is not a git bundle.")
    end = data.find(b"\n\n", 0, _HEADER_BYTES)
    if end < 0:
        raise HandOverRefused("The hand-over's bundle is cut off, or its header is too long.")
    needs, refs = _header(data[:end].decode(errors="replace").split("\n")[1:])
    head = next((refs[name] for name in _HEADS if name in refs), None)
    if head is None:
        raise HandOverRefused("The hand-over's bundle has neither HEAD nor refs/heads/work.")
    return Bundle(head, tuple(needs), data[end + 2 :])


def _header(lines: list[str]) -> tuple[list[str], dict[str, str]]:
    """The commits that the bundle needs, and the refs that it brings."""
    needs: list[str] = []
    refs: dict[str, str] = {}
    for line in lines:
        if line == "@object-format=sha1":
            continue
        object_id, _, rest = line.removeprefix("-").partition(" ")
        if not _ID.fullmatch(object_id):
            raise HandOverRefused(f"The hand-over's bundle has a strange header: {line[:80]!r}.")
        if line.startswith("-"):
            needs.append(object_id)
        else:
            refs[rest] = object_id
    return needs, refs


def write_bundle(
    run: Git, cache: Git, refs: Mapping[str, str], limits: GitLimits, identity: Identity
) -> bytes:
    """A bundle with these refs, of which one is ``HEAD``, with their history and the tags on that.

    Where that is larger than ``limits.bundle_bytes``: in place of each, one parentless commit with
    the same files, which stays in ``run`` so that a bundle built on it can come back. Raises
    RepositoryUnavailable where even that is too large.
    """
    head = refs["HEAD"]
    try:
        return _bundle(run, {**refs, **_tags(run, cache, head)}, limits.bundle_bytes)
    except TooMuchOutput:
        alone = {name: _snapshot(run, commit, identity) for name, commit in refs.items()}
    try:
        return _bundle(run, alone, limits.bundle_bytes)
    except TooMuchOutput as fault:
        raise RepositoryUnavailable(
            f"The files of {head[:12]} alone are larger than {limits.bundle_bytes} bytes when"
            " packed, which is the limit for handing them to a sandbox."
        ) from fault


def _snapshot(run: Git, commit: str, identity: Identity) -> str:
    date = run.line("log", "-1", "--format=%ct +0000", commit)
    message = f"Snapshot of {commit}\n\nThe history is too large to hand in.\n"
    return write_commit(run, tree_of(run, commit), (), message, identity, date)


def _bundle(git: Git, refs: dict[str, str], limit_bytes: int) -> bytes:
    header = "".join(f"{object_id} {name}\n" for name, object_id in refs.items())
    wanted = "".join(f"{object_id}\n" for object_id in refs.values())
    pack = git.run(
        *("pack-objects", "--revs", "--stdout", "--delta-base-offset", "-q"),
        stdin=wanted.encode(),
        limit_bytes=limit_bytes,
    )
    return _SIGNATURE + header.encode() + b"\n" + pack.out


def _tags(run: Git, cache: Git, commit: str) -> dict[str, str]:
    """The tags on the commit's history; they are in the cache, the commit may not be."""
    borrowed = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": str(run.git_dir / "objects")}
    form = "--format=%(objectname) %(refname)"
    listed = cache.line("for-each-ref", f"--merged={commit}", form, "refs/tags", env=borrowed)
    pairs = (line.split(" ", 1) for line in listed.splitlines())
    return {name: object_id for object_id, name in pairs}
