"""Installation tokens that end before their time: the work goes on with the next one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from integrations.git.repositories import GitRepositories
from integrations.github import GitHubCodeHost, InstallationTokens, fixed_token
from integrations.github.connection import Connection
from integrations.stubs import Stubs, StubsConfig, seed_repository, start_stubs
from integrations.stubs.github.tokens import TokenLife
from integrations.stubs.mischief import Misdeed
from integrations.stubs.repositories import branch_sha
from tests.contracts.code_host.forge import add_branches
from tests.unit.linear.canned import Answer, canned
from worker.domain.errors import ConfigurationError, RepositoryUnavailable
from worker.domain.lease import RunId
from worker.domain.pull_request import PullRequestText

REPOSITORY, BRANCH = "acme/demo", "agent/ship-1"
START = 1_792_400_400.0


@pytest.fixture(scope="module")
def key() -> str:
    private = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return private.private_bytes(encoding, form, serialization.NoEncryption()).decode()


@pytest.fixture
def stubs(tmp_path: Path) -> Iterator[Stubs]:
    seed_repository(tmp_path / "remote", REPOSITORY, {"README.md": "# Demo\n"})
    add_branches(tmp_path / "remote" / f"{REPOSITORY}.git", BRANCH)
    with start_stubs(StubsConfig(git_root=tmp_path / "remote")) as running:
        yield running


def _connection(url: str) -> Connection:
    return Connection(url, seconds_between_requests=0, seconds_between_writes=0, backoff_seconds=0)


@pytest.fixture
def tokens(stubs: Stubs, key: str) -> InstallationTokens:
    connection = _connection(f"{stubs.url}/github")
    return InstallationTokens(connection, "17", key, 4711, [REPOSITORY])


def test_the_code_host_goes_on_with_the_next_token(
    stubs: Stubs, tokens: InstallationTokens
) -> None:
    code_host = GitHubCodeHost(_connection(f"{stubs.url}/github"), tokens)
    assert code_host.default_branch(REPOSITORY) == "main"
    text = PullRequestText("Add a file", "Why")
    for draft in (True, False):
        assert stubs.github.tokens.expire() == 1
        assert code_host.publish(REPOSITORY, "main", BRANCH, text, draft=draft).number == 1
    stubs.github.tokens.expire()
    assert code_host.ended_pull_requests(REPOSITORY) == []


def test_a_token_that_ends_between_two_requests(stubs: Stubs, tokens: InstallationTokens) -> None:
    code_host = GitHubCodeHost(_connection(f"{stubs.url}/github"), tokens)
    text = PullRequestText("Add a file", "Why", ("storyfleet",))
    stubs.mischief["github"].add(
        Misdeed("error", status=401, count=1, match=f"POST /repos/{REPOSITORY}/issues")
    )
    assert code_host.publish(REPOSITORY, "main", BRANCH, text, draft=False).number == 1
    assert stubs.mischief["github"].counts == {"error": 1}
    (pull,) = stubs.github.repository(REPOSITORY).pulls
    assert pull.labels == ["storyfleet"]


def test_a_token_that_is_refused_again_is_told(stubs: Stubs, tokens: InstallationTokens) -> None:
    code_host = GitHubCodeHost(_connection(f"{stubs.url}/github"), tokens)
    stubs.mischief["github"].add(Misdeed("error", status=401, match=f"/repos/{REPOSITORY}"))
    with pytest.raises(ConfigurationError, match="GITHUB_TOKEN"):
        code_host.default_branch(REPOSITORY)
    assert stubs.mischief["github"].counts == {"error": 2}


def test_a_fixed_token_that_is_refused_is_told_at_once(stubs: Stubs) -> None:
    code_host = GitHubCodeHost(_connection(f"{stubs.url}/github"), fixed_token("wrong"))
    with pytest.raises(ConfigurationError, match="GITHUB_TOKEN"):
        code_host.default_branch(REPOSITORY)


def test_git_fetches_and_pushes_with_the_next_token(
    stubs: Stubs, tokens: InstallationTokens, tmp_path: Path
) -> None:
    repositories = GitRepositories(
        tmp_path / "own", lambda slug: f"{stubs.url}/git/{slug}.git", tokens
    )
    with repositories.open(REPOSITORY, RunId("run-1")) as checkout:
        commit = checkout.resolve(BRANCH)
        for branch in ("agent/ship-2", "agent/ship-3"):
            assert stubs.github.tokens.expire() == 1
            checkout.push(branch, commit)
            assert branch_sha(tmp_path / "remote" / f"{REPOSITORY}.git", branch) == commit


def test_a_token_is_used_as_long_as_nobody_refuses_it(
    stubs: Stubs, tokens: InstallationTokens
) -> None:
    """Nothing is asked of GitHub before a fetch or push but the token itself, once an hour."""
    token = tokens()
    stubs.mischief["github"].add(Misdeed("error"))
    assert tokens() == token
    assert stubs.mischief["github"].counts == {}


def test_a_token_that_is_dead_on_arrival_is_asked_for_once_more(
    stubs: Stubs, tokens: InstallationTokens, tmp_path: Path
) -> None:
    stubs.github.tokens.life = TokenLife(dies_after_seconds=0.0)
    repositories = GitRepositories(
        tmp_path / "own", lambda slug: f"{stubs.url}/git/{slug}.git", tokens
    )
    with repositories.open(REPOSITORY, RunId("run-1")) as checkout:
        with pytest.raises(RepositoryUnavailable, match="refused our token"):
            checkout.resolve(BRANCH)
        stubs.github.tokens.life = TokenLife()
        assert len(checkout.resolve(BRANCH)) == 40


def test_threads_that_were_refused_one_token_get_one_next(tokens: InstallationTokens) -> None:
    refused = tokens.current()
    following = tokens.renewed(refused)
    assert following != refused
    assert tokens.renewed(refused) == tokens.current() == following


@contextmanager
def _clocks(key: str, wrong_by_seconds: float) -> Iterator[tuple[InstallationTokens, list[float]]]:
    """Tokens on a machine whose clock is wrong; the list is the time that passes."""
    passed = [0.0]
    until = datetime.fromtimestamp(START + 3600, UTC).isoformat().replace("+00:00", "Z")
    date = {"Date": format_datetime(datetime.fromtimestamp(START, UTC), usegmt=True)}
    answers = [Answer(201, {"token": f"ghs_{n}", "expires_at": until}, date) for n in (1, 2)]
    with canned(*answers) as server:
        yield (
            InstallationTokens(
                *(_connection(server.url), "17", key, 4711),
                now=lambda: START + wrong_by_seconds + passed[0],
                monotonic=lambda: 50.0 + passed[0],
            ),
            passed,
        )


@pytest.mark.parametrize("wrong_by_seconds", [0.0, -7200.0, 7200.0])
def test_a_clock_that_is_wrong_does_not_change_when_a_token_ends(
    key: str, wrong_by_seconds: float
) -> None:
    with _clocks(key, wrong_by_seconds) as (tokens, passed):
        got = []
        for passed[0] in (0.0, 3299.0, 3301.0):
            got.append(tokens.current())
    assert got == ["ghs_1", "ghs_1", "ghs_2"]
