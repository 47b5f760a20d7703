"""GitHub's deliveries: signatures, and what is no end of the fleet's own pull requests."""

import hashlib
import hmac

import pytest

from integrations.github import GitHubWebhook
from worker.domain.errors import InvalidSignature, MalformedDelivery
from worker.domain.signals import Delivery

SECRET = "It's a Secret to Everybody"
BODY = b"Hello, World!"
# GitHub's own example, from its documentation on validating deliveries.
SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
HEADERS = {"x-hub-signature-256": SIGNATURE, "x-github-delivery": "72d3162e"}


def test_githubs_own_example() -> None:
    delivery = GitHubWebhook(SECRET).read(HEADERS, BODY)
    assert delivery == Delivery("github", "72d3162e", "ignored_type")


@pytest.mark.parametrize(
    "signature", ["", SIGNATURE.upper(), SIGNATURE.removeprefix("sha256="), "sha256=", "schlüssel"]
)
def test_a_signature_that_does_not_match(signature: str) -> None:
    with pytest.raises(InvalidSignature, match="GITHUB_WEBHOOK_SECRET"):
        GitHubWebhook(SECRET).read(HEADERS | {"x-hub-signature-256": signature}, BODY)


def test_another_secret_or_body_or_none() -> None:
    with pytest.raises(InvalidSignature):
        GitHubWebhook("other").read(HEADERS, BODY)
    with pytest.raises(InvalidSignature):
        GitHubWebhook(SECRET).read(HEADERS, BODY + b"!")
    with pytest.raises(InvalidSignature):
        GitHubWebhook(SECRET).read({}, BODY)


def test_no_delivery_id() -> None:
    signature = "sha256=" + hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()
    with pytest.raises(MalformedDelivery, match="X-GitHub-Delivery"):
        GitHubWebhook(SECRET).read({"x-hub-signature-256": signature}, BODY)
