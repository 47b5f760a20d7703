"""Webhook bodies as Linear sends them: pure functions from records to JSON-ready dictionaries.

Shapes follow `EntityWebhookPayload`, `IssueWebhookPayload`, `CommentWebhookPayload` and
`AttachmentWebhookPayload` of Linear's published schema. `updated_from` stands beside `data` and
holds only the old values of what changed. `webhookTimestamp` is the sending time in epoch
milliseconds; it is inside the signed body.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .records import Attachment, Comment, Issue, Organization, User, WorkflowState

Json: TypeAlias = dict[str, object]
Action: TypeAlias = Literal["create", "update", "remove"]

USER_AGENT = "Linear-Webhook"


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


def body_of(event: Mapping[str, object]) -> bytes:
    """The exact bytes that are signed and sent."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def signature(body: bytes, secret: str) -> str:
    """Lower-case hex HMAC-SHA256 of the raw body, for the header `Linear-Signature`."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def headers_of(
    event: Mapping[str, object], body: bytes, secret: str, delivery_id: str | None = None
) -> dict[str, str]:
    """The headers of one delivery; `delivery_id` is the same on every retry of it."""
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": USER_AGENT,
        "Linear-Delivery": delivery_id or str(uuid.uuid4()),
        "Linear-Event": str(event["type"]),
        "Linear-Signature": signature(body, secret),
        "Linear-Timestamp": str(event["webhookTimestamp"]),
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
        "state": _state(issue.state),
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
        "issue": {
            "id": issue.id,
            "identifier": issue.identifier,
            "title": issue.title,
            "teamId": issue.team.id,
            "team": _team(issue),
            "url": issue.url,
        },
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


def _times(record: Issue | Comment | Attachment) -> Json:
    return {
        "createdAt": record.created_at,
        "updatedAt": record.updated_at,
        "archivedAt": record.archived_at,
    }


def _user(user: User) -> Json:
    return {"id": user.id, "name": user.name, "email": user.email, "url": user.url}


def _state(state: WorkflowState) -> Json:
    return {"id": state.id, "name": state.name, "type": state.type, "color": state.color}


def _team(issue: Issue) -> Json:
    return {"id": issue.team.id, "key": issue.team.key, "name": issue.team.name}


def _project(issue: Issue) -> Json:
    project = issue.project
    return {"id": project.id, "name": project.name, "url": project.url} if project else {}
