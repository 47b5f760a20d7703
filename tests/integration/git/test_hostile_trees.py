"""Trees that a hostile sandbox may make, each refused with a reason (promise P8)."""

from pathlib import Path

import pytest

from integrations.git import GitRepositories
from integrations.git.checkout import GitCheckout
from tests.integration.git.conftest import SLUG
from tests.integration.git.workshop import (
    DIRECTORY,
    FILE,
    LINK,
    SUBMODULE,
    blob,
    bundle_of_tree,
    git,
    handed_out,
    nested,
    objects_in,
    raw_tree,
    unpacked,
    write_files,
)
from worker.domain.errors import HandOverRefused
from worker.domain.lease import RunId

pytestmark = pytest.mark.integration

PATHS = [
    b".git/hooks/post-checkout",
    b".GIT/hooks/post-checkout",
    b"sub/.Git/config",
    b".git. /config",
    b"git~1/config",
    b"GIT~1",
    ".g\u200cit/config".encode(),
    b".git::$INDEX_ALLOCATION/config",
    b"a\\.git\\config",
    b"../outside",
    b"a/../../outside",
    b"./x",
    b"a//b",
    b"new\nline",
    b"bell\x07",
    b"escape\x1b[2J",
    "right\u202eleft".encode(),
    b"not utf-8 \xff",
]


@pytest.mark.parametrize("path", PATHS)
def test_paths(checkout: GitCheckout, base: str, sandbox: Path, path: bytes) -> None:
    unpacked(checkout.bundle(base), sandbox)
    before = objects_in(checkout.git.git_dir)
    tree = nested(sandbox, path, FILE, blob(sandbox, b"evil"))

    with pytest.raises(HandOverRefused):
        checkout.accept(bundle_of_tree(sandbox, tree), base, "round 1")

    assert objects_in(checkout.git.git_dir) == before


LINKS = [
    (b"evil", b"/etc/passwd"),
    (b"evil", b"../outside"),
    (b"a/b/evil", b"../../../outside"),
    (b"a/evil", b"x/../../../outside"),
    (b"a/evil", b".git/config"),
    (b"evil", b"C:\\Windows"),
    (b"evil", b"\\\\server\\share"),
    (b"evil", b"..\\outside"),
    (b"evil", b"x\x1b[2J"),
    (b"evil", b"x\xff"),
    (b"evil", b"x" * 5000),
]


@pytest.mark.parametrize(("path", "target"), LINKS)
def test_links(checkout: GitCheckout, base: str, sandbox: Path, path: bytes, target: bytes) -> None:
    unpacked(checkout.bundle(base), sandbox)
    tree = nested(sandbox, path, LINK, blob(sandbox, target))

    with pytest.raises(HandOverRefused, match="evil"):
        checkout.accept(bundle_of_tree(sandbox, tree), base, "round 1")


@pytest.mark.parametrize("target", [b"README.md", b"../README.md", b".", b"..", b"./a/b", b"n/a"])
def test_links_that_stay_inside_are_taken(
    checkout: GitCheckout, base: str, sandbox: Path, target: bytes
) -> None:
    unpacked(checkout.bundle(base), sandbox)
    tree = nested(sandbox, b"docs/link", LINK, blob(sandbox, target))

    commit = checkout.accept(bundle_of_tree(sandbox, tree), base, "round 1")

    assert checkout.files(commit) == ["docs/link"]


def test_what_the_parent_has_is_not_questioned(
    repositories: GitRepositories, git_root: Path, sandbox: Path
) -> None:
    bare = git_root / f"{SLUG}.git"
    entries = [
        (FILE, b"a.txt", blob(bare, b"a")),
        (LINK, b"out", blob(bare, b"/etc/passwd")),
        (SUBMODULE, b"sub", "1" * 40),
    ]
    git(bare, "update-ref", "refs/heads/main", git(bare, "commit-tree", raw_tree(bare, entries)))
    with repositories.open(SLUG, RunId("run-1")) as checkout:
        base = checkout.resolve("main")
        unpacked(checkout.bundle(base), sandbox)
        write_files(sandbox, {"b.txt": "b\n"})

        commit = checkout.accept(handed_out(sandbox), base, "round 1")

    assert checkout.diff(base, commit).files == ("b.txt",)


def test_submodules(checkout: GitCheckout, base: str, sandbox: Path) -> None:
    unpacked(checkout.bundle(base), sandbox)
    tree = nested(sandbox, b"vendor/lib", SUBMODULE, base)

    with pytest.raises(HandOverRefused, match=r"'vendor/lib' is a submodule"):
        checkout.accept(bundle_of_tree(sandbox, tree), base, "round 1")


def test_an_evil_gitmodules_file(checkout: GitCheckout, base: str, sandbox: Path) -> None:
    unpacked(checkout.bundle(base), sandbox)
    text = '[submodule "../../x"]\n\tpath = x\n\turl = --upload-pack=evil\n'
    write_files(sandbox, {".gitmodules": text})

    with pytest.raises(HandOverRefused, match="gitmodules"):
        checkout.accept(handed_out(sandbox), base, "round 1")


def test_a_directory_that_is_a_file(checkout: GitCheckout, base: str, sandbox: Path) -> None:
    unpacked(checkout.bundle(base), sandbox)
    tree = nested(sandbox, b"odd", DIRECTORY, blob(sandbox, b"x"))

    with pytest.raises(HandOverRefused):
        checkout.accept(bundle_of_tree(sandbox, tree), base, "round 1")


def test_the_same_name_twice(checkout: GitCheckout, base: str, sandbox: Path) -> None:
    unpacked(checkout.bundle(base), sandbox)
    entries = [(FILE, b"a", blob(sandbox, b"1")), (FILE, b"a", blob(sandbox, b"2"))]

    with pytest.raises(HandOverRefused, match="duplicateEntries"):
        checkout.accept(bundle_of_tree(sandbox, raw_tree(sandbox, entries)), base, "round 1")


def test_a_file_whose_content_is_missing(checkout: GitCheckout, base: str, sandbox: Path) -> None:
    unpacked(checkout.bundle(base), sandbox)
    tree = raw_tree(sandbox, [(FILE, b"a", "2" * 40)])

    with pytest.raises(HandOverRefused, match="no content"):
        checkout.accept(bundle_of_tree(sandbox, tree), base, "round 1")
