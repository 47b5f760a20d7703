"""The stub Linear's workspace in memory; every change in it becomes a webhook event."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from . import payloads
from .errors import input_error, not_found
from .records import (
    AgentSession,
    Attachment,
    Comment,
    Issue,
    IssueLabel,
    IssueRelation,
    Organization,
    Project,
    Record,
    Team,
    User,
    WorkflowState,
    new_id,
    now,
)

Found = TypeVar("Found", bound=Record)

STATES = (
    # name, type, position, color; as a new Linear team has them, and not in order of position
    ("Done", "completed", 3.0, "#5e6ad2"),
    ("In Review", "started", 1002.0, "#0f783c"),
    ("In Progress", "started", 2.0, "#f2c94c"),
    ("Todo", "unstarted", 1.0, "#e2e2e2"),
    ("Backlog", "backlog", 0.0, "#bec2c8"),
    ("Canceled", "canceled", 4.0, "#95a2b3"),
    ("Duplicate", "duplicate", 5.0, "#95a2b3"),
)
_CLOCK_OF_STATE = {"started": "started_at", "completed": "completed_at", "canceled": "canceled_at"}
_WEBHOOK_NAMES = {
    "state": "stateId",
    "labels": "labelIds",
    "project": "projectId",
    "assignee": "assigneeId",
}


@dataclass
class LinearWorld:
    """One workspace. `lock` is held around every operation; `on_event` must not block."""

    url: str = "http://127.0.0.1/linear"
    """where tickets are shown to people; the start of each ticket's URL"""
    on_event: Callable[[payloads.Json], None] = lambda _event: None
    webhook_id: str = field(default_factory=new_id)
    lock: threading.RLock = field(default_factory=threading.RLock)
    teams: list[Team] = field(default_factory=list)
    labels: list[IssueLabel] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    organization: Organization = field(
        default_factory=lambda: Organization(name="Stub workspace", url_key="stub")
    )
    changes: int = 0

    def __post_init__(self) -> None:
        self.fleet = self._user("Storyfleet", "storyfleet@example.com")
        self.person = self._user("Robin Person", "robin@example.com")
        self.users = [self.fleet, self.person]

    def _user(self, name: str, email: str) -> User:
        handle = email.partition("@")[0]
        return User(name=name, email=email, url=f"{self.url}/profiles/{handle}")

    def add_team(self, key: str, name: str) -> Team:
        team = Team(key=key, name=name)
        team.states = [
            WorkflowState(name=name, type=kind, position=position, color=color, team=team)
            for name, kind, position, color in STATES
        ]
        self.teams.append(team)
        return team

    def add_label(self, name: str, color: str = "#4ea7fc") -> IssueLabel:
        label = IssueLabel(name=name, color=color)
        self.labels.append(label)
        return label

    def add_project(self, name: str) -> Project:
        slug = slug_of(name)
        project = Project(name=name, slug_id=slug, url=f"{self.url}/project/{slug}")
        self.projects.append(project)
        return project

    def find_issue(self, id_or_identifier: str) -> Issue:
        for issue in self.issues:
            if id_or_identifier in (issue.id, issue.identifier):
                return issue
        raise not_found("Issue")

    def label_named(self, name: str) -> IssueLabel:
        for label in self.labels:
            if label.name.lower() == name.lower():
                return label
        return self.add_label(name)

    def create_issue(
        self, actor: User, team: Team, title: str, changes: Mapping[str, object] | None = None
    ) -> Issue:
        """`changes` are further attributes of `Issue`. Without a state, the first unstarted one."""
        number = max((issue.number for issue in team.issues), default=0) + 1
        issue = Issue(
            number=number,
            title=title,
            description=None,
            url=f"{self.url}/issue/{team.key}-{number}/{slug_of(title)}",
            team=team,
            state=first_state(team, "unstarted"),
            creator=actor,
        )
        for name, value in (changes or {}).items():
            setattr(issue, name, value)
        self.issues.append(issue)
        team.issues.append(issue)
        self._emit(payloads.issue_event(self._envelope(), "create", issue, actor))
        return issue

    def update_issue(self, actor: User, issue: Issue, changes: Mapping[str, object]) -> None:
        """Set attributes of `Issue`; no event when nothing changed."""
        before = {name: getattr(issue, name) for name in changes}
        old = {name: value for name, value in before.items() if value != changes[name]}
        if not old:
            return
        updated_from = {_webhook_name(name): _webhook_value(value) for name, value in old.items()}
        updated_from["updatedAt"] = issue.updated_at
        for name in old:
            setattr(issue, name, changes[name])
        issue.updated_at = now()
        clock = _CLOCK_OF_STATE.get(issue.state.type) if "state" in old else None
        if clock and getattr(issue, clock) is None:
            updated_from[f"{clock.removesuffix('_at')}At"] = None
            setattr(issue, clock, issue.updated_at)
        self._emit(
            payloads.issue_event(
                self._envelope(), "update", issue, actor, updated_from=updated_from
            )
        )

    def remove_issue(self, actor: User, issue: Issue) -> None:
        for relation in (*issue.relations, *issue.inverse_relations):
            self.unrelate(relation)
        self.issues.remove(issue)
        issue.team.issues.remove(issue)
        self._emit(payloads.issue_event(self._envelope(), "remove", issue, actor))

    def relate(self, kind: str, issue: Issue, related_issue: Issue) -> IssueRelation:
        """`relate("blocks", a, b)`: a blocks b."""
        relation = IssueRelation(type=kind, issue=issue, related_issue=related_issue)
        issue.relations.append(relation)
        related_issue.inverse_relations.append(relation)
        return relation

    def unrelate(self, relation: IssueRelation) -> None:
        relation.issue.relations.remove(relation)
        relation.related_issue.inverse_relations.remove(relation)

    def prompt_agent(self, session: AgentSession, said: str, signal: str | None = None) -> None:
        """What the session's creator says to the agent; `signal` is `stop` for the stop button."""
        session.updated_at = now()
        self._emit(payloads.agent_session_event(self._envelope(), session, said, signal))

    def create_comment(self, actor: User, comment: Comment) -> Comment:
        """Raises INPUT_ERROR if the client-supplied id is taken."""
        self._refuse_taken_id(comment.id, self.comments, "comment")
        self.comments.append(comment)
        comment.issue.comments.append(comment)
        self._emit(payloads.comment_event(self._envelope(), "create", comment, actor))
        return comment

    def update_comment(self, actor: User, comment: Comment, body: str) -> None:
        if comment.body == body:
            return
        updated_from: payloads.Json = {"body": comment.body, "updatedAt": comment.updated_at}
        updated_from["editedAt"] = comment.edited_at
        comment.body, comment.edited_at = body, now()
        comment.updated_at = comment.edited_at
        self._emit(payloads.comment_event(self._envelope(), "update", comment, actor, updated_from))

    def attach(self, actor: User, attachment: Attachment) -> Attachment:
        """Upsert by (issue, URL), as Linear does; returns the one that now stands."""
        for known in attachment.issue.attachments:
            if known.url == attachment.url:
                known.title, known.subtitle = attachment.title, attachment.subtitle
                known.metadata, known.updated_at = attachment.metadata, now()
                self._emit(payloads.attachment_event(self._envelope(), "update", known, actor, {}))
                return known
        self._refuse_taken_id(attachment.id, self.attachments, "attachment")
        self.attachments.append(attachment)
        attachment.issue.attachments.append(attachment)
        self._emit(payloads.attachment_event(self._envelope(), "create", attachment, actor))
        return attachment

    def _refuse_taken_id(self, id_: str, records: Iterable[Record], entity: str) -> None:
        if any(record.id == id_ for record in records):
            raise input_error(f"Entity with id {id_} already exists: {entity}")

    def _envelope(self) -> payloads.Envelope:
        return payloads.Envelope(self.organization, self.webhook_id, int(time.time() * 1000))

    def _emit(self, event: payloads.Json) -> None:
        self.changes += 1
        self.on_event(event)


def find(records: Iterable[Found], id_: object, entity: str) -> Found:
    """Raises "Entity not found" as Linear does."""
    for record in records:
        if record.id == id_:
            return record
    raise not_found(entity)


def first_state(team: Team, kind: str) -> WorkflowState:
    """The state of this type with the lowest position."""
    return min((s for s in team.states if s.type == kind), key=lambda state: state.position)


def slug_of(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60]


def _webhook_name(attribute: str) -> str:
    return _WEBHOOK_NAMES.get(attribute, attribute)


def _webhook_value(value: object) -> object:
    if isinstance(value, Record):
        return value.id
    if isinstance(value, list):
        return [record.id for record in value]
    return value
