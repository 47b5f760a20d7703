"""LinearTracker where Linear misbehaves, and what only Linear has."""

import uuid
from contextlib import closing

import pytest

from integrations.linear import LinearTracker, LinearWebhook
from integrations.linear.tracker import comment_id
from integrations.stubs import Stubs
from integrations.stubs.linear.payloads import Envelope, issue_event
from integrations.stubs.linear.signing import body_of, headers_of
from integrations.stubs.linear.world import first_state
from integrations.stubs.mischief import Misdeed
from tests.unit.linear.conftest import CONFIG, connect
from worker.domain.errors import ConfigurationError, PermanentError, RateLimited, Unavailable
from worker.domain.ticket import TicketId


def _comments(stubs: Stubs, ticket_id: TicketId) -> list[str]:
    return [comment.body for comment in stubs.linear.find_issue(ticket_id).comments]


def test_the_first_started_state_is_the_lowest(
    stubs: Stubs, tracker: LinearTracker, ticket_id: TicketId
) -> None:
    tracker.start(tracker.ticket(ticket_id))
    assert stubs.linear.find_issue(ticket_id).state.name == "In Progress"


def test_a_ticket_that_people_moved_on_is_left_alone(
    stubs: Stubs, tracker: LinearTracker, ticket_id: TicketId
) -> None:
    ticket, issue = tracker.ticket(ticket_id), stubs.linear.find_issue(ticket_id)
    review = next(state for state in issue.team.states if state.name == "In Review")
    stubs.linear.update_issue(stubs.linear.person, issue, {"state": review})
    tracker.start(ticket)
    assert issue.state is review


def test_a_team_without_a_started_state(
    stubs: Stubs, tracker: LinearTracker, ticket_id: TicketId
) -> None:
    team = stubs.linear.teams[0]
    team.states = [state for state in team.states if state.type != "started"]
    tracker.start(tracker.ticket(ticket_id))
    assert stubs.linear.find_issue(ticket_id).state is first_state(team, "unstarted")


def test_an_archived_ticket_is_closed(
    stubs: Stubs, tracker: LinearTracker, ticket_id: TicketId
) -> None:
    stubs.linear.find_issue(ticket_id).archived_at = "2026-10-19T09:00:00.000Z"
    assert tracker.ticket(ticket_id).closed


@pytest.mark.parametrize("kind", ["error", "cut"])
@pytest.mark.parametrize("after", [False, True])
def test_a_comment_survives_a_lost_answer(
    stubs: Stubs, tracker: LinearTracker, ticket_id: TicketId, kind: str, after: bool
) -> None:
    misdeed = Misdeed("error" if kind == "error" else "cut", count=1, match="commentCreate",
                      after=after)  # fmt: skip
    stubs.mischief["linear"].add(misdeed)
    tracker.comment(ticket_id, "run:start", "started")
    assert _comments(stubs, ticket_id) == ["started"]


def test_a_comment_survives_a_crash_before_its_record(stubs: Stubs, ticket_id: TicketId) -> None:
    stubs.mischief["linear"].add(Misdeed("error", count=6, match="comment", after=True))
    with closing(connect(stubs)) as crashed, pytest.raises(Unavailable):
        crashed.comment(ticket_id, "run:start", "started")
    stubs.mischief["linear"].clear()
    with closing(connect(stubs)) as fresh:
        fresh.comment(ticket_id, "run:start", "started again")
    assert _comments(stubs, ticket_id) == ["started again"]


def test_an_edit_costs_one_request(
    stubs: Stubs, tracker: LinearTracker, ticket_id: TicketId
) -> None:
    tracker.comment(ticket_id, "run:progress", "1")
    stubs.mischief["linear"].add(Misdeed("error", match="CreateComment"))
    tracker.comment(ticket_id, "run:progress", "2")
    assert _comments(stubs, ticket_id) == ["2"]


def test_a_comment_that_a_person_deleted_is_written_again(
    stubs: Stubs, tracker: LinearTracker, ticket_id: TicketId
) -> None:
    tracker.comment(ticket_id, "run:progress", "1")
    issue = stubs.linear.find_issue(ticket_id)
    issue.comments.clear()
    stubs.linear.comments.clear()
    tracker.comment(ticket_id, "run:progress", "2")
    assert _comments(stubs, ticket_id) == ["2"]


def test_a_comment_of_a_former_key_is_left_alone(
    stubs: Stubs, tracker: LinearTracker, ticket_id: TicketId
) -> None:
    with closing(connect(stubs, CONFIG.person_key)) as former:
        former.comment(ticket_id, "run:progress", "by the former user")
    for body in ("1", "2"):
        tracker.comment(ticket_id, "run:progress", body)
    assert _comments(stubs, ticket_id) == ["by the former user", "2"]


def test_a_body_that_linear_refuses(tracker: LinearTracker, ticket_id: TicketId) -> None:
    with pytest.raises(PermanentError, match="body should not be empty"):
        tracker.comment(ticket_id, "run:start", "")


def test_a_long_comment_is_cut(stubs: Stubs, tracker: LinearTracker, ticket_id: TicketId) -> None:
    tracker.comment(ticket_id, "run:end", "a line\n" * 1000)
    (body,) = _comments(stubs, ticket_id)
    assert len(body) <= 500
    assert body.endswith("was cut: it is too long for a comment.*")


def test_comment_ids_are_uuids_of_their_own() -> None:
    keys = [("t1", "a", 0), ("t1", "a", 1), ("t1", "b", 0), ("t2", "a", 0), ("t1a", "", 0)]
    ids = [comment_id(TicketId(ticket), key, generation) for ticket, key, generation in keys]
    assert len(set(ids)) == len(ids)
    assert {uuid.UUID(id_).version for id_ in ids} == {4}
    assert comment_id(TicketId("t1"), "a") == ids[0]


def test_who_the_key_is(stubs: Stubs, tracker: LinearTracker) -> None:
    assert tracker.viewer_id() == stubs.linear.fleet.id
    assert tracker.own_actor() is None
    stubs.linear.fleet.app = True
    stubs.mischief["linear"].add(Misdeed("error", match="Viewer"))
    assert tracker.own_actor() is None, "asked once"
    stubs.mischief["linear"].clear()
    with closing(connect(stubs)) as fresh:
        assert fresh.own_actor() == stubs.linear.fleet.id


def test_a_wrong_key(stubs: Stubs, ticket_id: TicketId) -> None:
    with closing(connect(stubs, "wrong")) as tracker:
        for call in (tracker.viewer_id, lambda: tracker.comment(ticket_id, "key", "body")):
            with pytest.raises(ConfigurationError, match="LINEAR_API_KEY"):
                call()


def test_the_rate_limit(stubs: Stubs, tracker: LinearTracker, ticket_id: TicketId) -> None:
    stubs.mischief["linear"].add(Misdeed("rate_limit", seconds=500))
    with pytest.raises(RateLimited) as raised:
        tracker.comment(ticket_id, "key", "body")
    assert raised.value.retry_after_seconds == pytest.approx(500, abs=30)


def test_the_label_of_the_stubs_own_webhook(
    stubs: Stubs, tracker: LinearTracker, ticket_id: TicketId
) -> None:
    (agent,) = tracker.label_ids("AGENT")
    assert not tracker.label_ids("never used")
    issue = stubs.person.label(ticket_id, remove=["agent"])
    envelope = Envelope(stubs.linear.organization, "webhook", 1_000)
    webhook = LinearWebhook(
        "s", "agent", tracker.viewer_id, lambda: 1.0, label_ids=lambda: tracker.label_ids("agent")
    )
    for actor, outcome in (
        (stubs.linear.person, "withdrawn"),
        (stubs.linear.fleet, "ignored_actor"),
    ):
        event = issue_event(envelope, "update", issue, actor, {"labelIds": [agent]})
        headers = headers_of(event, body_of(event), "s")
        lower = {name.lower(): value for name, value in headers.items()}
        assert webhook.read(lower, body_of(event)).outcome == outcome
