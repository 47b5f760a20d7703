"""Bundles, diffs and files of repositories that are not plain."""

from pathlib import Path

import pytest

from integrations.git import GitLimits, GitRepositories
from integrations.git.checkout import GitCheckout
from integrations.memory.repositories import MemoryRepositories
from tests.integration.git.conftest import FILES, SLUG
from tests.integration.git.workshop import (
    blob,
    commit_as_person,
    git,
    handed_out,
    raw_tree,
    unpacked,
    write_files,
)
from worker.domain.errors import RepositoryUnavailable
from worker.domain.evidence import Diff
from worker.domain.lease import RunId

pytestmark = pytest.mark.integration


def changed(checkout: GitCheckout, base: str, sandbox: Path, changes: dict[str, bytes]) -> Diff:
    unpacked(checkout.bundle(base), sandbox)
    for path, content in changes.items():
        (sandbox / path).write_bytes(content)
    return checkout.diff(base, checkout.accept(handed_out(sandbox), base, "round 1"))


def test_a_bundle_holds_history_and_tags(checkout: GitCheckout, bare: Path, sandbox: Path) -> None:
    git(bare, "tag", "v1.0", "main")
    git(bare, "tag", "-a", "-m", "second", "v2.0", commit_as_person(bare, "main", {"a": "1"}))
    commit_as_person(bare, "other", {"b": "1"})
    git(bare, "tag", "not-reachable", "other")
    base = checkout.resolve("main")

    unpacked(checkout.bundle(base), sandbox)

    assert git(sandbox, "rev-parse", "HEAD") == base
    assert git(sandbox, "describe") == "v2.0"
    assert git(sandbox, "tag").split() == ["v1.0", "v2.0"]
    assert git(sandbox, "rev-list", "--count", "HEAD") == "2"
    git(sandbox, "fsck", "--strict")


def test_a_history_that_is_too_large_stays_outside(git_root: Path, sandbox: Path) -> None:
    bare = git_root / f"{SLUG}.git"
    commit_as_person(bare, "main", {"noise": "".join(f"{n * n}\n" for n in range(9000))})
    commit_as_person(bare, "main", FILES)
    fleet = GitRepositories(
        git_root.parent / "fleet", lambda _: str(bare), limits=GitLimits(bundle_bytes=5_000)
    )
    with fleet.open(SLUG, RunId("run-1")) as checkout:
        base = checkout.resolve("main")
        bundle = checkout.bundle(base)
        assert checkout.bundle(base) == bundle
        unpacked(bundle, sandbox)
        snapshot = git(sandbox, "rev-parse", "HEAD")
        write_files(sandbox, {"new.txt": "new\n"})
        handed_out(sandbox)
        git(sandbox, "bundle", "create", "-q", "../thin.bundle", "HEAD", f"^{snapshot}")

        commit = checkout.accept((sandbox.parent / "thin.bundle").read_bytes(), base, "round 1")

        assert git(sandbox, "rev-list", "--count", snapshot) == "1"
        assert checkout.diff(base, commit).files == ("new.txt",)
        assert git(checkout.git.git_dir, "rev-parse", f"{commit}^") == base


def test_files_that_are_too_large_to_hand_in(git_root: Path) -> None:
    bare = git_root / f"{SLUG}.git"
    commit_as_person(bare, "main", {"noise": "".join(f"{n * n}\n" for n in range(9000))})
    limits = GitLimits(bundle_bytes=5_000, archive_bytes=5_000)
    fleet = GitRepositories(git_root.parent / "fleet", lambda _: str(bare), limits=limits)
    with fleet.open(SLUG, RunId("run-1")) as checkout:
        base = checkout.resolve("main")

        with pytest.raises(RepositoryUnavailable, match="5000 bytes"):
            checkout.bundle(base)
        with pytest.raises(RepositoryUnavailable, match="5000 bytes"):
            checkout.archive(base)


def test_an_old_history_with_flaws_is_no_fault_of_the_sandbox(
    checkout: GitCheckout, bare: Path, sandbox: Path
) -> None:
    """Real repositories hold trees and commits that git's strict check would refuse today."""
    old = raw_tree(bare, [("100644", b"b", blob(bare, b"b")), ("100644", b"a", blob(bare, b"a"))])
    first = git(bare, "commit-tree", old, "-m", "not sorted")
    tree = git(bare, "rev-parse", "main^{tree}")
    tip = git(bare, "commit-tree", tree, "-p", first, "-m", "x")
    git(bare, "update-ref", "refs/heads/main", tip)
    base = checkout.resolve("main")
    unpacked(checkout.bundle(base), sandbox)
    write_files(sandbox, {"new.txt": "new\n"})

    commit = checkout.accept(handed_out(sandbox), base, "round 1")

    assert checkout.diff(base, commit).files == ("new.txt",)


def test_binary_and_large_files_are_named(git_root: Path, sandbox: Path) -> None:
    limits = GitLimits(diff_blob_bytes=1000)
    url = str(git_root / f"{SLUG}.git")
    fleet = GitRepositories(git_root.parent / "fleet", lambda _: url, limits=limits)
    with fleet.open(SLUG, RunId("run-1")) as checkout:
        base = checkout.resolve("main")
        diff = changed(
            checkout, base, sandbox, {"b.bin": b"\0\1", "large.txt": b"x\n" * 600, "t": b"t\n"}
        )

    assert diff.files == ("b.bin", "large.txt", "t")
    assert (diff.insertions, diff.deletions) == (1, 0)
    assert "Binary files /dev/null and b/b.bin differ" in diff.text
    assert "Binary files /dev/null and b/large.txt differ" in diff.text


def test_a_renamed_file(checkout: GitCheckout, bare: Path, sandbox: Path) -> None:
    text = "".join(f"line {n}\n" for n in range(50))
    commit_as_person(bare, "main", {"old name.txt": text})
    base = checkout.resolve("main")
    unpacked(checkout.bundle(base), sandbox)
    (sandbox / "old name.txt").rename(sandbox / "näw\ttab.txt".replace("\t", " "))

    diff = checkout.diff(base, checkout.accept(handed_out(sandbox), base, "round 1"))

    assert diff.files == ("näw tab.txt", "old name.txt")
    assert (diff.insertions, diff.deletions) == (0, 0)
    assert "rename from old name.txt\nrename to näw tab.txt\n" in diff.text


def test_a_long_diff_is_cut(git_root: Path, sandbox: Path) -> None:
    url = str(git_root / f"{SLUG}.git")
    fleet = GitRepositories(
        git_root.parent / "fleet", lambda _: url, limits=GitLimits(diff_bytes=300)
    )
    with fleet.open(SLUG, RunId("run-1")) as checkout:
        base = checkout.resolve("main")
        diff = changed(checkout, base, sandbox, {"long.txt": b"one more line\n" * 1000})

    assert diff.insertions == 1000
    assert len(diff.text) < 450
    assert diff.text.endswith(
        "\n+one more line\n[The diff of 1 files is longer than 300 bytes and was cut here.]\n"
    )


def test_text_that_is_not_utf8(checkout: GitCheckout, base: str, sandbox: Path) -> None:
    diff = changed(checkout, base, sandbox, {"latin1.txt": b"caf\xe9\n"})

    assert "+caf\ufffd\n" in diff.text


def test_links_are_followed_inside_the_tree_only(checkout: GitCheckout, bare: Path) -> None:
    links = {"AGENTS.md": "README.md", "out": "/etc/passwd", "up": "../x", "gone": "nothing"}
    entries = [("100644", b"README.md", blob(bare, b"text\n"))]
    entries += [("120000", name.encode(), blob(bare, to.encode())) for name, to in links.items()]
    tree = raw_tree(bare, sorted(entries, key=lambda entry: entry[1]))
    git(bare, "update-ref", "refs/heads/main", git(bare, "commit-tree", tree, "-m", "x"))
    base = checkout.resolve("main")

    assert checkout.files(base) == sorted(["README.md", *links])
    assert checkout.read(base, "AGENTS.md") == "text\n"
    assert [checkout.read(base, name) for name in ("out", "up", "gone")] == [None] * 3


def test_the_memory_double_diffs_as_git_does(
    checkout: GitCheckout, base: str, sandbox: Path
) -> None:
    unpacked(checkout.bundle(base), sandbox)
    changes = {"README.md": "# Shop\n\nNew.\n", "src/app.py": None, "new.txt": "1\n2\n"}
    write_files(sandbox, changes)
    real = checkout.diff(base, checkout.accept(handed_out(sandbox), base, "round 1"))
    memory = MemoryRepositories()
    before = memory.create(SLUG, FILES)
    files = {path: text for path, text in {**FILES, **changes}.items() if text is not None}
    after = memory.commit(SLUG, "main", files, "round 1")
    with memory.open(SLUG, RunId("run-1")) as double:
        pretended = double.diff(before, after)

    assert (pretended.files, pretended.insertions, pretended.deletions) == (
        real.files,
        real.insertions,
        real.deletions,
    )
