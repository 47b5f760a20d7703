"""GitHub's JSON shapes, from the stub's records."""

from __future__ import annotations

from typing import TypeAlias

from integrations.stubs.repositories import ChangedFile, Commit, changed_files, commits_between

from .records import Comment, PullRequest, Repository
from .world import GithubWorld

Json: TypeAlias = dict[str, object]


def user(world: GithubWorld, login: str) -> Json:
    return {
        "login": login,
        "id": sum(login.encode()),
        "node_id": f"U_{login}",
        "type": "Bot" if login.endswith("[bot]") else "User",
        "url": f"{world.url}/users/{login}",
        "html_url": f"{world.url}/{login}",
        "site_admin": False,
    }


def repository(world: GithubWorld, repo: Repository) -> Json:
    clone_url = f"{world.git_url}/{repo.full_name}.git"
    return {
        "id": repo.id,
        "node_id": f"R_stub{repo.id}",
        "name": repo.name,
        "full_name": repo.full_name,
        "private": True,
        "fork": False,
        "archived": False,
        "owner": user(world, repo.owner),
        "default_branch": world.default_branch(repo),
        "url": f"{world.url}/repos/{repo.full_name}",
        "html_url": f"{world.url}/{repo.full_name}",
        "clone_url": clone_url,
        "git_url": clone_url,
        "permissions": {"admin": False, "push": True, "pull": True},
    }


def branch(world: GithubWorld, repo: Repository, name: str, sha: str) -> Json:
    url = f"{world.url}/repos/{repo.full_name}/commits/{sha}"
    return {"name": name, "commit": {"sha": sha, "url": url}, "protected": False}


def ref(world: GithubWorld, repo: Repository, name: str, sha: str) -> Json:
    """`name` without `refs/`, e.g. `heads/main`."""
    base = f"{world.url}/repos/{repo.full_name}/git"
    return {
        "ref": f"refs/{name}",
        "node_id": f"REF_{name}",
        "url": f"{base}/refs/{name}",
        "object": {"sha": sha, "type": "commit", "url": f"{base}/commits/{sha}"},
    }


def label(world: GithubWorld, repo: Repository, name: str) -> Json:
    return {
        "id": sum(name.encode()),
        "node_id": f"LA_{name}",
        "name": name,
        "color": repo.labels.get(name, "ededed"),
        "default": False,
        "description": None,
        "url": f"{world.url}/repos/{repo.full_name}/labels/{name}",
    }


def comment(world: GithubWorld, repo: Repository, record: Comment) -> Json:
    page = f"{world.url}/{repo.full_name}/pull/{record.number}"
    return {
        "id": record.id,
        "node_id": f"IC_stub{record.id}",
        "url": f"{world.url}/repos/{repo.full_name}/issues/comments/{record.id}",
        "html_url": f"{page}#issuecomment-{record.id}",
        "issue_url": f"{world.url}/repos/{repo.full_name}/issues/{record.number}",
        "body": record.body,
        "user": user(world, record.user),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }


def issue(world: GithubWorld, repo: Repository, pull: PullRequest) -> Json:
    """The issue that a pull request also is."""
    api, page = _urls(world, repo, pull)
    return {
        **_shared(world, repo, pull),
        "url": f"{world.url}/repos/{repo.full_name}/issues/{pull.number}",
        "comments": len(pull.comments),
        "pull_request": {"url": api, "html_url": page},
    }


def pull(world: GithubWorld, repo: Repository, record: PullRequest) -> Json:
    """As in a list; `pull_in_full` adds what GitHub gives for a single one."""
    api, _ = _urls(world, repo, record)
    return {
        **_shared(world, repo, record),
        "url": api,
        "draft": record.draft,
        "merged_at": record.merged_at,
        "merge_commit_sha": record.merge_commit_sha,
        "head": _head(world, repo, record),
        "base": _side(world, repo, record.base, repo.base_sha(record)),
        "requested_reviewers": [],
        "commits_url": f"{api}/commits",
        "issue_url": f"{world.url}/repos/{repo.full_name}/issues/{record.number}",
    }


def pull_in_full(world: GithubWorld, repo: Repository, record: PullRequest) -> Json:
    span = (repo.path, repo.base_sha(record), repo.head_sha(record))
    files = changed_files(*span)
    return {
        **pull(world, repo, record),
        "merged": record.merged_at is not None,
        "merged_by": user(world, record.merged_by) if record.merged_by else None,
        "mergeable": True,
        "mergeable_state": "draft" if record.draft else "clean",
        "comments": len(record.comments),
        "review_comments": 0,
        "commits": len(commits_between(*span)),
        "additions": sum(file.additions for file in files),
        "deletions": sum(file.deletions for file in files),
        "changed_files": len(files),
    }


def file(record: ChangedFile) -> Json:
    return {
        "sha": None,
        "filename": record.path,
        "status": record.status,
        "additions": record.additions,
        "deletions": record.deletions,
        "changes": record.additions + record.deletions,
    }


def commit(world: GithubWorld, repo: Repository, record: Commit) -> Json:
    person = {"name": record.author_name, "email": record.author_email, "date": record.date}
    return {
        "sha": record.sha,
        "url": f"{world.url}/repos/{repo.full_name}/commits/{record.sha}",
        "commit": {"message": record.message, "author": person, "committer": person},
        "parents": [],
    }


def _urls(world: GithubWorld, repo: Repository, pull: PullRequest) -> tuple[str, str]:
    return (
        f"{world.url}/repos/{repo.full_name}/pulls/{pull.number}",
        f"{world.url}/{repo.full_name}/pull/{pull.number}",
    )


def _shared(world: GithubWorld, repo: Repository, record: PullRequest) -> Json:
    issue_url = f"{world.url}/repos/{repo.full_name}/issues/{record.number}"
    return {
        "id": record.id,
        "node_id": record.node_id,
        "number": record.number,
        "state": record.state,
        "locked": False,
        "title": record.title,
        "body": record.body,
        "user": user(world, record.user),
        "labels": [label(world, repo, name) for name in record.labels],
        "assignees": [],
        "html_url": _urls(world, repo, record)[1],
        "comments_url": f"{issue_url}/comments",
        "labels_url": f"{issue_url}/labels{{/name}}",
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "closed_at": record.closed_at,
    }


def _head(world: GithubWorld, repo: Repository, record: PullRequest) -> Json:
    side = _side(world, repo, record.head, repo.head_sha(record))
    where = record.head_repository
    if where == repo.full_name:
        return side
    label = f"{record.head_owner or 'unknown repository'}:{record.head}"
    fork = {"name": where.partition("/")[2], "full_name": where, "fork": True} if where else None
    return {**side, "label": label, "repo": fork, "user": user(world, record.head_owner)}


def _side(world: GithubWorld, repo: Repository, name: str, sha: str) -> Json:
    return {
        "label": f"{repo.owner}:{name}",
        "ref": name,
        "sha": sha,
        "user": user(world, repo.owner),
        "repo": repository(world, repo),
    }
