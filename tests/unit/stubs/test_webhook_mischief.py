"""Webhooks that go astray by chance: the same seed, the same ones."""

from __future__ import annotations

from collections import Counter

import httpx
import pytest

from integrations.stubs import Stubs
from integrations.stubs.deliveries import WebhookMischief
from tests.unit.stubs.conftest import Receiver

WILD = WebhookMischief(
    duplicate=3,
    duplicate_probability=0.3,
    delay_seconds=0.01,
    delay_probability=0.3,
    reorder=3,
    reorder_probability=0.3,
    drop_probability=0.2,
    seed=7,
)
TICKETS = 40


def _storm(stubs: Stubs) -> list[list[str]]:
    """What happened to each of many deliveries."""
    stubs.webhooks.misbehave(WILD)
    first = len(stubs.webhooks.deliveries)
    for number in range(TICKETS):
        stubs.person.create_ticket(f"{number}")
    stubs.webhooks.misbehave(WebhookMischief())
    assert stubs.webhooks.wait_until_settled(60)
    return [delivery.fate.words() for delivery in stubs.webhooks.deliveries[first:]]


def test_chance_is_the_seed_s(stubs: Stubs, receiver: Receiver) -> None:
    words = _storm(stubs)
    assert _storm(stubs) == words
    counts = Counter(word for each in words for word in each)
    assert set(counts) == {"dropped", "duplicated", "delayed", "reordered"}
    assert all(2 <= count <= 25 for count in counts.values()), counts
    told = {word: 2 * count for word, count in counts.items()}
    assert stubs.webhooks.counts == {"sent": 2 * TICKETS, **told}
    seen = Counter(got.headers["Linear-Delivery"] for got in receiver.received)
    assert sorted(seen.values()).count(3) == told["duplicated"]
    assert len(seen) == 2 * TICKETS - told["dropped"]


def test_it_is_set_and_read_over_http(stubs: Stubs, client: httpx.Client) -> None:
    storm = {"stub": "webhooks", "drop_probability": 1.0, "seed": 3}
    assert client.post("/_stub/mischief", json=storm).json()["webhooks"]["drop_probability"] == 1
    stubs.person.create_ticket("lost")
    client.delete("/_stub/mischief")
    stubs.person.create_ticket("seen")
    assert stubs.webhooks.wait_until_settled(60)
    shown = client.get("/_stub/mischief").json()
    assert shown["counts"]["webhooks"] == {"sent": 2, "dropped": 1}
    assert shown["webhooks"]["drop_probability"] == 0


@pytest.mark.parametrize("wrong", [{"drop_probability": 2}, {"duplicate": 0}, {"lose": 1}])
def test_what_makes_no_sense_is_refused(client: httpx.Client, wrong: dict[str, float]) -> None:
    assert client.post("/_stub/mischief", json={"stub": "webhooks", **wrong}).status_code == 400
