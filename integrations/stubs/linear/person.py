"""A person working in the stub Linear: what somebody would click in the real one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from .errors import input_error
from .records import AgentSession, Comment, Issue, IssueRelation, Project, Team, User
from .world import LinearWorld, find, first_state

Closing = Literal["completed", "canceled", "duplicate"]


class Person:
    """Acts as `user` (the workspace's person unless given); labels are named and made when new."""

    def __init__(self, world: LinearWorld, user: User | None = None) -> None:
        self._world = world
        self._user = user or world.person
        self._sessions: dict[str, AgentSession] = {}

    def create_ticket(
        self,
        title: str,
        description: str = "",
        *,
        labels: Iterable[str] = (),
        priority: int = 0,
        project: str | None = None,
        team: str | None = None,
    ) -> Issue:
        """`team` is a key and `project` a name; priority 1 is urgent, 4 low, 0 none."""
        with self._world.lock:
            changes = {
                "description": description,
                "labels": [self._world.label_named(name) for name in labels],
                "priority": priority,
                "project": self._project(project) if project else None,
            }
            return self._world.create_issue(self._user, self._team(team), title, changes)

    def label(self, ticket: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Issue:
        with self._world.lock:
            issue = self._world.find_issue(ticket)
            removed = {name.lower() for name in remove}
            labels = [label for label in issue.labels if label.name.lower() not in removed]
            added = [self._world.label_named(name) for name in add]
            labels += [label for label in added if label not in labels]
            self._world.update_issue(self._user, issue, {"labels": labels})
            return issue

    def close(self, ticket: str, how: Closing = "canceled") -> Issue:
        with self._world.lock:
            issue = self._world.find_issue(ticket)
            state = first_state(issue.team, how)
            self._world.update_issue(self._user, issue, {"state": state})
            return issue

    def edit(self, ticket: str, **changes: str | int) -> Issue:
        """`changes`: title, description, priority."""
        unknown = changes.keys() - {"title", "description", "priority"}
        if unknown:
            raise input_error(f"A ticket has no {', '.join(sorted(unknown))} to edit")
        with self._world.lock:
            issue = self._world.find_issue(ticket)
            self._world.update_issue(self._user, issue, changes)
            return issue

    def comment(self, ticket: str, body: str, reply_to: str | None = None) -> Comment:
        with self._world.lock:
            parent = find(self._world.comments, reply_to, "Comment") if reply_to else None
            issue = self._world.find_issue(ticket)
            comment = Comment(body=body, issue=issue, user=self._user, parent=parent)
            return self._world.create_comment(self._user, comment)

    def block(self, ticket: str, *, by: str) -> IssueRelation:
        """Say that `ticket` is blocked by another."""
        with self._world.lock:
            blocker, blocked = self._world.find_issue(by), self._world.find_issue(ticket)
            return self._world.relate("blocks", blocker, blocked)

    def unblock(self, ticket: str, *, by: str) -> None:
        """Take such a relation back; harmless where there is none."""
        with self._world.lock:
            blocker, blocked = self._world.find_issue(by), self._world.find_issue(ticket)
            for relation in tuple(blocked.inverse_relations):
                if relation.issue is blocker and relation.type == "blocks":
                    self._world.unrelate(relation)

    def stop(self, ticket: str) -> None:
        """Press the stop button of the agent session on the ticket."""
        self.prompt(ticket, "Stop", signal="stop")

    def prompt(self, ticket: str, said: str, *, signal: str | None = None) -> None:
        """Say something in the agent session on the ticket; there is one as soon as it is used."""
        with self._world.lock:
            issue = self._world.find_issue(ticket)
            session = self._sessions.get(issue.id)
            if session is None:
                session = AgentSession(issue=issue, creator=self._user, agent=self._world.fleet)
                self._sessions[issue.id] = session
            self._world.prompt_agent(session, said, signal)

    def remove(self, ticket: str) -> None:
        with self._world.lock:
            self._world.remove_issue(self._user, self._world.find_issue(ticket))

    def _team(self, key: str | None) -> Team:
        for team in self._world.teams:
            if key is None or team.key == key:
                return team
        raise input_error(f"There is no team {key}")

    def _project(self, name: str) -> Project:
        for project in self._world.projects:
            if project.name == name:
                return project
        return self._world.add_project(name)
