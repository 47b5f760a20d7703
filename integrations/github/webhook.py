"""GitHub's webhooks: the signature is checked; what they say is not acted on yet."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from worker.domain.errors import InvalidSignature, MalformedDelivery
from worker.domain.signals import Delivery

SOURCE: Final = "github"
_PREFIX: Final = "sha256="


class GitHubWebhook:
    """One GitHub webhook. GitHub signs no timestamp, so the delivery id is the guard on replays."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def read(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Verify one delivery (header names in lower case).

        Raises InvalidSignature for a missing or wrong ``X-Hub-Signature-256`` (HMAC-SHA256 of the
        raw body), MalformedDelivery without ``X-GitHub-Delivery``.
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
        return Delivery(SOURCE, delivery_id, "ignored_type")
