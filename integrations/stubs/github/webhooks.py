"""GitHub's webhook deliveries: what they say of a pull request, and how they are signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

from integrations.stubs.deliveries import Delivery

from . import shapes
from .records import PullRequest, Repository
from .shapes import Json
from .world import Action, GithubWorld

PULL_REQUEST = "pull_request"
"""the value of the header `X-GitHub-Event`"""


def pull_request_event(
    world: GithubWorld, repository: Repository, pull: PullRequest, action: Action, login: str
) -> Json:
    return {
        "action": action,
        "number": pull.number,
        "pull_request": shapes.pull_in_full(world, repository, pull),
        "repository": shapes.repository(world, repository),
        "sender": shapes.user(world, login),
    }


class GithubDeliveries:
    """See `integrations.stubs.webhooks.Form`. What was not taken is not sent again."""

    retry_delays_seconds = ()
    answer_within_seconds = 10.0

    def stamped(self, event: Mapping[str, object]) -> Mapping[str, object]:
        """GitHub writes no time of sending."""
        return event

    def signed(self, delivery: Delivery, secret: str) -> tuple[bytes, dict[str, str]]:
        body = json.dumps(delivery.event, ensure_ascii=False, separators=(",", ":")).encode()
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return body, {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/stub",
            "X-GitHub-Delivery": delivery.id,
            "X-GitHub-Event": delivery.kind,
            "X-Hub-Signature-256": f"sha256={digest}",
        }
