"""Linear's deliveries, from recorded shapes: each with its documented outcome."""

import json
from collections.abc import Set as AbstractSet
from datetime import datetime
from pathlib import Path

import pytest

import integrations.linear.webhook as module
from integrations.linear import LinearWebhook
from tests.unit.linear.deliveries import (
    AGENT,
    DELIVERY,
    FIXTURES,
    NOW,
    SECRET,
    TICKET,
    Asking,
    payload_of,
    read,
    webhook_for,
)
from worker.domain.errors import Unavailable
from worker.domain.signals import TicketReady, TicketWithdrawn

OUTCOMES = {
    "issue_created_with_label": "ready",
    "issue_created_without_label": "ignored_unlabelled",
    "issue_created_closed_with_label": "ignored_edit",
    "issue_labelled": "ready",
    "issue_labelled_by_integration": "ready",
    "issue_labelled_when_closed": "ignored_edit",
    "issue_labelled_by_the_fleet": "ignored_actor",
    "issue_label_removed": "withdrawn",
    "issue_other_label_added": "ignored_edit",
    "issue_other_label_removed": "ignored_edit",
    "issue_unlabelled_other_label_removed": "ignored_unlabelled",
    "issue_edited": "ignored_edit",
    "issue_unlabelled_edited": "ignored_unlabelled",
    "issue_started": "ignored_edit",
    "issue_completed": "withdrawn",
    "issue_canceled": "withdrawn",
    "issue_marked_duplicate": "withdrawn",
    "issue_unlabelled_completed": "ignored_unlabelled",
    "issue_reopened": "ready",
    "issue_archived": "withdrawn",
    "issue_trashed": "withdrawn",
    "issue_restored": "ready",
    "issue_unarchived_by_restore": "ready",
    "issue_removed": "withdrawn",
    "issue_unknown_action": "ignored_action",
    "comment_created": "ignored_type",
    "reaction_created": "ignored_type",
    "attachment_created": "ignored_type",
    "issue_label_created": "ignored_type",
    "project_updated": "ignored_type",
    "agent_session_created": "ignored_type",
    "agent_session_prompted": "ignored_type",
    "agent_session_stopped": "withdrawn",
    "oauth_app_revoked": "ignored_type",
    "unknown_type": "ignored_type",
}


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.json")), ids=lambda path: path.stem)
def test_each_event_has_its_outcome(path: Path) -> None:
    delivery = read(webhook_for(), path.read_bytes())
    assert (delivery.source, delivery.id) == ("linear", DELIVERY)
    assert delivery.outcome == OUTCOMES[path.stem]
    match delivery.outcome:
        case "ready":
            updated = json.loads(path.read_bytes())["data"]["updatedAt"]
            at = datetime.fromisoformat(updated).timestamp()
            assert delivery.signal == TicketReady(TICKET, at)
        case "withdrawn":
            assert isinstance(delivery.signal, TicketWithdrawn)
            assert delivery.signal.ticket_id == TICKET.id
            assert delivery.signal.reason
        case _:
            assert delivery.signal is None


def test_every_outcome_is_in_the_table() -> None:
    assert module.__doc__
    assert all(f"``{outcome}``" in module.__doc__ for outcome in OUTCOMES.values())


@pytest.mark.parametrize("label", ["AGENT", " agent ", "Agent"])
def test_the_label_is_compared_without_case(label: str) -> None:
    assert read(webhook_for(label), payload_of("issue_labelled")).outcome == "ready"


def test_another_trigger_label() -> None:
    webhook = webhook_for("robots", Asking(frozenset({"other"})))
    assert read(webhook, payload_of("issue_labelled")).outcome == "ignored_unlabelled"
    assert read(webhook, payload_of("issue_label_removed")).outcome == "ignored_unlabelled"


@pytest.mark.parametrize(
    ("answer", "label_removed", "other_removed", "times"),
    [
        (frozenset({AGENT}), "withdrawn", "ignored_unlabelled", 1),
        (frozenset(), "withdrawn", "withdrawn", 1),
        (None, "withdrawn", "withdrawn", 1),
    ],
)
def test_a_removed_label_is_resolved_by_asking(
    answer: AbstractSet[str] | None, label_removed: str, other_removed: str, times: int
) -> None:
    asking = Asking(answer)
    webhook = webhook_for(asking=asking)
    other = payload_of("issue_unlabelled_other_label_removed")
    assert read(webhook, other).outcome == other_removed
    assert read(webhook, payload_of("issue_label_removed")).outcome == label_removed
    assert asking.asked == times


def test_a_removed_label_is_known_from_earlier_deliveries() -> None:
    asking = Asking(None)
    webhook = webhook_for(asking=asking)
    read(webhook, payload_of("issue_labelled"))
    assert read(webhook, payload_of("issue_label_removed")).outcome == "withdrawn"
    other = payload_of("issue_unlabelled_other_label_removed")
    assert read(webhook, other).outcome == "ignored_unlabelled"
    assert asking.asked == 0


def test_the_label_is_asked_for_again_after_a_while() -> None:
    asking, now = Asking(frozenset({AGENT})), [NOW]
    webhook = LinearWebhook(SECRET, "agent", lambda: None, lambda: now[0], 86_400, label_ids=asking)
    removed = payload_of("issue_label_removed")
    for now[0] in (NOW, NOW + 299, NOW + 301):
        read(webhook, removed)
    assert asking.asked == 2


def test_a_swap_of_labels_of_that_name_is_no_edge() -> None:
    webhook = webhook_for()
    read(webhook, payload_of("issue_labelled"))
    label = {"id": "of-the-team", "name": "agent", "color": "#fff"}
    moved = payload_of("issue_labelled", labels=[label], labelIds=[label["id"]])
    moved["updatedFrom"]["labelIds"] = [AGENT]
    assert read(webhook, moved).outcome == "ignored_edit"


def test_reopening_is_told_by_the_state_known_from_earlier() -> None:
    reopened = payload_of("issue_reopened")
    del reopened["updatedFrom"]["completedAt"]
    assert read(webhook_for(), reopened).outcome == "ignored_edit"
    webhook = webhook_for()
    assert read(webhook, payload_of("issue_completed")).outcome == "withdrawn"
    assert read(webhook, reopened).outcome == "ready"


def test_from_one_closed_state_to_another() -> None:
    payload = payload_of("issue_canceled")
    payload["updatedFrom"]["completedAt"] = "2026-10-19T08:58:31.456Z"
    assert read(webhook_for(), payload).outcome == "ignored_edit"


def test_without_a_team_the_identifier_tells() -> None:
    delivery = read(
        webhook_for(), payload_of("issue_labelled", team=None, project=None, priority=None)
    )
    assert isinstance(delivery.signal, TicketReady)
    assert (delivery.signal.ticket.team, delivery.signal.ticket.project) == ("SHIP", None)
    assert delivery.signal.ticket.priority == 0


def test_an_own_actor_that_cannot_be_known_is_nobody() -> None:
    def unknown() -> str | None:
        raise Unavailable("Linear does not answer.")

    webhook = LinearWebhook(SECRET, "agent", unknown, lambda: NOW)
    assert read(webhook, payload_of("issue_labelled_by_the_fleet")).outcome == "ready"


def test_a_stop_names_its_ticket() -> None:
    stop = payload_of("agent_session_stopped")
    stopped = TicketWithdrawn(TICKET.id, "stopped in Linear")
    for missing in ("issueId", "issue"):
        session = {name: each for name, each in stop["agentSession"].items() if name != missing}
        assert read(webhook_for(), stop | {"agentSession": session}).signal == stopped
    about_nothing = stop["agentSession"] | {"issueId": None, "issue": None}
    assert read(webhook_for(), stop | {"agentSession": about_nothing}).outcome == "ignored_type"


@pytest.mark.parametrize("signal", [None, "continue", "auth", "select", "STOP", 1])
def test_other_signals_of_an_agent_session(signal: object) -> None:
    said = payload_of("agent_session_stopped")
    said["agentActivity"]["signal"] = signal
    assert read(webhook_for(), said).outcome == "ignored_type"


def test_an_event_without_an_actor() -> None:
    assert read(webhook_for(), payload_of("issue_labelled") | {"actor": None}).outcome == "ready"
