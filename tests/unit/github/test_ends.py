"""Which pull requests ended, as GitHub lists them: one request, and only the fleet's own."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from integrations.github import GitHubCodeHost, fixed_token
from integrations.github.connection import Connection
from integrations.stubs import Stubs, StubsConfig, seed_repository, start_stubs
from integrations.stubs.mischief import Misdeed
from tests.contracts.code_host.forge import add_branches
from worker.domain.errors import RateLimited, Unavailable
from worker.domain.pull_request import PullRequestText

REPOSITORY, BRANCH = "acme/demo", "agent/ship-1"
TEXT = PullRequestText("Add a file", "Why")
TRIES = 4
"""Of a request that GitHub does not answer."""
BAD_WEATHER = (
    Misdeed("error", status=500),
    Misdeed("error", status=502, after=True),
    Misdeed("error", status=503),
    Misdeed("cut"),
    Misdeed("cut", after=True),
)


@pytest.fixture
def stubs(tmp_path: Path) -> Iterator[Stubs]:
    seed_repository(tmp_path, REPOSITORY, {"README.md": "# Demo\n"})
    add_branches(tmp_path / f"{REPOSITORY}.git", BRANCH)
    with start_stubs(StubsConfig(git_root=tmp_path)) as running:
        yield running


def _connect(stubs: Stubs) -> GitHubCodeHost:
    connection = Connection(
        f"{stubs.url}/github",
        seconds_between_requests=0,
        seconds_between_writes=0,
        backoff_seconds=0,
        timeout_seconds=10,
    )
    return GitHubCodeHost(connection, fixed_token("stub-github-token"))


def _ended(stubs: Stubs) -> list[int]:
    return [end.number for end in _connect(stubs).ended_pull_requests(REPOSITORY)]


def test_a_fork_may_name_its_branch_as_it_likes(stubs: Stubs) -> None:
    for fork in ("stranger/demo", "stranger/gone", None):
        opened = stubs.maintainer.open(
            REPOSITORY, head=BRANCH, base="main", title="Mine", fork=fork
        )
        if fork == "stranger/gone":
            opened.head_repository = None
        stubs.maintainer.close(REPOSITORY, opened.number)
    assert _ended(stubs) == [3]


def test_a_hundred_cost_one_request_and_the_latest_come_first(stubs: Stubs) -> None:
    repository = stubs.github.repository(REPOSITORY)
    first = stubs.maintainer.open(REPOSITORY, head=BRANCH, base="main", title="First")
    stubs.maintainer.close(REPOSITORY, first.number)
    repository.pulls += [
        replace(
            first, id=10_000 + n, number=n, updated_at=f"2030-01-01T00:{n // 60:02}:{n % 60:02}Z"
        )
        for n in range(2, 131)
    ]
    stubs.mischief["github"].add(Misdeed("error", skip=1))
    assert _ended(stubs) == list(range(130, 30, -1))


def test_bad_weather_is_told_as_what_it_is(stubs: Stubs) -> None:
    code_host, mischief = _connect(stubs), stubs.mischief["github"]
    for call in (
        lambda: code_host.ended_pull_requests(REPOSITORY),
        lambda: code_host.default_branch(REPOSITORY),
        lambda: code_host.publish(REPOSITORY, "main", BRANCH, TEXT, draft=False),
    ):
        for misdeed in BAD_WEATHER:
            mischief.add(misdeed)
            with pytest.raises(Unavailable):
                call()
            mischief.clear()
        for status in (403, 429):
            mischief.add(Misdeed("rate_limit", status=status, seconds=600))
            with pytest.raises(RateLimited) as raised:
                call()
            assert raised.value.retry_after_seconds == pytest.approx(600, abs=60)
            mischief.clear()
        call()


def test_a_moment_of_absence_is_bridged(stubs: Stubs) -> None:
    for misdeed in BAD_WEATHER:
        stubs.mischief["github"].add(replace(misdeed, count=TRIES - 1))
        assert _ended(stubs) == []
        stubs.mischief["github"].clear()
