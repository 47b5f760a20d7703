"""Pull requests that end, told by GitHub's webhook: as the stub sends them, and hostile ones."""

import hashlib
import hmac
import json
from typing import Any

import pytest

import integrations.github.webhook as module
from integrations.github import GitHubWebhook
from worker.domain.errors import MalformedDelivery
from worker.domain.pull_request import PullRequestEnd
from worker.domain.signals import Delivery, PullRequestEnded

SECRET = "s3cret"
BRANCH = "agent/SHIP-1-print-labels"
END = PullRequestEnd(7, "https://github.com/acme/demo/pull/7", BRANCH, True, 1_557_933_633.0)


def _payload(action: str = "closed", **pull: Any) -> dict[str, Any]:
    """The fields that are read, as in GitHub's documented example."""
    repository = {"id": 186853002, "full_name": "acme/demo"}
    head = {"label": f"acme:{BRANCH}", "ref": BRANCH, "sha": "0" * 40, "repo": repository}
    shown = {
        "number": 7,
        "html_url": END.url,
        "state": "closed",
        "head": head,
        "merged": True,
        "merged_at": "2019-05-15T15:20:33Z",
        "closed_at": "2019-05-15T15:20:33Z",
    }
    changed = {**shown, **pull}
    return {"action": action, "number": 7, "pull_request": changed, "repository": repository}


def _read(payload: object, event: str = "pull_request") -> Delivery:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "x-hub-signature-256": f"sha256={digest}",
        "x-github-delivery": "72d3162e",
        "x-github-event": event,
    }
    return GitHubWebhook(SECRET).read(headers, body)


def _head(**changes: Any) -> dict[str, Any]:
    head: dict[str, Any] = _payload()["pull_request"]["head"]
    return {**head, **changes}


def test_merged_and_closed() -> None:
    ended = Delivery("github", "72d3162e", "ended", PullRequestEnded("acme/demo", END))
    assert _read(_payload()) == ended
    signal = _read(_payload(merged=False, merged_at=None)).signal
    assert isinstance(signal, PullRequestEnded)
    assert not signal.end.merged


@pytest.mark.parametrize(
    ("payload", "outcome"),
    [
        (_payload("opened"), "ignored_action"),
        (_payload("synchronize", head=None), "ignored_action"),
        (_payload(head=_head(ref="feature")), "ignored_branch"),
        (_payload(head=_head(ref="my-agent/SHIP-1")), "ignored_branch"),
        (_payload(head=_head(repo={"full_name": "stranger/demo"})), "ignored_branch"),
        (_payload(head=_head(repo=None)), "ignored_branch"),
    ],
)
def test_what_is_no_end_of_the_fleets_own(payload: object, outcome: str) -> None:
    assert _read(payload) == Delivery("github", "72d3162e", outcome)


@pytest.mark.parametrize("event", ["ping", "push", "pull_request_review", "check_suite", ""])
def test_other_events(event: str) -> None:
    assert _read({"zen": "Speak like a human."}, event).outcome == "ignored_type"
    assert _read(b"not json", event).outcome == "ignored_type"


def test_every_outcome_is_in_the_table() -> None:
    outcomes = ("ended", "ignored_branch", "ignored_action", "ignored_type")
    assert all(f"``{outcome}``" in str(module.__doc__) for outcome in outcomes)


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"payload=%7B%7D", b"[]", b"null", b"\xff", b"[" * 100_000,
        {}, {"action": 3}, {"action": "closed"},
        _payload() | {"pull_request": None}, _payload() | {"pull_request": []},
        _payload() | {"repository": None}, _payload() | {"repository": {"full_name": 1}},
        _payload(head=None), _payload(head={}), _payload(head=_head(ref=None)),
        _payload(head=_head(repo="acme/demo")), _payload(head=_head(repo={"full_name": None})),
        _payload(number="7"), _payload(number=True), _payload(number=None), _payload(html_url=None),
        _payload(merged=None), _payload(merged="true"),
        _payload(closed_at=None), _payload(closed_at="yesterday"), _payload(closed_at=1_557),
    ],
)  # fmt: skip
def test_what_is_not_githubs(payload: object) -> None:
    with pytest.raises(MalformedDelivery):
        _read(payload)
