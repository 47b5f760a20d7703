"""Installation tokens: scoped, kept until shortly before their end, fetched once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from integrations.github import GitHubCodeHost, InstallationTokens
from integrations.github.connection import Connection
from integrations.stubs import StubsConfig, seed_repository, start_stubs
from tests.unit.linear.canned import Answer, canned
from worker.domain.errors import ConfigurationError, RateLimited, Unavailable

START = 1_792_400_400.0
REPOSITORIES = ("acme/demo", "acme/other")


@pytest.fixture(scope="module")
def key() -> str:
    private = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return private.private_bytes(encoding, form, serialization.NoEncryption()).decode()


def _tokens(url: str, key: str, now: Callable[[], float] = lambda: START) -> InstallationTokens:
    connection = Connection(
        url, seconds_between_requests=0, seconds_between_writes=0, backoff_seconds=0
    )
    return InstallationTokens(connection, "17", key, 4711, REPOSITORIES, now, now)


def _answer(token: str, ends_at: float) -> Answer:
    until = datetime.fromtimestamp(ends_at, UTC).isoformat().replace("+00:00", "Z")
    return Answer(201, {"token": token, "expires_at": until})


def test_a_token_is_asked_for_these_repositories_only(key: str) -> None:
    with canned(_answer("ghs_1", START + 3600)) as server:
        assert _tokens(server.url, key)() == "ghs_1"
        ((request, headers, body),) = server.asked
    assert request == "POST /app/installations/4711/access_tokens"
    assert headers["Authorization"].startswith("Bearer ey")
    assert body["repositories"] == ["demo", "other"]
    assert body["permissions"] == {"contents": "write", "pull_requests": "write", "issues": "write"}


def test_a_token_is_kept_until_five_minutes_before_its_end(key: str) -> None:
    now = [START]
    answers = (_answer("ghs_1", START + 3600), _answer("ghs_2", START + 7200))
    with canned(*answers) as server:
        tokens = _tokens(server.url, key, lambda: now[0])
        got = []
        for now[0] in (START, START + 3299, START + 3301, START + 6899):
            got.append(tokens.current())
        assert len(server.asked) == 2
    assert got == ["ghs_1", "ghs_1", "ghs_2", "ghs_2"]


def test_threads_fetch_one_token(key: str) -> None:
    with canned(_answer("ghs_1", START + 3600)) as server:
        tokens = _tokens(server.url, key)
        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(lambda _: tokens.current(), range(32))) == {"ghs_1"}
        assert len(server.asked) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 422])
def test_an_app_that_is_wrong(key: str, status: int) -> None:
    with (
        canned(Answer(status, {"message": "No"})) as server,
        pytest.raises(ConfigurationError, match="GITHUB_APP_INSTALLATION_ID"),
    ):
        _tokens(server.url, key)()


@pytest.mark.parametrize("wrong", ["not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_a_key_that_is_none(wrong: str) -> None:
    with canned(Answer(500)) as server, pytest.raises(ConfigurationError) as raised:
        _tokens(server.url, wrong)()
    assert "GITHUB_APP_PRIVATE_KEY" in str(raised.value)
    assert wrong not in str(raised.value)


def test_what_passes_is_not_a_fault_of_the_settings(key: str) -> None:
    limited: dict[str, Any] = {"message": "API rate limit exceeded"}
    for answer, error in (
        (Answer(500, {"message": "oops"}), Unavailable),
        (Answer(200, {"message": "?"}), Unavailable),
        (Answer(403, limited, {"Retry-After": "60"}), RateLimited),
    ):
        with canned(answer) as server, pytest.raises(error):
            _tokens(server.url, key)()


def test_a_code_host_with_an_app(key: str, tmp_path: Path) -> None:
    seed_repository(tmp_path, "acme/demo", {"README.md": "# Demo\n"})
    with start_stubs(StubsConfig(git_root=tmp_path)) as stubs:
        tokens = _tokens(f"{stubs.url}/github", key)
        connection = Connection(f"{stubs.url}/github", seconds_between_requests=0)
        assert GitHubCodeHost(connection, tokens).default_branch("acme/demo") == "main"
