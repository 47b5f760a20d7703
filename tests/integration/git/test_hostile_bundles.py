"""Damaged, oversized and misleading bundles (promise P8)."""

import hashlib
from collections.abc import Callable
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
    objects_in,
    raw_tree,
    unpacked,
    write_files,
)
from worker.domain.errors import HandOverRefused
from worker.domain.lease import RunId

pytestmark = pytest.mark.integration


def with_head(bundle: bytes, object_id: bytes) -> bytes:
    return b"# v2 git bundle\n" + object_id + b" HEAD\n\n" + bundle.split(b"\n\n", 1)[1]


BLOB = hashlib.sha1(b"blob 7\0# Shop\n", usedforsecurity=False).hexdigest().encode()
Damage = Callable[[bytes], bytes]
DAMAGES: dict[str, Damage] = {
    "half": lambda b: b[: len(b) // 2],
    "no trailer": lambda b: b[:-20],
    "flipped": lambda b: b[:-60] + bytes([b[-60] ^ 0xFF]) + b[-59:],
    "no pack": lambda b: b[: b.index(b"\n\n") + 2],
    "no header": lambda b: b[b.index(b"\n\n") + 2 :],
    "long header": lambda b: b"# v2 git bundle\n" + b"x" * 2**21 + b"\n\n",
    "other head": lambda b: b.replace(b" HEAD\n", b" refs/heads/evil\n", 1),
    "unknown head": lambda b: with_head(b, b"3" * 40),
    "needs more": lambda b: b.replace(b"bundle\n", b"bundle\n-" + b"4" * 40 + b" x\n", 1),
    "filtered": lambda b: b.replace(b"# v2 git bundle\n", b"# v3 git bundle\n@filter=blob:none\n"),
    "head is a blob": lambda b: with_head(b, BLOB),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_bundles(checkout: GitCheckout, base: str, sandbox: Path, damage: str) -> None:
    unpacked(checkout.bundle(base), sandbox)
    write_files(sandbox, {"new.txt": "text\n" * 1000})
    bundle = handed_out(sandbox)

    with pytest.raises(HandOverRefused):
        checkout.accept(DAMAGES[damage](bundle), base, "round 1")

    assert checkout.accept(bundle, base, "round 1") != base


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


def test_only_the_files_are_taken(checkout: GitCheckout, base: str, sandbox: Path) -> None:
    """The sandbox's own history, messages, authors, tags and branches stay outside."""
    unpacked(checkout.bundle(base), sandbox)
    write_files(sandbox, {"secret.txt": "taken back in the next commit\n"})
    git(sandbox, "add", "-A")
    git(sandbox, "commit", "-q", "-m", "evil history")
    secret = git(sandbox, "rev-parse", "HEAD:secret.txt")
    write_files(sandbox, {"secret.txt": None, "good.txt": "good\n"})

    commit = checkout.accept(handed_out(sandbox), base, "round 1\n\nOur words.")

    shown = git(checkout.git.git_dir, "log", "--format=%an %ae %cn %ce|%P|%B", "-1", commit)
    ours = "storyfleet storyfleet@users.noreply.github.com"
    assert shown == f"{ours} {ours}|{base}|round 1\n\nOur words."
    assert secret not in objects_in(checkout.git.git_dir)
    assert checkout.files(commit) == ["README.md", "good.txt", "src/app.py"]


def test_a_bundle_that_builds_on_the_base(checkout: GitCheckout, base: str, sandbox: Path) -> None:
    unpacked(checkout.bundle(base), sandbox)
    write_files(sandbox, {"good.txt": "good\n"})
    handed_out(sandbox)
    git(sandbox, "bundle", "create", "-q", "../thin.bundle", "HEAD", f"^{base}")

    thin = (sandbox.parent / "thin.bundle").read_bytes()

    assert checkout.diff(base, checkout.accept(thin, base, "round 1")).files == ("good.txt",)
