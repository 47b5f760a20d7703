"""What each field of the stub's schema means on the workspace."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from graphql import GraphQLResolveInfo, get_named_type

from .errors import input_error, not_found
from .filters import attribute_of, page
from .records import Attachment, Comment, Issue, Record, User, new_id
from .world import LinearWorld, find

Arguments: TypeAlias = Mapping[str, Any]

HIGHEST_PRIORITY_NUMBER = 4


class Root:
    """The operations, for one request by one user."""

    def __init__(self, world: LinearWorld, user: User) -> None:
        self.world = world
        self.viewer = user
        self.organization = world.organization
        self.issues: Sequence[Record] = world.issues
        self.teams: Sequence[Record] = world.teams
        self.issue_labels: Sequence[Record] = world.labels
        self.workflow_states = [state for team in world.teams for state in team.states]

    def issue(self, arguments: Arguments) -> Issue:
        return self.world.find_issue(arguments["id"])

    def comment(self, arguments: Arguments) -> Comment:
        return find(self.world.comments, arguments.get("id"), "Comment")

    def team(self, arguments: Arguments) -> Record:
        for team in self.world.teams:
            if arguments["id"] in (team.id, team.key):
                return team
        raise not_found("Team")

    def attachments_for_url(self, arguments: Arguments) -> dict[str, object]:
        found = [each for each in self.world.attachments if each.url == arguments["url"]]
        return page(found, {"first": arguments.get("first"), "after": arguments.get("after")})

    def issue_create(self, arguments: Arguments) -> Arguments:
        given = arguments["input"]
        title = (given.get("title") or "").strip()
        if not title:
            raise input_error("Argument Validation Error: title should not be empty")
        team = find(self.world.teams, given["teamId"], "Team")
        changes = self._changes(given)
        if given.get("id"):
            taken = any(issue.id == given["id"] for issue in self.world.issues)
            if taken:
                raise input_error(f"Entity with id {given['id']} already exists: issue")
            changes["id"] = _uuid(given["id"])
        return self._done("issue", self.world.create_issue(self.viewer, team, title, changes))

    def issue_update(self, arguments: Arguments) -> Arguments:
        issue = self.issue(arguments)
        given = arguments["input"]
        changes = self._changes(given)
        if "addedLabelIds" in given or "removedLabelIds" in given:
            removed = given.get("removedLabelIds") or []
            kept = [label for label in issue.labels if label.id not in removed]
            added = self._labels(given.get("addedLabelIds") or [])
            changes["labels"] = kept + [label for label in added if label not in kept]
        if changes.get("state") and changes["state"] not in issue.team.states:
            raise input_error("Discrepancy between issue team and state team")
        self.world.update_issue(self.viewer, issue, changes)
        return self._done("issue", issue)

    def issue_add_label(self, arguments: Arguments) -> Arguments:
        label = {"addedLabelIds": [arguments["labelId"]]}
        return self.issue_update({"id": arguments["id"], "input": label})

    def issue_remove_label(self, arguments: Arguments) -> Arguments:
        find(self.world.labels, arguments["labelId"], "IssueLabel")
        label = {"removedLabelIds": [arguments["labelId"]]}
        return self.issue_update({"id": arguments["id"], "input": label})

    def comment_create(self, arguments: Arguments) -> Arguments:
        given = arguments["input"]
        parent_id = given.get("parentId")
        comment = Comment(
            id=_uuid(given["id"]) if given.get("id") else new_id(),
            issue=self.world.find_issue(given.get("issueId") or ""),
            body=_required(given, "body"),
            user=self.viewer,
            parent=find(self.world.comments, parent_id, "Comment") if parent_id else None,
        )
        return self._done("comment", self.world.create_comment(self.viewer, comment))

    def comment_update(self, arguments: Arguments) -> Arguments:
        comment = self.comment(arguments)
        if comment.user is not self.viewer:
            raise input_error("You can only edit your own comments")
        self.world.update_comment(self.viewer, comment, _required(arguments["input"], "body"))
        return self._done("comment", comment)

    def attachment_create(self, arguments: Arguments) -> Arguments:
        given = arguments["input"]
        attachment = Attachment(
            id=_uuid(given["id"]) if given.get("id") else new_id(),
            issue=self.world.find_issue(given["issueId"]),
            title=given["title"],
            subtitle=given.get("subtitle"),
            url=given["url"],
            metadata=given.get("metadata") or {},
            creator=self.viewer,
        )
        return self._done("attachment", self.world.attach(self.viewer, attachment))

    def _changes(self, given: Arguments) -> dict[str, object]:
        """Attributes of `Issue` from an input object; an absent key leaves the attribute alone."""
        world = self.world
        changes = {
            name: given[name] for name in ("title", "description", "priority") if name in given
        }
        if not 0 <= (changes.get("priority") or 0) <= HIGHEST_PRIORITY_NUMBER:
            raise input_error("Argument Validation Error: priority must be between 0 and 4")
        for name, attribute, records, entity in (
            ("stateId", "state", self.workflow_states, "WorkflowState"),
            ("projectId", "project", world.projects, "Project"),
            ("assigneeId", "assignee", world.users, "User"),
        ):
            if name in given:
                id_ = given[name]
                known: Sequence[Record] = records
                changes[attribute] = find(known, id_, entity) if id_ is not None else None
        if "labelIds" in given:
            changes["labels"] = self._labels(given["labelIds"] or [])
        return changes

    def _labels(self, ids: Sequence[str]) -> list[Any]:
        return [find(self.world.labels, id_, "IssueLabel") for id_ in dict.fromkeys(ids)]

    def _done(self, name: str, record: Record) -> Arguments:
        return {"success": True, "last_sync_id": self.world.changes, name: record}


def resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:  # noqa: ANN401
    """The one field resolver: attribute or key by name, methods called, lists paged."""
    name = attribute_of(info.field_name)
    value = source[name] if isinstance(source, Mapping) else getattr(source, name)
    if callable(value):
        return value(arguments)
    if get_named_type(info.return_type).name.endswith("Connection"):
        return page(value, arguments)
    return value


def _required(given: Arguments, name: str) -> str:
    value = given.get(name)
    if not value:
        raise input_error(f"Argument Validation Error: {name} should not be empty")
    return str(value)


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise input_error("Argument Validation Error: id must be a UUID") from None
