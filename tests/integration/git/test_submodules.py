"""Submodules come back as they were, and nobody's git is told where else to fetch (promise P8)."""

from pathlib import Path

import pytest

from integrations.git.checkout import GitCheckout
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
    raw_tree,
    unpacked,
    write_files,
)
from worker.domain.errors import HandOverRefused

pytestmark = pytest.mark.integration


def test_submodules(checkout: GitCheckout, base: str, sandbox: Path) -> None:
    unpacked(checkout.bundle(base), sandbox)
    tree = nested(sandbox, b"vendor/lib", SUBMODULE, base)

    with pytest.raises(HandOverRefused, match=r"'vendor/lib' is a submodule"):
        checkout.accept(bundle_of_tree(sandbox, tree), base, "round 1")


MODULES = '[submodule "lib"]\n\tpath = lib\n\turl = https://example.com/lib.git\n'


@pytest.fixture
def with_submodule(checkout: GitCheckout, bare: Path) -> str:
    """The last commit of a main branch that has a submodule."""
    entries = [
        (FILE, b".gitmodules", blob(bare, MODULES.encode())),
        (FILE, b"a.txt", blob(bare, b"a")),
        (SUBMODULE, b"lib", "1" * 40),
    ]
    git(bare, "update-ref", "refs/heads/main", git(bare, "commit-tree", raw_tree(bare, entries)))
    return checkout.resolve("main")


def test_a_submodule_that_stays(checkout: GitCheckout, with_submodule: str, sandbox: Path) -> None:
    unpacked(checkout.bundle(with_submodule), sandbox)
    write_files(sandbox, {"b.txt": "b\n"})

    commit = checkout.accept(handed_out(sandbox), with_submodule, "round 1")

    assert checkout.diff(with_submodule, commit).files == ("b.txt",)
    assert "160000 commit" in git(checkout.git.git_dir, "ls-tree", commit, "lib")


@pytest.mark.parametrize("mode", [SUBMODULE, FILE, LINK, DIRECTORY, None])
def test_a_submodule_that_is_not_what_it_was(
    checkout: GitCheckout, with_submodule: str, sandbox: Path, mode: str | None
) -> None:
    unpacked(checkout.bundle(with_submodule), sandbox)
    content = blob(sandbox, b"a.txt")
    objects = {SUBMODULE: "2" * 40, DIRECTORY: raw_tree(sandbox, [(FILE, b"x", content)])}
    entries = [
        (FILE, b".gitmodules", blob(sandbox, MODULES.encode())),
        (FILE, b"a.txt", blob(sandbox, b"a")),
    ]
    if mode is not None:
        entries.append((mode, b"lib", objects.get(mode, content)))

    with pytest.raises(HandOverRefused, match=r"'lib' is a submodule.*git checkout HEAD"):
        checkout.accept(
            bundle_of_tree(sandbox, raw_tree(sandbox, entries)), with_submodule, "round 1"
        )


@pytest.mark.parametrize(
    "url",
    [
        "--upload-pack=evil",
        "ext::sh -c evil",
        "https://example.com/other.git",
        "../../x",
        "file:///etc",
        "https://example.com/%0ahost=evil",
    ],
)
def test_where_submodules_come_from_is_not_changed(
    checkout: GitCheckout, with_submodule: str, sandbox: Path, url: str
) -> None:
    unpacked(checkout.bundle(with_submodule), sandbox)
    write_files(sandbox, {".gitmodules": MODULES.replace("https://example.com/lib.git", url)})

    with pytest.raises(HandOverRefused, match=r"'.gitmodules' says where submodules come from"):
        checkout.accept(handed_out(sandbox), with_submodule, "round 1")


def test_an_evil_gitmodules_file_further_down(
    checkout: GitCheckout, base: str, sandbox: Path
) -> None:
    """It is read in no repository but one that somebody makes of that directory."""
    unpacked(checkout.bundle(base), sandbox)
    text = '[submodule "../../x"]\n\tpath = x\n\turl = --upload-pack=evil\n'
    write_files(sandbox, {"docs/.gitmodules": text})

    with pytest.raises(HandOverRefused, match="gitmodules"):
        checkout.accept(handed_out(sandbox), base, "round 1")
