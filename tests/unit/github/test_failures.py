"""GitHub's answers as the fleet's errors, over HTTP."""

import socket
import time
from pathlib import Path
from typing import Any

import pytest

from integrations.github import GitHubCodeHost, fixed_token
from integrations.github.connection import RETRIES, Connection
from integrations.github.failures import TokenRefused
from tests.unit.linear.canned import Answer, canned
from worker.domain.errors import (
    ConfigurationError,
    FleetError,
    PermanentError,
    RateLimited,
    RepositoryUnavailable,
    Unavailable,
)
from worker.domain.pull_request import PullRequestText

TOKEN = "ghp_secret"
PRIMARY = {"message": "API rate limit exceeded for user ID 1."}
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait."}


def _host(url: str) -> GitHubCodeHost:
    connection = Connection(
        url,
        seconds_between_requests=0,
        seconds_between_writes=0,
        backoff_seconds=0,
        timeout_seconds=1,
    )
    return GitHubCodeHost(connection, fixed_token(TOKEN))


def _message(status: int, text: str = "No", headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, {"message": text}, headers or {})


@pytest.mark.parametrize(
    ("answer", "error", "times"),
    [
        (_message(401, "Bad credentials"), TokenRefused, 1),
        (_message(403, "Resource not accessible by integration"), RepositoryUnavailable, 1),
        (_message(404, "Not Found"), RepositoryUnavailable, 1),
        (_message(451), RepositoryUnavailable, 1),
        (_message(410), PermanentError, 1),
        (_message(422), PermanentError, 1),
        (_message(429), RateLimited, 1),
        (_message(500), Unavailable, 1 + RETRIES),
        (Answer(502, "<html>bad gateway</html>"), Unavailable, 1 + RETRIES),
        (Answer(200, "{ half an answer"), Unavailable, 1),
        (Answer(hangs=True), Unavailable, 1 + RETRIES),
    ],
)
def test_an_error(answer: Answer, error: type[FleetError], times: int) -> None:
    with canned(answer) as server:
        with pytest.raises(FleetError) as raised:
            _host(server.url).default_branch("acme/demo")
        assert len(server.asked) == times
    assert type(raised.value) is error
    assert TOKEN not in str(raised.value)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_to_do_is_said(status: int) -> None:
    with canned(_message(status)) as server, pytest.raises(PermanentError) as raised:
        _host(server.url).default_branch("acme/demo")
    for word in ("GITHUB_TOKEN", "contents:write", "pull_requests:write", "issues:write"):
        assert word in str(raised.value)


def _in(seconds: float) -> str:
    return str(int(time.time() + seconds))


@pytest.mark.parametrize(
    ("status", "body", "headers", "seconds"),
    [
        (403, PRIMARY, {"X-RateLimit-Reset": "+1800"}, 1800),
        (403, SECONDARY, {"Retry-After": "90"}, 90),
        (429, SECONDARY, {"Retry-After": "3600"}, 3600),
        (403, SECONDARY, {}, 60),
        (503, {"message": "later"}, {"Retry-After": "120"}, 120),
    ],
)
def test_a_rate_limit_never_sleeps(
    status: int, body: Any, headers: dict[str, str], seconds: float
) -> None:
    given = {name: _in(1800) if value == "+1800" else value for name, value in headers.items()}
    with canned(Answer(status, body, given)) as server:
        with pytest.raises(RateLimited) as raised:
            _host(server.url).default_branch("acme/demo")
        assert len(server.asked) == 1
    assert raised.value.retry_after_seconds == pytest.approx(seconds, abs=60)


def test_a_short_wait_is_waited() -> None:
    later = Answer(429, SECONDARY, {"Retry-After": "1"})
    repository = {"full_name": "acme/demo", "default_branch": "trunk", "url": "http://x"}
    with canned(later, Answer(200, repository)) as server:
        assert _host(server.url).default_branch("acme/demo") == "trunk"


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(Unavailable):
        _host(url).default_branch("acme/demo")


def test_a_refused_pull_request_says_why() -> None:
    reason = {"resource": "PullRequest", "code": "custom", "message": "No commits between a and b"}
    refused = Answer(422, {"message": "Validation Failed", "errors": [reason]})
    with canned(Answer(200, []), refused, Answer(200, [])) as server:
        with pytest.raises(PermanentError, match="No commits between a and b"):
            _host(server.url).publish("acme/demo", "a", "b", PullRequestText("t", ""), draft=False)
        assert [asked[0].split("?")[0] for asked in server.asked] == [
            "GET /repos/acme/demo/pulls",
            "POST /repos/acme/demo/pulls",
            "GET /repos/acme/demo/pulls",
        ]


def test_a_token_provider_that_fails() -> None:
    def token() -> str:
        raise Unavailable("no token now")

    with pytest.raises(Unavailable, match="no token now"):
        GitHubCodeHost(Connection("https://api.github.com"), token).default_branch("a/b")


def test_an_empty_token() -> None:
    with pytest.raises(ConfigurationError, match="GITHUB_TOKEN"):
        fixed_token("")


def test_the_extra_authorities_come_beside_the_public_ones(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("# ours\n")
    connection = Connection("https://api.github.com", extra_ca_bundle=str(bundle))
    trusted = Path(str(connection._trust.verify)).read_text()
    assert trusted.endswith("# ours\n")
    assert "BEGIN CERTIFICATE" in trusted
    with pytest.raises(ConfigurationError, match="CA bundle"):
        Connection("https://api.github.com", extra_ca_bundle=str(tmp_path / "nothing"))
