"""One file more on top of a person's commit, for a branch that proposes it."""

from collections.abc import Iterator

import pytest

from tests.contracts.repositories.worlds import World
from worker.domain.errors import PermanentError, RepositoryUnavailable
from worker.domain.lease import RunId
from worker.ports import Checkout

SLUG = "acme/shop"
FILES = {"README.md": "# Shop\n", "docs/rules.md": "old\n"}
BRANCH = "storyfleet/rules/run-1"


@pytest.fixture
def base(world: World) -> str:
    return world.create(SLUG, FILES)


@pytest.fixture
def checkout(world: World, base: str) -> Iterator[Checkout]:
    with world.repositories.open(SLUG, RunId("run-1-rule")) as opened:
        opened.resolve("main")
        yield opened


@pytest.mark.parametrize("path", ["AGENTS.md", "docs/rules.md", "docs/new/rules.md"])
def test_only_that_file_differs_and_nobody_sees_it_yet(
    world: World, checkout: Checkout, base: str, path: str
) -> None:
    commit = checkout.commit_file(base, path, "new\n", "One rule more")
    assert checkout.diff(base, commit).files == (path,)
    assert checkout.read(commit, path) == "new\n"
    assert checkout.files(commit) == sorted({*FILES, path})
    assert world.branch(SLUG, BRANCH) is None
    checkout.push(BRANCH, commit)
    assert world.branch(SLUG, BRANCH) == {**FILES, path: "new\n"}
    assert world.branch(SLUG, "main") == FILES


def test_the_fleets_own_proposal_is_replaced(world: World, checkout: Checkout, base: str) -> None:
    for text in ("one\n", "two\n"):
        checkout.push(BRANCH, checkout.commit_file(base, "AGENTS.md", text, "One rule more"))
    assert world.branch(SLUG, BRANCH) == {**FILES, "AGENTS.md": "two\n"}


def test_a_persons_edit_of_the_proposal_is_not(world: World, checkout: Checkout, base: str) -> None:
    checkout.push(BRANCH, checkout.commit_file(base, "AGENTS.md", "one\n", "One rule more"))
    edited = {**FILES, "AGENTS.md": "edited\n"}
    world.commit_as_person(SLUG, BRANCH, edited)
    with pytest.raises(RepositoryUnavailable, match="someone else's commits"):
        checkout.push(BRANCH, checkout.commit_file(base, "AGENTS.md", "two\n", "One rule more"))
    assert world.branch(SLUG, BRANCH) == edited


@pytest.mark.parametrize("path", ["../AGENTS.md", "/AGENTS.md", ".git/config", "docs"])
def test_what_is_no_file_of_the_repository_is_not_written(
    checkout: Checkout, base: str, path: str
) -> None:
    with pytest.raises(PermanentError):
        checkout.commit_file(base, path, "new\n", "One rule more")
