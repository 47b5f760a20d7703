"""Git LFS and other filters: what git holds of such files stays as it is."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from integrations.git import GitRepositories
from integrations.git.checkout import GitCheckout
from tests.integration.git.conftest import SLUG
from tests.integration.git.workshop import (
    commit_as_person,
    git,
    handed_out,
    unpacked,
    write_files,
)
from worker.domain.errors import HandOverRefused
from worker.domain.lease import RunId

pytestmark = pytest.mark.integration

Changes = Mapping[str, str | None]


def pointer(letter: str) -> str:
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{letter * 64}\nsize 12345\n"


BASE = {
    ".gitattributes": "*.png filter=lfs diff=lfs merge=lfs -text\n[attr]sealed filter=git-crypt\n",
    "README.md": "# Shop\n",
    "img/logo.png": pointer("a"),
    "keys/.gitattributes": "*.key sealed\n",
    "keys/app.key": "\u0000GITCRYPT",
    "src/app.py": "app\n",
}


@pytest.fixture
def base(checkout: GitCheckout, bare: Path) -> str:
    """Of a repository with filters; the last commit of its main branch."""
    commit_as_person(bare, "main", BASE)
    return checkout.resolve("main")


def taken_in(checkout: GitCheckout, base: str, sandbox: Path, changes: Changes) -> str:
    unpacked(checkout.bundle(base), sandbox)
    write_files(sandbox, changes)
    return checkout.accept(handed_out(sandbox), base, "round 1")


FINE: dict[str, Changes] = {
    "other files": {"src/app.py": "app 2\n", "src/new.py": "new\n"},
    "a pointer removed": {"img/logo.png": None},
    "a pointer moved": {"img/logo.png": None, "static/logo.png": pointer("a")},
    "a pointer copied": {"static/logo.png": pointer("a")},
    "other attributes": {".gitattributes": f"{BASE['.gitattributes']}*.py text eol=lf\n"},
    "other attributes deeper": {"src/.gitattributes": "*.py diff=python\n"},
    "an equal filter in other words": {
        ".gitattributes": f"*.png\tfilter=lfs\n{BASE['.gitattributes'][15:]}"
    },
}


@pytest.mark.parametrize("case", FINE)
def test_pointers_stay_pointers(checkout: GitCheckout, base: str, sandbox: Path, case: str) -> None:
    commit = taken_in(checkout, base, sandbox, FINE[case])

    assert set(checkout.diff(base, commit).files) == set(FINE[case])
    assert checkout.read(commit, "keys/app.key") == BASE["keys/app.key"]


FILTERED = r"goes through the filter '{}' of .gitattributes \(as with Git LFS\)"
REFILTERED = r"would go through another filter \({} instead of {}\)"
REFUSED: dict[str, tuple[Changes, str]] = {
    "a pointer changed": (
        {"img/logo.png": pointer("b")},
        "'img/logo.png' " + FILTERED.format("lfs"),
    ),
    "content instead of a pointer": ({"img/logo.png": "PNG"}, FILTERED.format("lfs")),
    "new content where a pointer belongs": (
        {"img/new.png": "PNG"},
        "'img/new.png' " + FILTERED.format("lfs"),
    ),
    "a new pointer": ({"img/new.png": pointer("b")}, FILTERED.format("lfs")),
    "any file where a pointer belongs": (
        {"README.md": None, "README.png": BASE["README.md"]},
        FILTERED.format("lfs"),
    ),
    "what would have been encrypted": (
        {"keys/new.key": "in plain text"},
        "'keys/new.key' " + FILTERED.format("git-crypt"),
    ),
    "the filter taken away": (
        {".gitattributes": "", "img/logo.png": "PNG"},
        "'img/logo.png' " + REFILTERED.format("none", "lfs"),
    ),
    "the filter taken away from one": (
        {"img/.gitattributes": "logo.png -filter\n"},
        REFILTERED.format("none", "lfs"),
    ),
    "the filter taken away from a new one": (
        {"img/.gitattributes": "new.png !filter\n", "img/new.png": "PNG"},
        FILTERED.format("lfs"),
    ),
    "the attributes taken away": (
        {"keys/.gitattributes": None},
        "'keys/app.key' " + REFILTERED.format("none", "git-crypt"),
    ),
    "one filter more": (
        {".gitattributes": f"{BASE['.gitattributes']}*.py filter=lfs\n"},
        "'src/app.py' " + REFILTERED.format("lfs", "none"),
    ),
    "one filter more, by a name for it": (
        {"src/.gitattributes": "app.py sealed\n"},
        "'src/app.py' " + REFILTERED.format("git-crypt", "none"),
    ),
    "another filter": (
        {".gitattributes": BASE[".gitattributes"].replace("=lfs", "=evil")},
        REFILTERED.format("evil", "lfs"),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_needs_the_filter_is_refused(
    checkout: GitCheckout, base: str, sandbox: Path, case: str
) -> None:
    changes, reason = REFUSED[case]

    with pytest.raises(HandOverRefused, match=reason):
        taken_in(checkout, base, sandbox, changes)


def test_filters_where_there_were_none(repositories: GitRepositories, sandbox: Path) -> None:
    with repositories.open(SLUG, RunId("run-2")) as checkout:
        base = checkout.resolve("main")
        with pytest.raises(HandOverRefused, match=r"'README.md' would go through another"):
            taken_in(checkout, base, sandbox, {".gitattributes": "* filter=evil\n"})

        commit = taken_in(checkout, base, sandbox, {".gitattributes": "*.png filter=lfs\n"})

    assert checkout.diff(base, commit).files == (".gitattributes",)


def test_what_the_sandbox_says_of_attributes_does_not_count(
    checkout: GitCheckout, base: str, sandbox: Path
) -> None:
    unpacked(checkout.bundle(base), sandbox)
    (sandbox / ".git" / "info").mkdir(exist_ok=True)
    (sandbox / ".git" / "info" / "attributes").write_text("* -filter\n")
    git(sandbox, "config", "filter.lfs.clean", "cat")
    write_files(sandbox, {"img/new.png": "PNG"})

    with pytest.raises(HandOverRefused, match=r"'img/new.png'"):
        checkout.accept(handed_out(sandbox), base, "round 1")
