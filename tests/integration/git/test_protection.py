"""What no text can say of protected paths: links, submodules, modes, odd names, many files."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from integrations.git import GitRepositories
from integrations.git.checkout import GitCheckout
from tests.integration.git.workshop import (
    DIRECTORY,
    FILE,
    LINK,
    SUBMODULE,
    blob,
    git,
    git_bytes,
    path_with_noting_git,
    raw_tree,
)
from worker.domain.errors import PermanentError
from worker.domain.lease import RunId
from worker.domain.protection import Protection

pytestmark = pytest.mark.integration

Entry = tuple[str, bytes]
"""A mode and a content; of a submodule, a commit's id."""
Tree = Mapping[bytes, Entry]

BASE: Tree = {
    b".github/workflows/ci.yml": (FILE, b"ci"),
    b"conftest.py": (FILE, b"fixtures"),
    b"src/app.py": (FILE, b"app"),
    b"tests/run.sh": ("100755", b"run"),
    b"tests/test_a.py": (FILE, b"a"),
}
PROTECTION = Protection(
    existing=("tests/",),
    always=("/.github/workflows/", "conftest.py", ".skills/", "ci/*.yml", "**/deep/*.py"),
)
EVIL: Tree = {b"evil/test_a.py": (FILE, b"pass"), b"evil/workflows/ci.yml": (FILE, b"evil")}


def tree_of(repository: Path, entries: Tree) -> str:
    """A tree made without git's checks."""
    here, below = [], dict[bytes, dict[bytes, Entry]]()
    contents = {content for mode, content in entries.values() if mode != SUBMODULE}
    ids = {content: blob(repository, content) for content in contents}
    for path, (mode, content) in entries.items():
        name, _, rest = path.partition(b"/")
        if rest:
            below.setdefault(name, {})[rest] = (mode, content)
        else:
            here.append((mode, name, content.decode() if mode == SUBMODULE else ids[content]))
    here += [(DIRECTORY, name, tree_of(repository, tree)) for name, tree in below.items()]
    by_name = sorted(here, key=lambda e: e[1] + (b"/" if e[0] == DIRECTORY else b""))
    return raw_tree(repository, by_name)


def commit_of(checkout: GitCheckout, entries: Tree) -> str:
    """A commit in the run's own repository, as if taken in."""
    repository = checkout.git.git_dir
    return git(repository, "commit-tree", tree_of(repository, entries), "-m", "a round")


def entries_of(checkout: GitCheckout, commit: str) -> Tree:
    listed = git_bytes(checkout.git.git_dir, "ls-tree", "-r", "-z", commit).split(b"\0")[:-1]
    found = {}
    for record in listed:
        meta, path = record.split(b"\t")
        mode, kind, object_id = meta.decode().split(" ")
        content = (
            object_id.encode()
            if kind == "commit"
            else git_bytes(checkout.git.git_dir, "cat-file", "blob", object_id)
        )
        found[path] = (mode, content)
    return found


def without(tree: Tree, *beginnings: bytes) -> Tree:
    return {path: entry for path, entry in tree.items() if not path.startswith(beginnings)}


TESTS = {path for path in BASE if path.startswith(b"tests/")}
CI = b".github/workflows/ci.yml"
CASES: dict[str, tuple[Tree, Tree, set[bytes]]] = {
    "a directory became a link": (
        {**without(BASE, b"tests"), b"tests": (LINK, b"evil")},
        BASE,
        {b"tests", *TESTS},
    ),
    "a directory became a link to outside": (
        {**without(BASE, b"tests"), b"tests": (LINK, b"../x")},
        BASE,
        {b"tests", *TESTS},
    ),
    "a directory became a submodule": (
        {**without(BASE, b"tests"), b"tests": (SUBMODULE, b"1" * 40)},
        BASE,
        {b"tests", *TESTS},
    ),
    "a directory above became a link": (
        {**without(BASE, b".github"), b".github": (LINK, b"evil")},
        BASE,
        {b".github", CI},
    ),
    "a file became a link": (
        {**BASE, b"tests/test_a.py": (LINK, b"../evil/test_a.py"), b"conftest.py": (LINK, b"x")},
        BASE,
        {b"tests/test_a.py", b"conftest.py"},
    ),
    "a file is not executable any more": (
        {**BASE, b"tests/run.sh": (FILE, b"run"), b"src/app.py": ("100755", b"app")},
        {**BASE, b"src/app.py": ("100755", b"app")},
        {b"tests/run.sh"},
    ),
    "a file became a directory of links": (
        {**without(BASE, b"conftest.py"), b"conftest.py/__init__.py": (LINK, b"../evil")},
        BASE,
        {b"conftest.py", b"conftest.py/__init__.py"},
    ),
    "a link in another case": (
        {**BASE, b"Tests": (LINK, b"evil"), b".GITHUB": (SUBMODULE, b"1" * 40)},
        BASE,
        {b"Tests", b".GITHUB"},
    ),
    "a name in another form": (
        {**BASE, b"tests/TEST_a.py": (FILE, b"x"), "CONFTE\u017fT.py".encode(): (FILE, b"")},
        BASE,
        {b"tests/TEST_a.py", "CONFTE\u017fT.py".encode()},
    ),
    "a link where there was nothing": (
        {**BASE, b".skills": (LINK, b"evil"), b"ci": (LINK, b"evil/workflows")},
        BASE,
        {b".skills", b"ci"},
    ),
    "a link that leads nowhere that is protected": (
        {**BASE, b"docs": (LINK, b"evil"), b"src/ci": (LINK, b"../evil")},
        {**BASE, b"docs": (LINK, b"evil"), b"src/ci": (LINK, b"../evil")},
        set(),
    ),
    "a name with a newline": (
        {**BASE, b"tests/new\nline": (FILE, b"x"), b"a\n/conftest.py": (FILE, b"x")},
        {**BASE, b"tests/new\nline": (FILE, b"x")},
        {b"a\n/conftest.py"},
    ),
    "names that no file system takes": (
        {**BASE, b"a\\b/conftest.py": (FILE, b"x"), b"a:b": (FILE, b"x"), b"-x": (FILE, b"x")},
        {**BASE, b"a:b": (FILE, b"x"), b"-x": (FILE, b"x")},
        {b"a\\b/conftest.py"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_protected_comes_back(checkout: GitCheckout, base: str, case: str) -> None:
    tree, left, restored = CASES[case]
    before, after = commit_of(checkout, BASE), commit_of(checkout, {**tree, **EVIL})

    protected = checkout.protect(before, after, PROTECTION)

    assert entries_of(checkout, protected.commit) == {**left, **EVIL}
    assert protected.restored == tuple(sorted(path.decode() for path in restored))
    assert checkout.protect(before, protected.commit, PROTECTION).restored == ()


ODD: Tree = {
    **BASE,
    b"tests/\xff.py": (FILE, b"not utf-8"),
    b"tests/new\nline.py": (FILE, b"x"),
    b"tests/a\\b:c.py": (FILE, b"x"),
    b"tests/linked.py": (LINK, b"test_a.py"),
    b"tests/vendored": (SUBMODULE, b"1" * 40),
    b".skills": (LINK, b"docs/skills"),
}


def test_whatever_the_base_has_comes_back(checkout: GitCheckout, base: str) -> None:
    before = commit_of(checkout, ODD)
    after = commit_of(
        checkout,
        {
            b"src/app.py": (FILE, b"app 2"),
            b"tests/vendored": (SUBMODULE, b"2" * 40),
            b"tests/linked.py": (FILE, b"pass"),
            b".skills": (LINK, b"evil"),
        },
    )

    protected = checkout.protect(before, after, PROTECTION)

    assert entries_of(checkout, protected.commit) == {**ODD, b"src/app.py": (FILE, b"app 2")}
    assert "tests/\ufffd.py" in protected.restored


def test_a_file_that_became_a_link_to_what_is_read_as_protected(
    checkout: GitCheckout, base: str
) -> None:
    before = commit_of(checkout, {**BASE, b".skills": (FILE, b"not a directory")})
    after = commit_of(checkout, {**BASE, b".skills": (LINK, b"evil"), **EVIL})

    assert checkout.protect(before, after, PROTECTION).restored == (".skills",)


def test_two_that_differ_in_case_on_the_base_are_both_left(
    checkout: GitCheckout, base: str
) -> None:
    tree: Tree = {**BASE, b"TESTS/test_a.py": (FILE, b"A"), b"tests/TEST_a.py": (FILE, b"B")}
    before = commit_of(checkout, tree)
    after = commit_of(checkout, {**tree, b"tests/test_a.py": (FILE, b"evil")})

    protected = checkout.protect(before, after, PROTECTION)

    assert entries_of(checkout, protected.commit) == tree
    assert protected.restored == ("tests/test_a.py",)


def test_what_the_story_names_does_not_open_the_way_to_more(
    checkout: GitCheckout, base: str
) -> None:
    """A named path that is a link now stays only where nothing protected is behind it."""
    before = commit_of(checkout, BASE)
    after = commit_of(checkout, {**without(BASE, b"tests"), b"tests": (LINK, b"src"), **EVIL})
    protection = Protection(existing=("tests/",), except_for=("tests", "tests/test_a.py"))

    protected = checkout.protect(before, after, protection)

    assert entries_of(checkout, protected.commit) == {**without(BASE, b"tests/test_a.py"), **EVIL}


def test_a_pattern_that_is_none(checkout: GitCheckout, base: str) -> None:
    with pytest.raises(PermanentError, match="pattern of protected paths"):
        checkout.protect(base, base, Protection(always=("!",)))


def test_no_ref_no_index_and_nothing_of_it_on_the_remote(
    checkout: GitCheckout, base: str, bare: Path
) -> None:
    before, after = commit_of(checkout, BASE), commit_of(checkout, without(BASE, b"tests"))
    refs = git(bare, "for-each-ref")
    own = git(checkout.git.git_dir, "for-each-ref")

    protected = checkout.protect(before, after, PROTECTION)

    assert checkout.bundle(protected.commit).startswith(b"# v2 git bundle\n")
    assert git(bare, "for-each-ref") == refs
    assert git(checkout.git.git_dir, "for-each-ref") == own
    assert list(checkout.git.git_dir.glob("*index*")) == []


def test_many_files_take_few_processes(tmp_path: Path, git_root: Path) -> None:
    noted = tmp_path / "noted"
    programs = path_with_noting_git(tmp_path / "bin", f'echo "$1" >>"{noted}"')
    fleet = GitRepositories(
        tmp_path / "fleet", lambda slug: str(git_root / f"{slug}.git"), path=programs
    )
    many: Tree = {b"d%d/f%d.py" % (n % 20, n): (FILE, b"x") for n in range(30_000)}
    with fleet.open("acme/shop", RunId("run-1")) as checkout:
        before = commit_of(checkout, {**many, **BASE})
        changed = dict.fromkeys(list(many)[:500], (FILE, b"y"))
        after = commit_of(checkout, {**many, **changed, **without(BASE, b"tests")})
        noted.write_text("")
        protection = Protection(existing=("tests/", "d1/"), always=("*.yml",))

        protected = checkout.protect(before, after, protection)

    assert len(protected.restored) == 2 + 25
    assert len(noted.read_text().splitlines()) < 15
