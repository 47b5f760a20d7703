"""What the stub GitHub remembers: repositories, pull requests, comments; and its error answers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from integrations.stubs.repositories import branch_sha


class GithubError(Exception):
    """An answer that is not a success, in GitHub's form."""

    def __init__(self, status: int, message: str, *errors: dict[str, str]) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors


def invalid(resource: str, code: str, field_name: str = "", message: str = "") -> GithubError:
    """422 Validation Failed."""
    error = {"resource": resource, "code": code}
    if field_name:
        error["field"] = field_name
    if message:
        error["message"] = message
    return GithubError(422, "Validation Failed", error)


def timestamp(offset_seconds: float = 0.0) -> str:
    moment = datetime.fromtimestamp(time.time() + offset_seconds, UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass(eq=False, kw_only=True)
class Comment:
    id: int
    number: int
    """of the pull request it is on"""
    body: str
    user: str
    created_at: str = field(default_factory=timestamp)
    updated_at: str = field(default_factory=timestamp)


@dataclass(eq=False, kw_only=True)
class PullRequest:
    id: int
    number: int
    title: str
    body: str | None
    head: str
    base: str
    last_head_sha: str
    """where the head branch was when last seen; it stays when the branch is deleted"""
    draft: bool
    user: str
    state: str = "open"
    labels: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    created_at: str = field(default_factory=timestamp)
    updated_at: str = field(default_factory=timestamp)
    closed_at: str | None = None
    head_repository: str | None
    """full name of where the head branch is: the repository itself or a fork; None: a fork that is
    gone"""
    merged_at: str | None = None
    merged_by: str | None = None
    merge_commit_sha: str | None = None
    last_base_sha: str | None = None
    """where the base branch was when it ended"""

    @property
    def node_id(self) -> str:
        return f"PR_stub{self.id}"

    @property
    def head_owner(self) -> str:
        return (self.head_repository or "").partition("/")[0]


@dataclass(eq=False)
class Repository:
    full_name: str
    path: Path
    id: int
    pulls: list[PullRequest] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    """name to colour"""

    @property
    def owner(self) -> str:
        return self.full_name.partition("/")[0]

    @property
    def name(self) -> str:
        return self.full_name.partition("/")[2]

    def pull(self, number: int) -> PullRequest:
        for pull in self.pulls:
            if pull.number == number:
                return pull
        raise GithubError(404, "Not Found")

    def comment(self, comment_id: int) -> Comment:
        for pull in self.pulls:
            for comment in pull.comments:
                if comment.id == comment_id:
                    return comment
        raise GithubError(404, "Not Found")

    def head_sha(self, pull: PullRequest) -> str:
        """Of one that has ended, where the branch was then."""
        if pull.state == "open":
            pull.last_head_sha = branch_sha(self.path, pull.head) or pull.last_head_sha
        return pull.last_head_sha

    def base_sha(self, pull: PullRequest) -> str:
        return pull.last_base_sha or branch_sha(self.path, pull.base) or pull.last_head_sha
