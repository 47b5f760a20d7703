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
    ".gi\u200dt/config".encode(),
    ".git\u200b/config".encode(),
    b"GIT~1/hooks/post-checkout",
    b".git ./config",
    b".git:x/config",
    "line\u2028separator".encode(),
    "a\u200ftest.py".encode(),
    b"c1\xc2\x85",
    b"delete\x7f",
    b"-rf",
    b"--upload-pack=evil",
    b"conftest.py.",
    b"conftest.py ",
    b"dir. /x",
    b"...",
    b"conftest.py::$DATA",
    b"a/x.py:y:$DATA",
    b"x" * 256,
    "\u00fc".encode() * 128,
    b"/".join([b"d" * 99] * 11),
    b"/".join([b"d"] * 65),
    b".gitmodules",
    b".GitModules",
    b"gitmod~1",
    ".git\u200dmodules".encode(),
    b".gitmodules ",
]


def test_odd_names_that_are_nobodys_way_out(
    checkout: GitCheckout, base: str, sandbox: Path
) -> None:
    unpacked(checkout.bundle(base), sandbox)
    names = [
        *(".gitignore", ".gitattributes", ".github/x.yml", "git~2", "x.git/config", "(group)/page"),
        *(
            "[...slug].ts",
            "@slot/x",
            "a/-partial.hbs",
            "12:30.json",
            "\U0001f469\u200d\U0001f680.md",
        ),
        *("ünï cödé", "x" * 255, "/".join("d" * 64), "docs/.gitmodules.md", "a'b\"c$d`e;f|g&h*"),
    ]
    changes: dict[str, str | None] = dict.fromkeys(names, "1\n")
    write_files(sandbox, changes)

    commit = checkout.accept(handed_out(sandbox), base, "round 1")

    assert set(checkout.diff(base, commit).files) == set(changes)


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


@pytest.mark.parametrize("depth", [70, 1500])
def test_directories_without_end(
    checkout: GitCheckout, base: str, sandbox: Path, depth: int
) -> None:
    unpacked(checkout.bundle(base), sandbox)
    before = objects_in(checkout.git.git_dir)
    tree, mode = blob(sandbox, b"deep"), FILE
    for _ in range(depth):
        tree, mode = raw_tree(sandbox, [(mode, b"d" * 20, tree)]), DIRECTORY

    with pytest.raises(HandOverRefused, match=r"too deep|too long a name|too many files"):
        checkout.accept(bundle_of_tree(sandbox, tree), base, "round 1")

    assert objects_in(checkout.git.git_dir) == before


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
