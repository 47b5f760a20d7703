"""GitHub's webhooks: verified, and read for the ends of the fleet's own pull requests.

====================== ============================================================================
outcome                when
====================== ============================================================================
``ended``              a pull request of the fleet was merged or closed
``ignored_branch``     another pull request was: its branch is not the fleet's, or is in a fork
``ignored_action``     a pull request was opened, edited, labelled, …
``ignored_type``       it is not about a pull request itself: a push, a review, a check, a ping
====================== ============================================================================
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from integrations.github.ends import OWN_BRANCHES, seconds_of
from worker.domain.errors import InvalidSignature, MalformedDelivery
from worker.domain.pull_request import PullRequestEnd
from worker.domain.signals import Delivery, PullRequestEnded

SOURCE: Final = "github"
_PREFIX: Final = "sha256="


class GitHubWebhook:
    """One GitHub webhook. GitHub signs no timestamp, so the delivery id is the guard on replays."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def read(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Verify and read one delivery (header names in lower case).

        Raises InvalidSignature for a missing or wrong ``X-Hub-Signature-256`` (HMAC-SHA256 of the
        raw body), MalformedDelivery without ``X-GitHub-Delivery``, and for the end of a pull
        request that is not told as GitHub documents it.
        """
        expected = _PREFIX + hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        given = headers.get("x-hub-signature-256", "")
        # Bytes, since compare_digest refuses text that is not ASCII.
        if not hmac.compare_digest(expected.encode(), given.encode(errors="replace")):
            raise InvalidSignature(
                "The header X-Hub-Signature-256 is missing or does not match the body. "
                "Check GITHUB_WEBHOOK_SECRET."
            )
        delivery_id = headers.get("x-github-delivery", "").strip()
        if not delivery_id:
            raise MalformedDelivery("The header X-GitHub-Delivery is missing.")
        if headers.get("x-github-event") != "pull_request":
            return Delivery(SOURCE, delivery_id, "ignored_type")
        return _of_pull_request(delivery_id, _parsed(body))


def _of_pull_request(delivery_id: str, payload: Mapping[str, Any]) -> Delivery:
    if _text(payload, "action") != "closed":
        return Delivery(SOURCE, delivery_id, "ignored_action")
    repository = _text(_part(payload, "repository"), "full_name")
    pull = _part(payload, "pull_request")
    head = _part(pull, "head")
    branch = _text(head, "ref")
    # A fork that was deleted since is null.
    origin = head.get("repo") and _text(_part(head, "repo"), "full_name")
    if origin != repository or not branch.startswith(OWN_BRANCHES):
        return Delivery(SOURCE, delivery_id, "ignored_branch")
    number, merged = pull.get("number"), pull.get("merged")
    if isinstance(number, bool) or not isinstance(number, int) or not isinstance(merged, bool):
        raise _malformed("number or merged is missing")
    try:
        ended_at = seconds_of(_text(pull, "closed_at"))
    except ValueError as fault:
        raise _malformed("closed_at is not a time") from fault
    end = PullRequestEnd(number, _text(pull, "html_url"), branch, merged, ended_at)
    return Delivery(SOURCE, delivery_id, "ended", PullRequestEnded(repository, end))


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as fault:
        remedy = "Set the webhook's content type to application/json"
        raise _malformed(f"the body is not JSON. {remedy}") from fault
    if not isinstance(payload, dict):
        raise _malformed("the body is not a JSON object")
    return payload


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = record.get(name)
    if not isinstance(value, dict):
        raise _malformed(f"{name} is missing")
    return value


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str) or not value:
        raise _malformed(f"{name} is missing")
    return value


def _malformed(reason: str) -> MalformedDelivery:
    return MalformedDelivery(f"Not a delivery as GitHub documents it: {reason}.")
