"""The stub GitHub's memory: pull requests, labels, comments, and GitHub's rules on them."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeAlias

from integrations.stubs.repositories import (
    branch_sha,
    commits_between,
    repository_path,
)

from .merging import merge
from .records import Comment, GithubError, PullRequest, Repository, invalid, timestamp
from .tokens import Tokens

LONGEST_BODY = 65_536
"""characters, in pull requests and in comments"""

Action: TypeAlias = Literal["opened", "closed", "reopened"]


class GithubWorld:
    """All repositories below `git_root`. `lock` is held around every operation; `on_pull` is told
    what happened to a pull request and who did it, and must not block.
    """

    def __init__(self, git_root: Path, token: str, url: str = "", git_url: str = "") -> None:
        self.git_root = git_root
        self.url = url
        """base of the REST API and of the pages, without a slash at the end"""
        self.git_url = git_url
        self.tokens = Tokens({token: "storyfleet-bot"})
        self.on_pull: Callable[[Repository, PullRequest, Action, str], None] = _nobody
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
        head = (repository.path / "HEAD").read_text(encoding="utf-8").strip()
        return head.removeprefix("ref: refs/heads/")

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
        fork: str | None = None,
    ) -> PullRequest:
        """Raises 422 as GitHub does: no such branch, nothing new on it, one is open already.

        `fork` is the full name of the repository that the head is said to be in; the branch is
        looked for in `repository` all the same.
        """
        if not title:
            raise invalid("PullRequest", "missing_field", "title")
        branch = head.removeprefix(f"{repository.owner}:")
        where = fork or repository.full_name
        head_sha = _sha_worth_a_pull(repository, branch, base, where)
        refuse_long_body(body)
        pull = PullRequest(
            id=next(self._ids),
            number=len(repository.pulls) + 1,
            title=title,
            body=body,
            head=branch,
            base=base,
            last_head_sha=head_sha,
            head_repository=where,
            draft=draft,
            user=user,
        )
        repository.pulls.append(pull)
        self.on_pull(repository, pull, "opened", user)
        return pull

    def close(self, repository: Repository, pull: PullRequest, login: str) -> None:
        """Without merging; nothing happens where it is closed already."""
        if pull.state == "open":
            repository.head_sha(pull)
            pull.last_base_sha = repository.base_sha(pull)
            pull.state, pull.updated_at = "closed", timestamp()
            pull.closed_at = pull.updated_at
            self.on_pull(repository, pull, "closed", login)

    def reopen(self, repository: Repository, pull: PullRequest, login: str) -> None:
        """Raises 422 for one that was merged; nothing happens where it is open."""
        if pull.merged_at:
            raise invalid("PullRequest", "custom", message="A merged pull request stays closed.")
        if pull.state == "closed":
            pull.state, pull.closed_at, pull.updated_at = "open", None, timestamp()
            pull.last_base_sha = None
            self.on_pull(repository, pull, "reopened", login)

    def merge(self, repository: Repository, pull: PullRequest, login: str) -> str:
        """The merge commit, which the base branch points to afterwards. Raises 405 where it cannot
        be merged: closed, conflicts, or a branch that is gone.
        """
        title = f"Merge pull request #{pull.number} from {repository.owner}/{pull.head}"
        base_sha = repository.base_sha(pull)
        message = f"{title}\n\n{pull.title}"
        mergeable = pull.state == "open"
        commit = merge(repository.path, pull.base, pull.head, message) if mergeable else None
        if commit is None:
            raise GithubError(405, "Pull Request is not mergeable")
        pull.last_base_sha, pull.merge_commit_sha, pull.merged_by = base_sha, commit, login
        pull.merged_at = timestamp()
        self.close(repository, pull, login)
        return commit

    def create_comment(self, pull: PullRequest, user: str, body: str) -> Comment:
        refuse_long_comment(body)
        comment = Comment(id=next(self._ids), number=pull.number, body=body, user=user)
        pull.comments.append(comment)
        return comment

    def pull_of_node(self, node_id: str) -> PullRequest | None:
        pulls = (pull for repository in self.repositories() for pull in repository.pulls)
        return next((pull for pull in pulls if pull.node_id == node_id), None)

    def issue_installation_token(self) -> str:
        return self.tokens.issue("storyfleet[bot]")


def _nobody(_repository: Repository, _pull: PullRequest, _action: Action, _login: str) -> None:
    """Nobody listens."""


def _sha_worth_a_pull(repository: Repository, branch: str, base: str, where: str) -> str:
    head_sha = branch_sha(repository.path, branch)
    base_sha = branch_sha(repository.path, base)
    if head_sha is None:
        raise invalid("PullRequest", "invalid", "head")
    if base_sha is None:
        raise invalid("PullRequest", "invalid", "base")
    open_ones = {
        (pull.head_repository, pull.head, pull.base)
        for pull in repository.pulls
        if pull.state == "open"
    }
    if (where, branch, base) in open_ones:
        taken = f"A pull request already exists for {where.partition('/')[0]}:{branch}."
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
