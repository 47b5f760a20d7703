"""The stub GitHub's memory: pull requests, labels, comments, and GitHub's rules on them."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from integrations.stubs.repositories import (
    branch_sha,
    commits_between,
    default_branch,
    repository_path,
)

LONGEST_BODY = 65_536
"""characters, in pull requests and in comments"""
INSTALLATION_TOKEN_SECONDS = 3600


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

    @property
    def node_id(self) -> str:
        return f"PR_stub{self.id}"


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
        pull.last_head_sha = branch_sha(self.path, pull.head) or pull.last_head_sha
        return pull.last_head_sha

    def base_sha(self, pull: PullRequest) -> str:
        return branch_sha(self.path, pull.base) or pull.last_head_sha


class GithubWorld:
    """All repositories below `git_root`. `lock` is held around every operation."""

    def __init__(self, git_root: Path, token: str, url: str = "", git_url: str = "") -> None:
        self.git_root = git_root
        self.url = url
        """base of the REST API and of the pages, without a slash at the end"""
        self.git_url = git_url
        self.tokens = {token: "storyfleet-bot"}
        """token to login; installation tokens are added as they are issued"""
        self.lock = threading.RLock()
        self._repositories: dict[str, Repository] = {}
        self._ids = itertools.count(1001)

    def repository(self, full_name: str) -> Repository:
        """Raises 404 if git has no such repository."""
        path = repository_path(self.git_root, full_name)
        if path is None:
            raise GithubError(404, "Not Found")
        if full_name not in self._repositories:
            self._repositories[full_name] = Repository(full_name, path, next(self._ids))
        return self._repositories[full_name]

    def repositories(self) -> list[Repository]:
        """Those that were asked for at least once."""
        return list(self._repositories.values())

    def default_branch(self, repository: Repository) -> str:
        return default_branch(repository.path)

    def create_pull(
        self,
        repository: Repository,
        user: str,
        *,
        title: str,
        head: str,
        base: str,
        body: str | None,
        draft: bool,
    ) -> PullRequest:
        """Raises 422 as GitHub does: no such branch, nothing new on it, one is open already."""
        if not title:
            raise invalid("PullRequest", "missing_field", "title")
        branch = head.removeprefix(f"{repository.owner}:")
        head_sha = _sha_worth_a_pull(repository, branch, base)
        refuse_long_body(body)
        pull = PullRequest(
            id=next(self._ids),
            number=len(repository.pulls) + 1,
            title=title,
            body=body,
            head=branch,
            base=base,
            last_head_sha=head_sha,
            draft=draft,
            user=user,
        )
        repository.pulls.append(pull)
        return pull

    def create_comment(self, pull: PullRequest, user: str, body: str) -> Comment:
        refuse_long_comment(body)
        comment = Comment(id=next(self._ids), number=pull.number, body=body, user=user)
        pull.comments.append(comment)
        return comment

    def pull_of_node(self, node_id: str) -> PullRequest | None:
        pulls = (pull for repository in self.repositories() for pull in repository.pulls)
        return next((pull for pull in pulls if pull.node_id == node_id), None)

    def issue_installation_token(self) -> str:
        token = f"ghs_{secrets.token_hex(18)}"
        self.tokens[token] = "storyfleet[bot]"
        return token


def _sha_worth_a_pull(repository: Repository, branch: str, base: str) -> str:
    head_sha = branch_sha(repository.path, branch)
    base_sha = branch_sha(repository.path, base)
    if head_sha is None:
        raise invalid("PullRequest", "invalid", "head")
    if base_sha is None:
        raise invalid("PullRequest", "invalid", "base")
    if any(p.state == "open" and (p.head, p.base) == (branch, base) for p in repository.pulls):
        taken = f"A pull request already exists for {repository.owner}:{branch}."
        raise invalid("PullRequest", "custom", message=taken)
    if not commits_between(repository.path, base_sha, head_sha):
        nothing = f"No commits between {base} and {branch}"
        raise invalid("PullRequest", "custom", message=nothing)
    return head_sha


def refuse_long_body(body: str | None) -> None:
    if body is not None and len(body) > LONGEST_BODY:
        message = f"body is too long (maximum is {LONGEST_BODY} characters)"
        raise invalid("Issue", "custom", "body", message)


def refuse_long_comment(body: str) -> None:
    if not body:
        raise invalid("IssueComment", "missing_field", "body")
    if len(body) > LONGEST_BODY:
        message = f"Body is too long (maximum is {LONGEST_BODY} characters)"
        raise invalid("IssueComment", "unprocessable", "data", message)
