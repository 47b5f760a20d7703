"""What each REST call does: functions from a call to the data of its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.stubs.repositories import branch_sha, changed_files, commits_between

from . import shapes
from .records import GithubError, PullRequest, Repository, invalid, timestamp
from .shapes import Json
from .world import GithubWorld, refuse_long_body, refuse_long_comment


@dataclass(frozen=True)
class Call:
    world: GithubWorld
    login: str
    path: Mapping[str, Any]
    query: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def repository(self) -> Repository:
        return self.world.repository(f"{self.path['owner']}/{self.path['name']}")

    @property
    def pull(self) -> PullRequest:
        return self.repository.pull(self.path["number"])


def get_user(call: Call) -> Json:
    return shapes.user(call.world, call.login)


def get_rate_limit(_call: Call) -> Json:
    """Costs nothing; the figures are in the headers of every answer."""
    return {"resources": {}, "rate": {}}


def get_repository(call: Call) -> Json:
    return shapes.repository(call.world, call.repository)


def get_branch(call: Call) -> Json:
    name = call.path["branch"]
    sha = branch_sha(call.repository.path, name)
    if sha is None:
        raise GithubError(404, "Branch not found")
    return shapes.branch(call.world, call.repository, name, sha)


def get_ref(call: Call) -> Json:
    ref = call.path["ref"]
    sha = branch_sha(call.repository.path, ref.removeprefix("heads/"))
    if sha is None or not ref.startswith("heads/"):
        raise GithubError(404, "Not Found")
    return shapes.ref(call.world, call.repository, ref, sha)


def list_pulls(call: Call) -> list[Json]:
    """Newest first, or by `sort=updated`. As on GitHub, a `head` that is not `owner:branch` filters
    nothing.
    """
    wanted: list[Callable[[PullRequest], bool]] = []
    owner, colon, branch = call.query.get("head", "").partition(":")
    if colon:
        wanted.append(lambda pull: (owner, branch) == (pull.head_owner, pull.head))
    if base := call.query.get("base"):
        wanted.append(lambda pull: pull.base == base)
    if (state := call.query.get("state", "open")) != "all":
        wanted.append(lambda pull: pull.state == state)
    found = [pull for pull in call.repository.pulls if all(test(pull) for test in wanted)]
    if call.query.get("sort") == "updated":
        found.sort(key=lambda pull: pull.updated_at)
    if call.query.get("direction", "desc") == "desc":
        found.reverse()
    return [shapes.pull(call.world, call.repository, pull) for pull in found]


def create_pull(call: Call) -> Json:
    pull = call.world.create_pull(
        call.repository,
        call.login,
        title=call.body.get("title") or "",
        head=call.body.get("head") or "",
        base=call.body.get("base") or "",
        body=call.body.get("body"),
        draft=bool(call.body.get("draft")),
    )
    return shapes.pull_in_full(call.world, call.repository, pull)


def get_pull(call: Call) -> Json:
    return shapes.pull_in_full(call.world, call.repository, call.pull)


def edit_pull(call: Call) -> Json:
    """Title, body, state and base; also through the issue that the pull request is."""
    pull, body = call.pull, call.body
    refuse_long_body(body.get("body"))
    if body.get("state", "open") not in ("open", "closed"):
        raise invalid("PullRequest", "invalid", "state")
    for name in ("title", "body", "base"):
        if name in body:
            setattr(pull, name, body[name])
    pull.updated_at = timestamp()
    if "state" in body:
        change = call.world.close if body["state"] == "closed" else call.world.reopen
        change(call.repository, pull, call.login)
    return get_pull(call)


def merge_pull(call: Call) -> Json:
    sha = call.world.merge(call.repository, call.pull, call.login)
    return {"sha": sha, "merged": True, "message": "Pull Request successfully merged"}


def edit_issue(call: Call) -> Json:
    if "labels" in call.body:
        set_labels(call)
    edit_pull(call)
    return get_issue(call)


def get_issue(call: Call) -> Json:
    return shapes.issue(call.world, call.repository, call.pull)


def list_files(call: Call) -> list[Json]:
    repo, pull = call.repository, call.pull
    files = changed_files(repo.path, repo.base_sha(pull), repo.head_sha(pull))
    return [shapes.file(record) for record in files]


def list_commits(call: Call) -> list[Json]:
    repo, pull = call.repository, call.pull
    commits = commits_between(repo.path, repo.base_sha(pull), repo.head_sha(pull))
    return [shapes.commit(call.world, repo, record) for record in commits]


def list_labels(call: Call) -> list[Json]:
    return [shapes.label(call.world, call.repository, name) for name in call.pull.labels]


def add_labels(call: Call) -> list[Json]:
    """Labels that the repository does not have are made, as GitHub does."""
    given = call.body.get("labels", ())
    call.pull.labels = list(dict.fromkeys([*call.pull.labels, *given]))
    for name in given:
        call.repository.labels.setdefault(name, "ededed")
    return list_labels(call)


def set_labels(call: Call) -> list[Json]:
    call.pull.labels = []
    return add_labels(call)


def remove_label(call: Call) -> list[Json]:
    if call.path["label"] not in call.pull.labels:
        raise GithubError(404, "Label does not exist")
    call.pull.labels.remove(call.path["label"])
    return list_labels(call)


def list_repository_labels(call: Call) -> list[Json]:
    return [shapes.label(call.world, call.repository, name) for name in call.repository.labels]


def get_repository_label(call: Call) -> Json:
    if call.path["label"] not in call.repository.labels:
        raise GithubError(404, "Not Found")
    return shapes.label(call.world, call.repository, call.path["label"])


def create_repository_label(call: Call) -> Json:
    name = call.body["name"]
    if name in call.repository.labels:
        raise invalid("Label", "already_exists", "name")
    call.repository.labels[name] = call.body.get("color", "ededed")
    return shapes.label(call.world, call.repository, name)


def list_comments(call: Call) -> list[Json]:
    """Oldest first."""
    return [shapes.comment(call.world, call.repository, each) for each in call.pull.comments]


def create_comment(call: Call) -> Json:
    comment = call.world.create_comment(call.pull, call.login, call.body.get("body") or "")
    return shapes.comment(call.world, call.repository, comment)


def get_comment(call: Call) -> Json:
    comment = call.repository.comment(call.path["comment_id"])
    return shapes.comment(call.world, call.repository, comment)


def edit_comment(call: Call) -> Json:
    comment = call.repository.comment(call.path["comment_id"])
    body = call.body.get("body") or ""
    refuse_long_comment(body)
    comment.body, comment.updated_at = body, timestamp()
    return get_comment(call)


def create_installation_token(call: Call) -> Json:
    return {
        "token": call.world.issue_installation_token(),
        "expires_at": call.world.tokens.expires_at(),
        "permissions": call.body.get("permissions", {"contents": "write"}),
        "repository_selection": "selected" if "repositories" in call.body else "all",
    }


def get_installation(call: Call) -> Json:
    id_ = call.path["installation_id"]
    return {
        "id": id_,
        "app_id": 1,
        "account": shapes.user(call.world, "stub"),
        "access_tokens_url": f"{call.world.url}/app/installations/{id_}/access_tokens",
        "permissions": {"contents": "write", "pull_requests": "write", "issues": "write"},
        "repository_selection": "all",
    }


def graphql(call: Call) -> Json:
    """The two mutations that REST lacks: to draft, and ready for review."""
    node_id = str(call.body.get("variables", {}).get("input", {}).get("pullRequestId"))
    pull = call.world.pull_of_node(node_id)
    for mutation, draft in _DRAFT_MUTATIONS.items():
        if mutation in call.body.get("query", "") and pull is not None:
            pull.draft = draft
            answer = {"clientMutationId": None, "pullRequest": {"id": node_id, "isDraft": draft}}
            return {"data": {mutation: answer}}
    message = f"Could not resolve to a node with the global id of '{node_id}'"
    return {"data": None, "errors": [{"type": "NOT_FOUND", "message": message}]}


_DRAFT_MUTATIONS = {"markPullRequestReadyForReview": False, "convertPullRequestToDraft": True}
