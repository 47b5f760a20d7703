"""What is protected comes back as it is on the base, over every Repositories adapter."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from integrations.local.repositories import LocalCheckout
from tests.contracts.repositories.worlds import World
from worker.domain.errors import RepositoryUnavailable
from worker.domain.lease import RunId
from worker.domain.protection import Protected, Protection
from worker.ports import Checkout

SLUG = "acme/shop"
RUN = RunId("run-1")
FILES = {
    ".ci/build.yml": "build\n",
    "Makefile": "all:\n",
    "conftest.py": "fixtures\n",
    "src/app.py": "app\n",
    "tests/deep/test_b.py": "b\n",
    "tests/test_a.py": "a\n",
    "tests/ünï cödé.py": "x\n",
}
TESTS = Protection(existing=("tests/",), always=(".ci/", "conftest.py", "/Makefile"))
Changes = Mapping[str, str | None]


@pytest.fixture
def base(world: World) -> str:
    return world.create(SLUG, FILES)


@pytest.fixture
def checkout(world: World, base: str) -> Iterator[Checkout]:
    with world.repositories.open(SLUG, RUN) as opened:
        yield opened


def texts(checkout: Checkout, commit: str) -> Mapping[str, str | None]:
    return {path: checkout.read(commit, path) for path in checkout.files(commit)}


def changed(world: World, checkout: Checkout, base: str, changes: Changes) -> str:
    return checkout.accept(world.work(checkout.bundle(base), changes), base, "round 1")


def after(changes: Changes) -> Mapping[str, str | None]:
    return {path: text for path, text in {**FILES, **changes}.items() if text is not None}


CASES: dict[str, tuple[Changes, Changes, tuple[str, ...]]] = {
    "nothing that is protected": (
        {"src/app.py": "app 2\n", "tests/test_new.py": "new\n"},
        {"src/app.py": "app 2\n", "tests/test_new.py": "new\n"},
        (),
    ),
    "tests": (
        {
            "tests/test_a.py": "pass\n",
            "tests/deep/test_b.py": None,
            "tests/ünï cödé.py": None,
            "src/app.py": "app 2\n",
            "tests/test_new.py": "new\n",
        },
        {"src/app.py": "app 2\n", "tests/test_new.py": "new\n"},
        ("tests/deep/test_b.py", "tests/test_a.py", "tests/ünï cödé.py"),
    ),
    "what is always protected": (
        {
            ".ci/build.yml": None,
            ".ci/evil.yml": "evil\n",
            "conftest.py": "evil\n",
            "src/conftest.py": "evil\n",
            "Makefile": "all: evil\n",
            "src/Makefile": "fine\n",
        },
        {"src/Makefile": "fine\n"},
        (".ci/build.yml", ".ci/evil.yml", "Makefile", "conftest.py", "src/conftest.py"),
    ),
    "other cases": (
        {
            "TESTS/test_A.py": "evil\n",
            "Tests/test_new.py": "new\n",
            "makefile": "all: evil\n",
            ".CI/more.yml": "evil\n",
            "tests/test_a.py": None,
        },
        {"Tests/test_new.py": "new\n"},
        (".CI/more.yml", "TESTS/test_A.py", "makefile", "tests/test_a.py"),
    ),
    "a directory where a file was": (
        {"conftest.py": None, "conftest.py/__init__.py": "evil\n"},
        {},
        ("conftest.py", "conftest.py/__init__.py"),
    ),
    "a file where a directory was": (
        {"tests": "evil\n", **{path: None for path in FILES if path.startswith("tests/")}},
        {},
        ("tests", *(path for path in FILES if path.startswith("tests/"))),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_protected_comes_back(
    world: World, checkout: Checkout, base: str, case: str
) -> None:
    changes, left, restored = CASES[case]
    commit = changed(world, checkout, base, changes)

    protected = checkout.protect(base, commit, TESTS)

    assert protected.restored == tuple(sorted(restored))
    assert texts(checkout, protected.commit) == after(left)
    assert (protected.commit == commit) == (not restored)
    assert checkout.protect(base, commit, TESTS) == protected
    assert checkout.protect(base, protected.commit, TESTS) == Protected(protected.commit)


def test_what_the_story_names_is_left_alone(world: World, checkout: Checkout, base: str) -> None:
    changes = {"tests/test_a.py": "2\n", "tests/deep/test_b.py": None, "conftest.py": "2\n"}
    more = {".ci/new.yml": "new\n", ".ci/newer.yml": "newer\n", "makefile": "2\n"}
    commit = changed(world, checkout, base, {**changes, **more})
    named = ("tests/test_a.py", "tests/deep/test_b.py", ".ci/new.yml", "makefile", "nothing")
    protection = Protection(TESTS.existing, TESTS.always, except_for=named)

    protected = checkout.protect(base, commit, protection)

    left = {"tests/test_a.py": "2\n", "tests/deep/test_b.py": None, ".ci/new.yml": "new\n"}
    assert texts(checkout, protected.commit) == after({**left, "makefile": "2\n"})
    assert protected.restored == (".ci/newer.yml", "conftest.py")


def test_exceptions_are_paths_and_not_patterns(world: World, checkout: Checkout, base: str) -> None:
    commit = changed(world, checkout, base, {"tests/test_a.py": "2\n"})

    for named in ("tests/", "tests", "*", "/tests/test_a.py", "tests/test_*"):
        protection = Protection(TESTS.existing, except_for=(named,))
        assert checkout.protect(base, commit, protection).restored == ("tests/test_a.py",)


def test_patterns_are_those_of_gitignore(world: World, checkout: Checkout, base: str) -> None:
    everything = dict.fromkeys(FILES, "changed\n")
    commit = changed(world, checkout, base, everything)
    for patterns, restored in {
        (): [],
        ("*.py", "!test_*.py"): ["conftest.py", "src/app.py", "tests/ünï cödé.py"],
        ("/*.py",): ["conftest.py"],
        ("**/deep/",): ["tests/deep/test_b.py"],
        ("tests/*.py",): ["tests/test_a.py", "tests/ünï cödé.py"],
        ("# conftest.py", ""): [],
        ("src",): ["src/app.py"],
        ("src/app.py/",): [],
    }.items():
        for protection in (Protection(existing=patterns), Protection(always=patterns)):
            assert list(checkout.protect(base, commit, protection).restored) == restored, patterns


def test_it_is_only_for_the_clean_room(world: World, checkout: Checkout, base: str) -> None:
    commit = changed(world, checkout, base, {"conftest.py": "evil\n", "src/app.py": "app 2\n"})
    checkout.push("agent/x", commit)

    protected = checkout.protect(base, commit, TESTS)

    bundle = checkout.bundle(protected.commit)
    assert checkout.accept(world.work(bundle, {}), protected.commit, "same") == protected.commit
    assert checkout.diff(commit, protected.commit).files == ("conftest.py",)
    assert checkout.diff(base, protected.commit).files == ("src/app.py",)
    assert texts(checkout, commit)["conftest.py"] == "evil\n"
    assert world.branch(SLUG, "agent/x") == after(
        {"conftest.py": "evil\n", "src/app.py": "app 2\n"}
    )
    with world.elsewhere.open(SLUG, RUN) as there:
        assert there.protect(base, commit, TESTS) == protected


def test_a_commit_that_is_not_there(checkout: Checkout, base: str) -> None:
    with pytest.raises(RepositoryUnavailable):
        checkout.protect(base, "1" * 40, TESTS)
    with pytest.raises(RepositoryUnavailable):
        checkout.protect("1" * 40, base, TESTS)


def test_local_mode_asks_the_repository_behind_it(
    world: World, checkout: Checkout, base: str, tmp_path: Path
) -> None:
    commit = changed(world, checkout, base, {"conftest.py": "evil\n"})
    local = LocalCheckout(checkout, tmp_path)
    assert local.protect(base, commit, TESTS) == checkout.protect(base, commit, TESTS)
