"""A token that dies between the look at it and its use: what was refused is tried with the next."""

from collections.abc import Callable
from pathlib import Path

import pytest

from integrations.git import GitRepositories
from tests.integration.git.conftest import SLUG
from tests.integration.git.workshop import git, served
from worker.domain.errors import RepositoryUnavailable
from worker.domain.lease import RunId

pytestmark = pytest.mark.integration


class Tokens:
    """Tokens of which there is always a next one."""

    def __init__(self) -> None:
        self.asked, self.refused = 0, list[str]()

    def __call__(self) -> str:
        self.asked += 1
        return f"token-{len(self.refused)}"

    def renewed(self, refused: str) -> str:
        self.refused.append(refused)
        return f"token-{len(self.refused)}"


def dying(good_for: int) -> Callable[[], list[str]]:
    """What a server takes: the first token for so many requests, then the next."""
    seen = [0]

    def taken() -> list[str]:
        seen[0] += 1
        return ["token-0" if seen[0] <= good_for else "token-1"]

    return taken


def pushed(directory: Path, git_root: Path, tokens: Tokens, good_for: int) -> int:
    """A fetch and a push, while the first token dies; how many requests it took."""
    count, taken = [0], dying(good_for)

    def counted() -> list[str]:
        count[0] += 1
        return taken()

    with served(git_root, counted) as url:
        fleet = GitRepositories(directory, lambda s: f"{url}/{s}.git", tokens)
        with fleet.open(SLUG, RunId("run-1")) as checkout:
            base = checkout.resolve("main")
            checkout.push(f"agent/{good_for}", base)
    assert git(git_root / f"{SLUG}.git", "rev-parse", f"agent/{good_for}") == base
    return count[0]


def test_a_token_that_dies_at_any_request_of_a_fetch_and_a_push(
    tmp_path: Path, git_root: Path
) -> None:
    """The last one is when the server has said what it has, and is sent the objects."""
    whole = pushed(tmp_path / "whole", git_root, Tokens(), 1000)
    assert whole > 4

    for requests in range(whole):
        tokens = Tokens()
        pushed(tmp_path / str(requests), git_root, tokens, requests)
        assert tokens.refused == ["token-0"]


def test_two_tokens_that_are_refused_are_enough(tmp_path: Path, git_root: Path) -> None:
    tokens = Tokens()
    with served(git_root, list) as url:
        fleet = GitRepositories(tmp_path / "fleet", lambda s: f"{url}/{s}.git", tokens)
        with (
            pytest.raises(RepositoryUnavailable, match="refused our token"),
            fleet.open(SLUG, RunId("run-1")) as checkout,
        ):
            checkout.resolve("main")

    assert (tokens.asked, tokens.refused) == (1, ["token-0"])


def test_a_token_that_cannot_be_renewed_is_not(tmp_path: Path, git_root: Path) -> None:
    asked: list[str] = []

    def taken() -> list[str]:
        asked.append("once")
        return []

    with served(git_root, taken) as url:
        fleet = GitRepositories(tmp_path / "fleet", lambda s: f"{url}/{s}.git", lambda: "wrong")
        with (
            pytest.raises(RepositoryUnavailable, match="refused our token"),
            fleet.open(SLUG, RunId("run-1")) as checkout,
        ):
            checkout.resolve("main")

    assert asked == ["once"]


def test_what_is_not_about_the_token_does_not_renew_it(tmp_path: Path, git_root: Path) -> None:
    tokens = Tokens()
    with served(git_root, lambda: ["token-0"]) as url:
        fleet = GitRepositories(tmp_path / "fleet", lambda s: f"{url}/{s}.git", tokens)
        with (
            pytest.raises(RepositoryUnavailable, match="no such repository"),
            fleet.open("acme/nothing", RunId("run-1")) as checkout,
        ):
            checkout.resolve("main")

    assert tokens.refused == []
