"""Deliveries that must not be acted on: unsigned, stale, malformed."""

import hashlib
import hmac
from typing import Any

import pytest

from integrations.linear import LinearWebhook
from tests.unit.linear.deliveries import NOW, SECRET, payload_of, read, webhook_for
from worker.domain.errors import InvalidSignature, MalformedDelivery, StaleDelivery

GOOD = hmac.new(SECRET.encode(), b"{}", hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    "signature", ["", "0" * 64, GOOD.upper(), f" {GOOD}", f"sha256={GOOD}", "schlüssel", "\udce4"]
)
def test_a_signature_that_does_not_match(signature: str) -> None:
    with pytest.raises(InvalidSignature, match="LINEAR_WEBHOOK_SECRET"):
        webhook_for().read({"linear-signature": signature, "linear-delivery": "1"}, b"{}")
    with pytest.raises(InvalidSignature):
        webhook_for().read({}, b"not json")


@pytest.mark.parametrize(
    ("age_seconds", "window_seconds", "accepted"),
    [(0, 60, True), (60, 60, True), (-60, 60, True), (61, 60, False), (-61, 60, False),
     (3600, 60, False), (3600, 7200, True)],
)  # fmt: skip
def test_the_window(age_seconds: float, window_seconds: float, accepted: bool) -> None:
    webhook = LinearWebhook(
        SECRET, "agent", lambda: None, lambda: NOW + age_seconds, window_seconds
    )
    if accepted:
        assert read(webhook, payload_of("issue_labelled")).outcome == "ready"
    else:
        with pytest.raises(StaleDelivery):
            read(webhook, payload_of("issue_labelled"))


@pytest.mark.parametrize("stamp", [None, float("nan"), float("inf")])
def test_no_timestamp_is_as_good_as_an_old_one(stamp: float | None) -> None:
    with pytest.raises(StaleDelivery):
        read(webhook_for(), payload_of("issue_labelled") | {"webhookTimestamp": stamp})


def test_no_delivery_id() -> None:
    with pytest.raises(MalformedDelivery, match="Linear-Delivery"):
        read(webhook_for(), payload_of("issue_labelled"), linear_delivery=" ")


@pytest.mark.parametrize(
    "body", [b"", b"hello", b"[]", b"null", b"1", b'"x"', b"\xff\xfe{}", b"[" * 100_000, b"{"]
)
def test_a_body_that_is_no_object(body: bytes) -> None:
    with pytest.raises(MalformedDelivery):
        read(webhook_for(), body)


@pytest.mark.parametrize(
    "change",
    [
        {"webhookTimestamp": "now"},
        {"webhookTimestamp": True},
        {"action": None},
        {"action": ["create"]},
        {"type": 3},
        {"data": None},
        {"data": []},
        {"updatedFrom": ["labelIds"]},
        {"updatedFrom": {"labelIds": "x"}},
    ],
)
def test_an_envelope_that_is_not_linears(change: dict[str, Any]) -> None:
    with pytest.raises(MalformedDelivery):
        read(webhook_for(), payload_of("issue_labelled") | change)


@pytest.mark.parametrize(
    "data",
    [
        {"id": None},
        {"id": ""},
        {"id": 42},
        {"identifier": None},
        {"labels": None},
        {"labels": {}},
        {"labels": ["agent"]},
        {"labels": [{"id": "1"}]},
        {"state": None},
        {"state": {"id": "1"}},
        {"state": "Todo"},
    ],
)
def test_an_issue_that_is_not_linears(data: dict[str, Any]) -> None:
    with pytest.raises(MalformedDelivery):
        read(webhook_for(), payload_of("issue_labelled", **data))


@pytest.mark.parametrize("session", [None, [], "x"])
def test_a_stop_without_a_session(session: object) -> None:
    with pytest.raises(MalformedDelivery):
        read(webhook_for(), payload_of("agent_session_stopped") | {"agentSession": session})
