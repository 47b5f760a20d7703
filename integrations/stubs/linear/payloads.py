"""Webhook bodies as Linear sends them: pure functions from records to JSON-ready dictionaries.

Shapes follow `EntityWebhookPayload`, `IssueWebhookPayload`, `CommentWebhookPayload`,
`AttachmentWebhookPayload` and `AgentSessionEventWebhookPayload` of Linear's published schema.
`updated_from` stands beside `data` and holds only the old values of what changed.
`webhookTimestamp` is the sending time in epoch milliseconds; it is inside the signed body.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .records import AgentSession, Attachment, Comment, Issue, Organization, Record, User

Json: TypeAlias = dict[str, object]
Action: TypeAlias = Literal["create", "update", "remove"]


@dataclass(frozen=True)
class Envelope:
    """What every body carries whatever it is about."""

    organization: Organization
    webhook_id: str
    webhook_timestamp: int
    """epoch milliseconds"""


def issue_event(
    envelope: Envelope,
    action: Action,
    issue: Issue,
    actor: User,
    updated_from: Mapping[str, object] | None = None,
) -> Json:
    """`updated_from` uses Linear's names, e.g. `{"labelIds": [...], "updatedAt": "..."}`."""
    return _event(envelope, action, "Issue", issue_data(issue), issue.url, actor, updated_from)


def comment_event(
    envelope: Envelope,
    action: Action,
    comment: Comment,
    actor: User,
    updated_from: Mapping[str, object] | None = None,
) -> Json:
    return _event(
        envelope, action, "Comment", comment_data(comment), comment.url, actor, updated_from
    )


def attachment_event(
    envelope: Envelope,
    action: Action,
    attachment: Attachment,
    actor: User,
    updated_from: Mapping[str, object] | None = None,
) -> Json:
    return _event(
        envelope,
        action,
        "Attachment",
        attachment_data(attachment),
        attachment.issue.url,
        actor,
        updated_from,
    )


def agent_session_event(
    envelope: Envelope, session: AgentSession, said: str, signal: str | None
) -> Json:
    """What a person said to the agent in a session (`prompted`)."""
    return {
        "action": "prompted",
        "type": "AgentSessionEvent",
        "createdAt": session.updated_at,
        "organizationId": envelope.organization.id,
        "oauthClientId": session.agent.id,
        "appUserId": session.agent.id,
        "agentSession": {
            **_times(session),
            "id": session.id,
            "status": session.status,
            "type": "commentThread",
            "issueId": session.issue.id,
            "issue": _issue(session.issue),
            "creatorId": session.creator.id,
            "creator": _user(session.creator),
            "appUserId": session.agent.id,
            "organizationId": envelope.organization.id,
        },
        "agentActivity": {
            "id": str(uuid.uuid4()),
            "agentSessionId": session.id,
            "content": {"type": "prompt", "body": said},
            "signal": signal,
            "userId": session.creator.id,
            "user": _user(session.creator),
            "createdAt": session.updated_at,
            "updatedAt": session.updated_at,
        },
        "webhookId": envelope.webhook_id,
        "webhookTimestamp": envelope.webhook_timestamp,
    }


def issue_data(issue: Issue) -> Json:
    return {
        **_times(issue),
        "id": issue.id,
        "number": issue.number,
        "identifier": issue.identifier,
        "previousIdentifiers": [],
        "title": issue.title,
        "description": issue.description,
        "url": issue.url,
        "priority": issue.priority,
        "priorityLabel": issue.priority_label,
        "prioritySortOrder": 0,
        "sortOrder": 0,
        "startedAt": issue.started_at,
        "completedAt": issue.completed_at,
        "canceledAt": issue.canceled_at,
        "reactionData": [],
        "subscriberIds": [issue.creator.id],
        "labelIds": issue.label_ids,
        "labels": [
            {"id": label.id, "name": label.name, "color": label.color} for label in issue.labels
        ],
        **_issue_references(issue),
    }


def _issue_references(issue: Issue) -> Json:
    return {
        "teamId": issue.team.id,
        "team": _team(issue),
        "stateId": issue.state.id,
        "state": _state(issue),
        "creatorId": issue.creator.id,
        "creator": _user(issue.creator),
        "assigneeId": issue.assignee.id if issue.assignee else None,
        **({"assignee": _user(issue.assignee)} if issue.assignee else {}),
        "delegateId": None,
        "cycleId": None,
        "parentId": None,
        "projectId": issue.project.id if issue.project else None,
        **({"project": _project(issue)} if issue.project else {}),
    }


def comment_data(comment: Comment) -> Json:
    issue = comment.issue
    return {
        **_times(comment),
        "id": comment.id,
        "body": comment.body,
        "editedAt": comment.edited_at,
        "issueId": issue.id,
        "issue": _issue(issue),
        "parentId": comment.parent.id if comment.parent else None,
        "userId": comment.user.id,
        "user": _user(comment.user),
        "botActor": None,
        "reactionData": [],
    }


def attachment_data(attachment: Attachment) -> Json:
    return {
        **_times(attachment),
        "id": attachment.id,
        "issueId": attachment.issue.id,
        "title": attachment.title,
        "subtitle": attachment.subtitle,
        "url": attachment.url,
        "metadata": attachment.metadata,
        "creatorId": attachment.creator.id,
        "groupBySource": False,
    }


def _event(
    envelope: Envelope,
    action: Action,
    kind: str,
    data: Json,
    url: str,
    actor: User,
    updated_from: Mapping[str, object] | None,
) -> Json:
    return {
        "action": action,
        "type": kind,
        "actor": {**_user(actor), "type": "user"},
        "createdAt": data["createdAt"] if action == "create" else data["updatedAt"],
        "data": data,
        **({"updatedFrom": dict(updated_from)} if updated_from is not None else {}),
        "url": url,
        "organizationId": envelope.organization.id,
        "webhookId": envelope.webhook_id,
        "webhookTimestamp": envelope.webhook_timestamp,
    }


def _issue(issue: Issue) -> Json:
    """As something else's payload tells of the issue it is on."""
    return {
        "id": issue.id,
        "identifier": issue.identifier,
        "title": issue.title,
        "teamId": issue.team.id,
        "team": _team(issue),
        "url": issue.url,
    }


def _times(record: Record) -> Json:
    return {
        "createdAt": record.created_at,
        "updatedAt": record.updated_at,
        "archivedAt": record.archived_at,
    }


def _user(user: User) -> Json:
    return {"id": user.id, "name": user.name, "email": user.email, "url": user.url}


def _state(issue: Issue) -> Json:
    state = issue.state
    return {"id": state.id, "name": state.name, "type": state.type, "color": state.color}


def _team(issue: Issue) -> Json:
    return {"id": issue.team.id, "key": issue.team.key, "name": issue.team.name}


def _project(issue: Issue) -> Json:
    project = issue.project
    return {"id": project.id, "name": project.name, "url": project.url} if project else {}
