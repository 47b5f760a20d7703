"""The things a Linear workspace consists of, as plain records.

Attribute names are the snake_case forms of Linear's field names, so one resolver serves them all.
Times are ISO 8601 strings in UTC with milliseconds, as Linear writes them.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime


def new_id() -> str:
    return str(uuid.uuid4())


def now() -> str:
    moment = datetime.fromtimestamp(time.time(), UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(eq=False, kw_only=True)
class Record:
    id: str = field(default_factory=new_id)
    created_at: str = field(default_factory=now)
    updated_at: str = ""
    archived_at: str | None = None

    def __post_init__(self) -> None:
        self.updated_at = self.updated_at or self.created_at


@dataclass(eq=False, kw_only=True)
class Organization(Record):
    name: str
    url_key: str


@dataclass(eq=False, kw_only=True)
class User(Record):
    name: str
    email: str
    url: str
    active: bool = True
    app: bool = False

    @property
    def display_name(self) -> str:
        return self.email.partition("@")[0]


@dataclass(eq=False, kw_only=True)
class Team(Record):
    key: str
    name: str
    states: list[WorkflowState] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


@dataclass(eq=False, kw_only=True)
class WorkflowState(Record):
    name: str
    type: str
    """backlog, unstarted, started, completed, canceled, triage or duplicate"""
    position: float
    color: str
    team: Team


@dataclass(eq=False, kw_only=True)
class IssueLabel(Record):
    name: str
    color: str


@dataclass(eq=False, kw_only=True)
class Project(Record):
    name: str
    slug_id: str
    url: str


@dataclass(eq=False, kw_only=True)
class Issue(Record):
    number: int
    title: str
    description: str | None
    url: str
    team: Team
    state: WorkflowState
    creator: User
    priority: int = 0
    labels: list[IssueLabel] = field(default_factory=list)
    project: Project | None = None
    assignee: User | None = None
    started_at: str | None = None
    completed_at: str | None = None
    canceled_at: str | None = None
    trashed: bool | None = None
    comments: list[Comment] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    relations: list[IssueRelation] = field(default_factory=list)
    inverse_relations: list[IssueRelation] = field(default_factory=list)

    @property
    def identifier(self) -> str:
        return f"{self.team.key}-{self.number}"

    @property
    def priority_label(self) -> str:
        return ("No priority", "Urgent", "High", "Medium", "Low")[self.priority]

    @property
    def label_ids(self) -> list[str]:
        return [label.id for label in self.labels]


@dataclass(eq=False, kw_only=True)
class IssueRelation(Record):
    type: str
    """blocks, duplicate, related or similar: `issue` does this to `related_issue`"""
    issue: Issue
    related_issue: Issue


@dataclass(eq=False, kw_only=True)
class AgentSession(Record):
    """Where people and an agent talk about a ticket"""

    issue: Issue
    creator: User
    agent: User
    status: str = "active"


@dataclass(eq=False, kw_only=True)
class Comment(Record):
    body: str
    issue: Issue
    user: User
    parent: Comment | None = None
    edited_at: str | None = None
    bot_actor: None = None

    @property
    def url(self) -> str:
        return f"{self.issue.url}#comment-{self.id[:8]}"


@dataclass(eq=False, kw_only=True)
class Attachment(Record):
    issue: Issue
    title: str
    url: str
    creator: User
    subtitle: str | None = None
    metadata: dict[str, object] = field(default_factory=dict)
