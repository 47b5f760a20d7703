"""Damaged and misleading bundles (promise P8)."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from integrations.git import GitRepositories
from integrations.git.checkout import GitCheckout
from tests.integration.git.conftest import SLUG
from tests.integration.git.workshop import (
    git,
    handed_out,
    objects_in,
    path_with_noting_git,
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
    "another hash": lambda b: b.replace(
        b"# v2 git bundle\n", b"# v3 git bundle\n@object-format=sha256\n"
    ),
    "another version": lambda b: b.replace(b"# v2", b"# v4"),
    "windows": lambda b: b.replace(b" HEAD\n\n", b" HEAD\r\n\r\n"),
    "short id": lambda b: with_head(b, b"3" * 39),
    "needs a blob": lambda b: b.replace(b"bundle\n", b"bundle\n-" + BLOB + b" x\n", 1),
    "needs an option": lambda b: b.replace(b"bundle\n", b"bundle\n---upload-pack=evil\n", 1),
    "needs very many": lambda b: b.replace(
        b"bundle\n", b"bundle\n" + b"".join(b"-%040x\n" % n for n in range(20_000)), 1
    ),
    "says it has very many": lambda b: b.replace(b"PACK\0\0\0\2", b"PACK\0\0\0\2\xff\xff", 1)[:-2],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_bundles(checkout: GitCheckout, base: str, sandbox: Path, damage: str) -> None:
    unpacked(checkout.bundle(base), sandbox)
    write_files(sandbox, {"new.txt": "text\n" * 1000})
    bundle = handed_out(sandbox)

    with pytest.raises(HandOverRefused):
        checkout.accept(DAMAGES[damage](bundle), base, "round 1")

    assert checkout.accept(bundle, base, "round 1") != base


def test_other_refs_are_not_taken(checkout: GitCheckout, base: str, sandbox: Path) -> None:
    unpacked(checkout.bundle(base), sandbox)
    write_files(sandbox, {"good.txt": "good\n"})
    bundle = handed_out(sandbox)
    head, _, pack = bundle.partition(b"\n\n")
    tip = head.split(b"\n")[1].split(b" ")[0]
    names = [b"refs/heads/main", b"refs/storyfleet/runs/other", b"../../x", b"-x", b"refs/tags/v1"]
    more = b"".join(b"\n%s %s" % (tip, name) for name in names)
    refs = git(checkout.git.git_dir, "for-each-ref")

    commit = checkout.accept(head + more + b"\n\n" + pack, base, "round 1")

    kept = git(checkout.git.git_dir, "for-each-ref", "--format=%(refname)")
    assert refs == ""
    assert kept == f"refs/storyfleet/runs/run-1/{commit}"
    assert checkout.files(commit) == ["README.md", "good.txt", "src/app.py"]


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


def test_very_many_needs_take_no_more_processes(
    tmp_path: Path, git_root: Path, sandbox: Path
) -> None:
    noted = tmp_path / "noted"
    programs = path_with_noting_git(tmp_path / "bin", f'echo "$1" >>"{noted}"')
    fleet = GitRepositories(
        tmp_path / "fleet", lambda slug: str(git_root / f"{slug}.git"), path=programs
    )
    with fleet.open(SLUG, RunId("run-1")) as checkout:
        base = checkout.resolve("main")
        unpacked(checkout.bundle(base), sandbox)
        write_files(sandbox, {"good.txt": "good\n"})
        needs = f"-{base} x\n".encode() * 20_000
        bundle = handed_out(sandbox).replace(b"bundle\n", b"bundle\n" + needs, 1)
        noted.write_text("")

        commit = checkout.accept(bundle, base, "round 1")

    assert commit != base
    assert len(noted.read_text().splitlines()) < 40
