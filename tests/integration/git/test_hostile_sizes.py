"""Small things that unfold to large ones, and large ones: every size has its limit (promise P8)."""

import hashlib
import struct
import zlib
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from integrations.git import GitLimits, GitRepositories
from integrations.git.checkout import GitCheckout
from tests.integration.git.conftest import SLUG
from tests.integration.git.workshop import (
    DIRECTORY,
    FILE,
    blob,
    bundle_of_tree,
    git,
    handed_out,
    raw_tree,
    unpacked,
    write_files,
)
from worker.domain.errors import HandOverRefused
from worker.domain.lease import RunId

pytestmark = pytest.mark.integration


def delta_bomb(directory: Path, size: int, count: int) -> bytes:
    """One blob, and very small deltas that make others of the same size of it."""

    def number(value: int) -> bytes:
        groups = [value >> shift & 0x7F for shift in range(0, 35, 7) if value >> shift or not shift]
        return bytes(g | 0x80 for g in groups[:-1]) + bytes(groups[-1:])

    def entry(kind: int, content: bytes, before: bytes = b"") -> bytes:
        first, rest = len(content) & 0xF | kind << 4, len(content) >> 4
        head = bytes([first | 0x80]) + number(rest) if rest else bytes([first])
        return head + before + zlib.compress(content, 9)

    zeros = bytes(size)
    source = hashlib.sha1(b"blob %d\0" % size + zeros, usedforsecurity=False).digest()
    entries = [entry(3, zeros)]
    for n in range(count):
        tail = b"%08d" % n
        # Copy in steps of at most 16 MB - 1, then insert the tail.
        steps = [(at, min(0xFFFFFF, size - at)) for at in range(0, size, 0xFFFFFF)]
        copies = b"".join(
            b"\xff" + at.to_bytes(4, "little") + length.to_bytes(3, "little")
            for at, length in steps
        )
        delta = number(size) + number(size + len(tail)) + copies + bytes([len(tail)]) + tail
        entries.append(entry(7, delta, source))
    body = b"PACK" + struct.pack(">II", 2, len(entries)) + b"".join(entries)
    pack = body + hashlib.sha1(body, usedforsecurity=False).digest()
    tip = git(directory, "rev-parse", "HEAD")
    return f"# v2 git bundle\n-{tip} x\n{tip} HEAD\n\n".encode() + pack


SMALL = GitLimits(hand_over_files=5, hand_over_blob_bytes=1000, hand_over_bytes=20_000)


def limited(
    git_root: Path, limits: GitLimits, timeout_seconds: float = 60
) -> AbstractContextManager[GitCheckout]:
    repositories = GitRepositories(
        git_root.parent / "limited",
        lambda slug: str(git_root / f"{slug}.git"),
        limits=limits,
        timeout_seconds=timeout_seconds,
    )
    return repositories.open(SLUG, RunId("run-1"))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({f"f{n}": "x" for n in range(6)}, "too many files: 6"),
        ({f"f{n}" + "x" * 200: "x" for n in range(400)}, "too many files"),
        ({"big": "x" * 1001}, "'big' is 1001 bytes"),
    ],
)
def test_sizes(git_root: Path, sandbox: Path, changes: dict[str, str], reason: str) -> None:
    with limited(git_root, SMALL) as checkout:
        base = checkout.resolve("main")
        unpacked(checkout.bundle(base), sandbox)
        write_files(sandbox, dict(changes))

        with pytest.raises(HandOverRefused, match=reason):
            checkout.accept(handed_out(sandbox), base, "round 1")


def test_a_bundle_that_is_too_large(git_root: Path) -> None:
    with limited(git_root, SMALL) as checkout:
        base = checkout.resolve("main")

        with pytest.raises(HandOverRefused, match="20001 bytes large"):
            checkout.accept(b"# v2 git bundle\n".ljust(20_001), base, "round 1")


def test_a_small_bundle_with_a_huge_file(git_root: Path, sandbox: Path) -> None:
    """30 MB of zeros pack to 30 KB."""
    with limited(git_root, GitLimits(hand_over_blob_bytes=1_000_000)) as checkout:
        base = checkout.resolve("main")
        unpacked(checkout.bundle(base), sandbox)
        (sandbox / "zeros").write_bytes(bytes(30_000_000))

        with pytest.raises(HandOverRefused, match="30000000 bytes"):
            checkout.accept(handed_out(sandbox), base, "round 1")


def test_a_small_bundle_of_many_large_files(git_root: Path, sandbox: Path) -> None:
    """Each within the limit, and alike but for a byte: deltas make 100 MB of them 50 KB."""
    limits = GitLimits(hand_over_unpacked_bytes=50_000_000)
    with limited(git_root, limits) as checkout:
        base = checkout.resolve("main")
        unpacked(checkout.bundle(base), sandbox)
        for number in range(10):
            (sandbox / f"zeros{number}").write_bytes(bytes(10_000_000) + bytes([number]))
        bundle = handed_out(sandbox)
        assert len(bundle) < 1_000_000

        with pytest.raises(HandOverRefused, match="100000010 bytes large in all"):
            checkout.accept(bundle, base, "round 1")


def test_deltas_that_unfold_for_ever(git_root: Path, sandbox: Path) -> None:
    """Objects that are in no tree: time is what they cost, and it ends."""
    with limited(git_root, GitLimits(), timeout_seconds=2) as checkout:
        base = checkout.resolve("main")
        unpacked(checkout.bundle(base), sandbox)
        assert checkout.accept(delta_bomb(sandbox, 1000, 3), base, "round 1") == base
        bundle = delta_bomb(sandbox, 40_000_000, 200)
        assert len(bundle) < 1_000_000

        with pytest.raises(HandOverRefused, match=r"unpacked: it is too large .*stopped after"):
            checkout.accept(bundle, base, "round 1")


def test_a_tree_that_unfolds_without_end(git_root: Path, sandbox: Path) -> None:
    """Ten to the twelfth paths from a handful of objects."""
    with limited(git_root, GitLimits(hand_over_files=100)) as checkout:
        base = checkout.resolve("main")
        unpacked(checkout.bundle(base), sandbox)
        tree, mode = blob(sandbox, b"boom"), FILE
        for _ in range(12):
            tree = raw_tree(sandbox, [(mode, b"%d" % n, tree) for n in range(10)])
            mode = DIRECTORY

        with pytest.raises(HandOverRefused, match="too many files"):
            checkout.accept(bundle_of_tree(sandbox, tree), base, "round 1")


def test_an_empty_tree_that_unfolds_without_end(git_root: Path, sandbox: Path) -> None:
    """No path at all, and no end of looking for one: the time limit is the sandbox's fault."""
    with limited(git_root, GitLimits(), timeout_seconds=3) as checkout:
        base = checkout.resolve("main")
        unpacked(checkout.bundle(base), sandbox)
        tree = raw_tree(sandbox, [])
        for _ in range(12):
            tree = raw_tree(sandbox, [(DIRECTORY, b"%d" % n, tree) for n in range(10)])

        with pytest.raises(HandOverRefused, match="too large"):
            checkout.accept(bundle_of_tree(sandbox, tree), base, "round 1")
