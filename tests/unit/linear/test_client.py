"""Linear's answers as the fleet's errors, over HTTP."""

import logging
import socket
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integrations.linear import LinearTracker, documents
from integrations.linear.client import ATTEMPTS, LinearApi
from integrations.linear.failures import EntityNotFound
from tests.unit.linear.canned import Answer, canned
from worker.domain.errors import (
    ConfigurationError,
    FleetError,
    PermanentError,
    RateLimited,
    Unavailable,
)

KEY = "lin_api_secret"
NOW = 1_792_400_400.0
VIEWER = Answer(body={"data": {"viewer": {"id": "u1", "name": "Fleet", "app": True}}})


def _error(message: str = "No", status: int = 200, data: Any = None, **extensions: Any) -> Answer:
    error = {"message": message, "extensions": extensions}
    return Answer(status, {"errors": [error], "data": data})


def _ask(url: str, document: str = documents.VIEWER, read_seconds: float = 10.0) -> dict[str, Any]:
    api = LinearApi(url, KEY, read_seconds=read_seconds, longest_pause_seconds=0, now=lambda: NOW)
    with closing(api):
        return api.ask(document)


def test_an_answer() -> None:
    with canned(VIEWER) as server:
        assert _ask(server.url)["viewer"]["id"] == "u1"
        ((request, headers, body),) = server.asked
    assert request == "POST /"
    assert headers["Authorization"] == KEY
    assert body["query"] == documents.VIEWER


PARTIAL = {"viewer": {"id": "u1", "name": None, "app": True}}


@pytest.mark.parametrize(
    ("answer", "error", "times"),
    [
        (_error(status=400, code="RATELIMITED"), RateLimited, 1),
        (_error(status=400, type="ratelimited"), RateLimited, 1),
        (_error(code="RATELIMITED", data=PARTIAL), RateLimited, 1),
        (Answer(429, "slow down"), RateLimited, 1),
        (_error(status=401, code="AUTHENTICATION_ERROR"), ConfigurationError, 1),
        (_error(type="authentication error"), ConfigurationError, 1),
        (_error(type="forbidden"), ConfigurationError, 1),
        (Answer(401, "no"), ConfigurationError, 1),
        (Answer(403, "no"), ConfigurationError, 1),
        (Answer(404, "<html>"), ConfigurationError, 1),
        (Answer(301, "", {"Location": "/elsewhere"}), ConfigurationError, 1),
        (_error("Entity not found: Issue", code="INPUT_ERROR"), EntityNotFound, 1),
        (_error(status=400, code="INPUT_ERROR", userError=True), PermanentError, 1),
        (_error(data=PARTIAL, code="INPUT_ERROR"), PermanentError, 1),
        (_error(userError=True), PermanentError, 1),
        (_error(status=400, code="GRAPHQL_VALIDATION_FAILED"), PermanentError, 1),
        (Answer(400, "no"), PermanentError, 1),
        (_error(data=PARTIAL, code="INTERNAL_SERVER_ERROR"), Unavailable, ATTEMPTS),
        (_error(type="lock timeout"), Unavailable, ATTEMPTS),
        (_error(status=502, code="INPUT_ERROR", userError=True), Unavailable, ATTEMPTS),
        (Answer(500, "oops"), Unavailable, ATTEMPTS),
        (Answer(503, {"errors": "?"}), Unavailable, ATTEMPTS),
        (Answer(200, "<html>a proxy's page</html>"), Unavailable, ATTEMPTS),
        (Answer(200, [1]), Unavailable, ATTEMPTS),
        (Answer(200, {"data": None}), Unavailable, ATTEMPTS),
        (Answer(200, {"errors": ["?"], "data": 1}), Unavailable, ATTEMPTS),
        (Answer(204, ""), Unavailable, ATTEMPTS),
    ],
)
def test_an_error(answer: Answer, error: type[FleetError], times: int) -> None:
    with canned(answer) as server:
        with pytest.raises(FleetError) as raised:
            _ask(server.url)
        assert len(server.asked) == times
    assert type(raised.value) is error
    assert KEY not in str(raised.value)


@pytest.mark.parametrize("answer", [Answer(401, "no"), _error(type="forbidden")])
def test_a_wrong_key_is_named(answer: Answer) -> None:
    with canned(answer) as server, pytest.raises(ConfigurationError, match="LINEAR_API_KEY"):
        _ask(server.url)


def test_a_refusal_says_what_linear_says() -> None:
    answer = _error("Argument Validation Error", userPresentableMessage="Too long.", userError=True)
    with canned(answer) as server, pytest.raises(PermanentError, match=r"Too long\.") as raised:
        _ask(server.url)
    assert "Argument Validation Error" in str(raised.value)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "17"}, 17.0),
        ({"X-RateLimit-Requests-Reset": f"{(NOW + 90) * 1000:.0f}"}, 90.0),
        ({"X-RateLimit-Requests-Reset": f"{(NOW - 5) * 1000:.0f}"}, 0.0),
        (
            {
                "X-RateLimit-Requests-Reset": f"{(NOW + 90) * 1000:.0f}",
                "X-RateLimit-Requests-Remaining": "100",
                "X-RateLimit-Complexity-Reset": f"{(NOW + 1800) * 1000:.0f}",
                "X-RateLimit-Complexity-Remaining": "0",
            },
            1800.0,
        ),
        ({"X-RateLimit-Requests-Reset": "soon"}, None),
    ],
)
def test_when_to_come_back(headers: dict[str, str], seconds: float | None) -> None:
    answer = _error(status=400, code="RATELIMITED")
    limited = Answer(400, answer.body, headers)
    with canned(limited) as server, pytest.raises(RateLimited) as raised:
        _ask(server.url)
    assert raised.value.retry_after_seconds == seconds


def test_a_moment_of_absence_is_bridged() -> None:
    with canned(Answer(503, ""), _error(code="INTERNAL_SERVER_ERROR"), VIEWER) as server:
        assert _ask(server.url)["viewer"]["id"] == "u1"
        assert len(server.asked) == ATTEMPTS


def test_a_document_that_is_not_ours_is_sent_once() -> None:
    with canned(Answer(503, "")) as server:
        with pytest.raises(Unavailable):
            _ask(server.url, "mutation Unsafe { issueCreate(input: {}) { success } }")
        assert len(server.asked) == 1


def test_silence_ends_as_unavailable() -> None:
    with canned(Answer(hangs=True)) as server, pytest.raises(Unavailable):
        _ask(server.url, read_seconds=0.1)


def test_where_a_webhook_waits_one_attempt_is_made() -> None:
    with canned(Answer(hangs=True)) as server:
        with (
            closing(LinearTracker(server.url, KEY, read_seconds=0.1, attempts=1)) as tracker,
            pytest.raises(Unavailable),
        ):
            tracker.viewer_id()
        assert len(server.asked) == 1


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(Unavailable):
        _ask(url)


@pytest.mark.parametrize("url", ["", "linear", "ftp://linear.app", "https://", "http://[::1"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ConfigurationError, match="LINEAR_API_URL"):
        LinearApi(url, KEY)


def test_an_empty_key() -> None:
    with pytest.raises(ConfigurationError, match="LINEAR_API_KEY"):
        LinearTracker("https://api.linear.app/graphql", "")


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_a_bundle_that_is_none(tmp_path: Path, content: str | None) -> None:
    bundle = tmp_path / "ca.pem"
    if content is not None:
        bundle.write_text(content)
    with pytest.raises(ConfigurationError, match="CA bundle"):
        LinearApi("https://api.linear.app", KEY, extra_ca_bundle=str(bundle))


def test_the_key_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), canned(VIEWER) as server:
        _ask(server.url)
    assert KEY not in caplog.text
