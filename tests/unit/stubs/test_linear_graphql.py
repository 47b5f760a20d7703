"""Every operation of the stub Linear, over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

import httpx

from integrations.stubs import Stubs
from tests.unit.stubs.conftest import Query

ISSUE = """query($id: String!) { issue(id: $id) {
  id identifier title description url priority createdAt
  labels(first: 20) { nodes { id name } }
  state { id name type position } team { id key name } project { id name } assignee { id }
  inverseRelations(first: 10) { nodes { type issue { id identifier state { type } } } }
  comments(first: 2) { nodes { id body createdAt user { id name } botActor { id } }
    pageInfo { hasNextPage endCursor } } } }"""
ISSUES = """query($filter: IssueFilter, $first: Int, $after: String) {
  issues(filter: $filter, first: $first, after: $after) {
    nodes { identifier } pageInfo { hasNextPage endCursor } } }"""
CREATE_COMMENT = """mutation($input: CommentCreateInput!) {
  commentCreate(input: $input) { success comment { id body user { name } } } }"""
UPDATE = """mutation($id: String!, $input: IssueUpdateInput!) {
  issueUpdate(id: $id, input: $input) { success issue { title state { name } labelIds } } }"""


def _identifiers(answer: dict[str, Any]) -> list[str]:
    return [node["identifier"] for node in answer["data"]["issues"]["nodes"]]


def test_the_viewer_is_the_key_s_user(query: Query) -> None:
    assert query("{ viewer { id name } }")["data"]["viewer"]["name"] == "Storyfleet"
    person = query("{ viewer { name } }", key="person-key")
    assert person["data"]["viewer"]["name"] == "Robin Person"


def test_a_wrong_key_is_401_in_linear_s_form(client: httpx.Client) -> None:
    answer = client.post(
        "/linear/graphql",
        json={"query": "{ viewer { id } }"},
        headers={"Authorization": "no"},
    )
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "AUTHENTICATION_ERROR"


def test_a_key_with_bearer_before_it_is_400(client: httpx.Client) -> None:
    answer = client.post(
        "/linear/graphql",
        json={"query": "{ viewer { id } }"},
        headers={"Authorization": "Bearer fleet-key"},
    )
    assert answer.status_code == 400


def test_an_invalid_document_is_400(client: httpx.Client) -> None:
    headers = {"Authorization": "fleet-key"}
    for document in ("{ viewer { favouriteColour } }", "{ viewer {"):
        answer = client.post("/linear/graphql", json={"query": document}, headers=headers)
        assert answer.status_code == 400
        code = answer.json()["errors"][0]["extensions"]["code"]
        assert code == "GRAPHQL_VALIDATION_FAILED"
    assert client.post("/linear/graphql", content=b"hi", headers=headers).status_code == 400


def test_a_ticket_is_read_whole_by_id_and_by_identifier(stubs: Stubs, query: Query) -> None:
    blocker = stubs.person.create_ticket("First this")
    ticket = stubs.person.create_ticket(
        "Add", "As a user", labels=["agent"], priority=2, project="Demo"
    )
    stubs.person.block(ticket.identifier, by=blocker.identifier)
    for number in range(3):
        stubs.person.comment(ticket.id, f"note {number}")

    issue = query(ISSUE, id=ticket.identifier)["data"]["issue"]
    assert issue == query(ISSUE, id=ticket.id)["data"]["issue"]
    assert (issue["identifier"], issue["title"], issue["priority"]) == ("SHIP-2", "Add", 2)
    assert [label["name"] for label in issue["labels"]["nodes"]] == ["agent"]
    assert issue["state"]["type"] == "unstarted"
    assert issue["project"]["name"] == "Demo"
    assert issue["assignee"] is None
    relation = issue["inverseRelations"]["nodes"][0]
    assert (relation["type"], relation["issue"]["identifier"]) == ("blocks", "SHIP-1")
    assert [comment["body"] for comment in issue["comments"]["nodes"]] == ["note 2", "note 1"]
    assert issue["comments"]["pageInfo"]["hasNextPage"]


def test_a_missing_ticket_is_an_input_error_with_http_200(query: Query) -> None:
    answer = query(ISSUE, id="SHIP-99")
    assert answer["data"] is None
    assert answer["errors"][0]["message"] == "Entity not found: Issue"
    assert answer["errors"][0]["extensions"]["code"] == "INPUT_ERROR"


def test_tickets_are_filtered(stubs: Stubs, query: Query) -> None:
    labelled = stubs.person.create_ticket("One", labels=["agent"])
    closed = stubs.person.create_ticket("Two", labels=["agent"])
    stubs.person.close(closed.id, "completed")
    stubs.person.create_ticket("Three")
    cases = {
        ("SHIP-2", "SHIP-1"): {"labels": {"some": {"name": {"eqIgnoreCase": "AGENT"}}}},
        ("SHIP-1",): {
            "labels": {"some": {"name": {"eqIgnoreCase": "agent"}}},
            "state": {"type": {"nin": ["completed", "canceled"]}},
            "team": {"key": {"eq": "SHIP"}},
        },
        ("SHIP-2",): {"state": {"type": {"in": ["completed"]}}},
        (): {"team": {"key": {"eq": "OTHER"}}},
        ("SHIP-3", "SHIP-1"): {
            "or": [{"id": {"in": [labelled.id]}}, {"title": {"eq": "Three"}}],
            "project": {"null": True},
        },
    }
    for expected, wanted in cases.items():
        assert tuple(_identifiers(query(ISSUES, filter=wanted))) == expected


def test_pages_follow_each_other_newest_first(stubs: Stubs, query: Query) -> None:
    for number in range(5):
        stubs.person.create_ticket(f"Ticket {number}")
    seen: list[str] = []
    after = None
    for _ in range(3):
        answer = query(ISSUES, first=2, after=after)
        seen += _identifiers(answer)
        after = answer["data"]["issues"]["pageInfo"]["endCursor"]
    assert seen == ["SHIP-5", "SHIP-4", "SHIP-3", "SHIP-2", "SHIP-1"]
    assert not answer["data"]["issues"]["pageInfo"]["hasNextPage"]
    assert "errors" in query(ISSUES, first=251)


def test_states_of_a_team_both_ways(stubs: Stubs, query: Query) -> None:
    team = stubs.linear.teams[0].id
    by_team = query(
        "query($id: String!) { team(id: $id) {"
        " states(first: 50) { nodes { id type position } } } }",
        id=team,
    )["data"]["team"]["states"]["nodes"]
    by_filter = query(
        "query($f: WorkflowStateFilter) { workflowStates(filter: $f, first: 50) {"
        " nodes { id type position } } }",
        f={"team": {"id": {"eq": team}}},
    )["data"]["workflowStates"]["nodes"]
    assert by_team == by_filter
    started = [state["position"] for state in by_team if state["type"] == "started"]
    assert sorted(started) == [2.0, 1002.0]


def test_a_ticket_is_updated(stubs: Stubs, query: Query) -> None:
    ticket = stubs.person.create_ticket("Old", labels=["bug"])
    agent = stubs.linear.label_named("agent")
    started = next(s for s in stubs.linear.teams[0].states if s.name == "In Progress")
    changes = {"title": "New", "stateId": started.id, "addedLabelIds": [agent.id]}
    answer = query(UPDATE, id=ticket.id, input=changes)["data"]["issueUpdate"]
    assert answer["success"]
    assert answer["issue"]["title"] == "New"
    assert answer["issue"]["state"]["name"] == "In Progress"
    assert answer["issue"]["labelIds"] == ticket.label_ids == [ticket.labels[0].id, agent.id]
    assert ticket.started_at is not None


def test_labels_are_added_and_removed(stubs: Stubs, query: Query) -> None:
    ticket = stubs.person.create_ticket("A ticket")
    found = query(
        'query { issueLabels(filter: {name: {eq: "agent"}}, first: 1) { nodes { id name } } }'
    )
    label = found["data"]["issueLabels"]["nodes"][0]["id"]
    for mutation, expected in (("issueAddLabel", [label]), ("issueRemoveLabel", [])):
        document = (
            f"mutation($id: String!, $l: String!) {{ {mutation}(id: $id, labelId: $l)"
            " { success issue { labelIds } } }"
        )
        answer = query(document, id=ticket.id, l=label)["data"][mutation]
        assert answer == {"success": True, "issue": {"labelIds": expected}}


def test_a_ticket_is_created(stubs: Stubs, query: Query) -> None:
    document = (
        "mutation($input: IssueCreateInput!) { issueCreate(input: $input)"
        " { issue { identifier title priority team { key } creator { name } } } }"
    )
    team = stubs.linear.teams[0].id
    made = query(document, key="person-key", input={"teamId": team, "title": "Hi", "priority": 1})
    assert made["data"]["issueCreate"]["issue"] == {
        "identifier": "SHIP-1",
        "title": "Hi",
        "priority": 1,
        "team": {"key": "SHIP"},
        "creator": {"name": "Robin Person"},
    }
    assert "errors" in query(document, input={"teamId": team, "title": " "})
    assert "errors" in query(document, input={"teamId": str(uuid.uuid4()), "title": "Hi"})


def test_a_comment_s_own_id_can_be_used_once(stubs: Stubs, query: Query) -> None:
    ticket = stubs.person.create_ticket("A ticket")
    comment = {"id": str(uuid.uuid4()), "issueId": ticket.id, "body": "started"}
    made = query(CREATE_COMMENT, input=comment)["data"]["commentCreate"]["comment"]
    assert made == {"id": comment["id"], "body": "started", "user": {"name": "Storyfleet"}}
    again = query(CREATE_COMMENT, input=comment)
    assert again["errors"][0]["extensions"]["code"] == "INPUT_ERROR"
    assert len(stubs.linear.comments) == 1


def test_a_comment_is_edited_by_its_author_only(stubs: Stubs, query: Query) -> None:
    ticket = stubs.person.create_ticket("A ticket")
    made = query(CREATE_COMMENT, input={"issueId": ticket.identifier, "body": "round 1"})
    document = (
        'mutation($id: String!) { commentUpdate(id: $id, input: {body: "round 2"})'
        " { success comment { body editedAt } } }"
    )
    id_ = made["data"]["commentCreate"]["comment"]["id"]
    edited = query(document, id=id_)["data"]["commentUpdate"]["comment"]
    assert edited["body"] == "round 2"
    assert edited["editedAt"]
    assert "errors" in query(document, key="person-key", id=id_)


def test_an_attachment_is_upserted_by_url(stubs: Stubs, query: Query) -> None:
    ticket = stubs.person.create_ticket("A ticket")
    document = (
        "mutation($input: AttachmentCreateInput!) { attachmentCreate(input: $input)"
        " { success attachment { id title url metadata } } }"
    )
    wanted = {"issueId": ticket.id, "url": "http://example.com/1", "metadata": {"state": "open"}}
    first = query(document, input={**wanted, "title": "Draft"})
    second = query(document, input={**wanted, "title": "Ready"})
    ids = {answer["data"]["attachmentCreate"]["attachment"]["id"] for answer in (first, second)}
    assert len(ids) == 1
    assert [attachment.title for attachment in ticket.attachments] == ["Ready"]
    found = query(
        'query { attachmentsForURL(url: "http://example.com/1") { nodes { issue { id } } } }'
    )
    assert found["data"]["attachmentsForURL"]["nodes"] == [{"issue": {"id": ticket.id}}]
