"""The webhooks that the stub Linear sends, checked by lines of their own."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections import Counter
from dataclasses import replace

from integrations.linear import LinearWebhook
from integrations.stubs import Stubs
from integrations.stubs.deliveries import WebhookMischief
from integrations.stubs.linear import payloads, signing
from integrations.stubs.linear.records import Organization
from integrations.stubs.linear.world import LinearWorld
from tests.unit.stubs.conftest import SECRET, Query, Receiver
from worker.domain.signals import TicketWithdrawn
from worker.domain.ticket import TicketId

ADD_LABEL = """mutation($id: String!, $label: String!) {
  issueAddLabel(id: $id, labelId: $label) { success } }"""


def _settle(stubs: Stubs) -> None:
    assert stubs.webhooks.wait_until_settled()


def test_a_delivery_is_signed_over_its_raw_body(stubs: Stubs, receiver: Receiver) -> None:
    stubs.person.create_ticket("Größe ändern ✓", labels=["agent"])
    _settle(stubs)
    got = receiver.received[0]
    expected = hmac.new(SECRET.encode(), got.raw, hashlib.sha256).hexdigest()
    assert got.headers["Linear-Signature"] == expected
    assert got.headers["Linear-Event"] == "Issue"
    assert got.headers["User-Agent"] == "Linear-Webhook"
    assert got.headers["Content-Type"].startswith("application/json")
    assert got.headers["Linear-Delivery"] == stubs.webhooks.deliveries[0].id
    assert got.headers["Linear-Timestamp"] == str(got.body["webhookTimestamp"])
    assert abs(got.body["webhookTimestamp"] / 1000 - time.time()) < 60


def test_created_with_a_label(stubs: Stubs, receiver: Receiver) -> None:
    ticket = stubs.person.create_ticket("Add", "A story", labels=["agent"])
    _settle(stubs)
    body = receiver.received[0].body
    assert (body["action"], body["type"]) == ("create", "Issue")
    assert "updatedFrom" not in body
    assert body["actor"]["id"] == stubs.linear.person.id
    assert body["organizationId"] == stubs.linear.organization.id
    assert body["webhookId"] == stubs.linear.webhook_id
    assert body["url"] == body["data"]["url"] == ticket.url
    assert body["data"]["labelIds"] == [stubs.linear.label_named("agent").id]
    assert body["data"]["labels"][0]["name"] == "agent"
    assert body["data"]["team"]["key"] == "SHIP"
    assert body["data"]["state"]["type"] == "unstarted"


def test_label_added_shows_the_labels_before(
    stubs: Stubs, receiver: Receiver, query: Query
) -> None:
    ticket = stubs.person.create_ticket("Add", labels=["bug"])
    agent = stubs.linear.label_named("agent")
    query(ADD_LABEL, key="person-key", id=ticket.id, label=agent.id)
    _settle(stubs)
    body = receiver.received[1].body
    assert body["action"] == "update"
    assert "updatedFrom" not in body["data"]
    assert set(body["updatedFrom"]) == {"labelIds", "updatedAt"}
    assert set(body["data"]["labelIds"]) - set(body["updatedFrom"]["labelIds"]) == {agent.id}
    query(ADD_LABEL, key="person-key", id=ticket.id, label=agent.id)
    _settle(stubs)
    assert len(receiver.received) == 2, "nothing changed, so nothing is sent"


def test_label_removed_edit_close_and_remove(stubs: Stubs, receiver: Receiver) -> None:
    ticket = stubs.person.create_ticket("Add", "old", labels=["agent"])
    stubs.person.label(ticket.id, remove=["agent"])
    stubs.person.edit(ticket.id, description="new")
    unstarted = ticket.state.id
    stubs.person.close(ticket.id)
    stubs.person.remove(ticket.id)
    _settle(stubs)
    unlabelled, edited, closed, removed = (got.body for got in receiver.received[1:])
    assert unlabelled["data"]["labelIds"] == []
    assert len(unlabelled["updatedFrom"]["labelIds"]) == 1
    assert edited["updatedFrom"]["description"] == "old"
    assert "labelIds" not in edited["updatedFrom"]
    assert closed["data"]["state"]["type"] == "canceled"
    assert closed["updatedFrom"]["stateId"] == unstarted
    assert closed["updatedFrom"]["canceledAt"] is None
    assert closed["data"]["canceledAt"]
    assert removed["action"] == "remove"


def test_closing_a_blocker_is_an_update_of_the_blocker(stubs: Stubs, receiver: Receiver) -> None:
    blocker, blocked = (stubs.person.create_ticket(title) for title in ("First", "Second"))
    stubs.person.block(blocked.id, by=blocker.id)
    stubs.person.close(blocker.id, "completed")
    _settle(stubs)
    last = receiver.received[-1].body
    assert (last["type"], last["action"]) == ("Issue", "update")
    assert (last["data"]["id"], last["data"]["state"]["type"]) == (blocker.id, "completed")
    stubs.person.remove(blocker.id)
    assert blocked.inverse_relations == []


def test_the_stop_button_is_what_the_receiver_takes_for_it(
    stubs: Stubs, receiver: Receiver
) -> None:
    ticket = stubs.person.create_ticket("Add", labels=["agent"])
    stubs.person.prompt(ticket.identifier, "Also in red, please.")
    stubs.person.stop(ticket.identifier)
    _settle(stubs)
    webhook = LinearWebhook(SECRET, "agent", lambda: None, time.time)
    deliveries = [
        webhook.read({name.lower(): value for name, value in got.headers.items()}, got.raw)
        for got in receiver.received[1:]
    ]
    assert [delivery.outcome for delivery in deliveries] == ["ignored_type", "withdrawn"]
    assert deliveries[1].signal == TicketWithdrawn(TicketId(ticket.id), "stopped in Linear")
    sessions = {got.body["agentSession"]["id"] for got in receiver.received[1:]}
    assert len(sessions) == 1
    assert receiver.received[2].headers["Linear-Event"] == "AgentSessionEvent"


def test_the_fleet_s_own_comment_names_the_fleet(
    stubs: Stubs, receiver: Receiver, query: Query
) -> None:
    ticket = stubs.person.create_ticket("Add")
    document = (
        'mutation($i: String) { commentCreate(input: {issueId: $i, body: "hi"}) { success } }'
    )
    query(document, i=ticket.id)
    _settle(stubs)
    body = receiver.received[1].body
    assert receiver.received[1].headers["Linear-Event"] == "Comment"
    assert body["actor"]["id"] == body["data"]["userId"] == stubs.linear.fleet.id
    assert body["data"]["issue"]["identifier"] == "SHIP-1"


def test_a_failed_delivery_is_retried_under_its_id(stubs: Stubs, receiver: Receiver) -> None:
    receiver.answers = [503, 500]
    stubs.person.create_ticket("Add")
    _settle(stubs)
    delivery = stubs.webhooks.deliveries[0]
    assert [attempt.status for attempt in delivery.attempts] == [503, 500, 200]
    assert delivery.outcome == "delivered"
    assert {got.headers["Linear-Delivery"] for got in receiver.received} == {delivery.id}


def test_after_three_retries_linear_gives_up(stubs: Stubs, receiver: Receiver) -> None:
    stubs.webhooks.target = replace(stubs.webhooks.target, retry_scale=0.0, restamp_retries=False)
    receiver.answers = [500] * 9
    stubs.person.create_ticket("Add")
    _settle(stubs)
    assert len(receiver.received) == 4
    assert len({got.raw for got in receiver.received}) == 1
    assert stubs.webhooks.deliveries[0].outcome == "failed"


def test_nobody_listens_and_nowhere_to_send(stubs: Stubs) -> None:
    stubs.webhooks.target = replace(stubs.webhooks.target, retry_scale=0.0)
    stubs.send_webhooks_to("http://127.0.0.1:9/")
    stubs.person.create_ticket("Add")
    _settle(stubs)
    delivery = stubs.webhooks.deliveries[0]
    assert delivery.outcome == "failed"
    assert delivery.attempts[0].status is None
    stubs.send_webhooks_to(None)
    stubs.person.create_ticket("Another")
    assert len(stubs.webhooks.deliveries) == 1


def test_a_delivery_duplicated_fifty_times(stubs: Stubs, receiver: Receiver) -> None:
    stubs.webhooks.misbehave(WebhookMischief(duplicate=50))
    stubs.person.create_ticket("Add", labels=["agent"])
    _settle(stubs)
    assert len(receiver.received) == 50
    assert len({(got.headers["Linear-Delivery"], got.raw) for got in receiver.received}) == 1


def test_deliveries_are_reordered_delayed_and_dropped(stubs: Stubs, receiver: Receiver) -> None:
    stubs.webhooks.misbehave(WebhookMischief(reorder=3, delay_seconds=0.01))
    for title in "abc":
        stubs.person.create_ticket(title)
    _settle(stubs)
    assert [got.body["data"]["title"] for got in receiver.received] == ["c", "b", "a"]
    stubs.webhooks.misbehave(WebhookMischief(drop=1))
    stubs.person.create_ticket("lost")
    stubs.person.create_ticket("seen")
    _settle(stubs)
    assert receiver.received[-1].body["data"]["title"] == "seen"
    outcomes = Counter(delivery.outcome for delivery in stubs.webhooks.deliveries)
    assert outcomes == {"delivered": 4, "dropped": 1}


def test_a_delivery_can_be_sent_again(stubs: Stubs, receiver: Receiver) -> None:
    stubs.person.create_ticket("Add")
    _settle(stubs)
    stubs.webhooks.redeliver(stubs.webhooks.deliveries[0].id)
    _settle(stubs)
    assert len({got.headers["Linear-Delivery"] for got in receiver.received}) == 1
    assert len(receiver.received) == 2


def test_a_payload_can_be_built_without_sending_it() -> None:
    world = LinearWorld()
    issue = world.create_issue(world.person, world.add_team("SHIP", "Shipping"), "Add")
    envelope = payloads.Envelope(
        Organization(name="Acme", url_key="acme"), "hook", 1_700_000_000_000
    )
    event = payloads.issue_event(envelope, "update", issue, world.person, {"labelIds": []})
    body = signing.body_of(event)
    headers = signing.headers_of(event, body, SECRET, "delivery-1")
    assert json.loads(body)["updatedFrom"] == {"labelIds": []}
    assert headers["Linear-Delivery"] == "delivery-1"
    assert headers["Linear-Signature"] == signing.signature(body, SECRET)
