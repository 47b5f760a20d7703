"""Which pull requests of a repository ended, which are the fleet's own, and how a branch stands."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from github.PullRequest import PullRequest as GitHubPull
from github.Repository import Repository

from worker.domain.pull_request import KnownPullRequest, PullRequest, PullRequestEnd

OWN_BRANCHES: Final = "agent/"
"""How the names of the fleet's branches begin."""


def latest_ends(repository: Repository, slug: str) -> Sequence[PullRequestEnd]:
    """The fleet's own among those that changed last, of one page, with one request.

    Raises GithubException.
    """
    closed = repository.get_pulls(state="closed", sort="updated", direction="desc")
    return [
        # `merged` is not in a list: asking for it would cost a request each.
        PullRequestEnd(
            pull.number,
            pull.html_url,
            pull.head.ref,
            merged=pull.merged_at is not None,
            ended_at=pull.closed_at.timestamp(),
        )
        for pull in closed.get_page(0)
        if _ours(pull, slug) and pull.closed_at is not None
    ]


def latest_of(repository: Repository, slug: str, branch: str) -> KnownPullRequest | None:
    """The newest of a branch, open or not, with one request. Raises GithubException."""
    head = f"{slug.partition('/')[0]}:{branch}"
    found = repository.get_pulls(state="all", sort="created", direction="desc", head=head)
    own = [pull for pull in found.get_page(0) if pull.head.ref == branch]
    if not own:
        return None
    shown = PullRequest(own[0].number, own[0].html_url, own[0].draft)
    return KnownPullRequest(shown, open=own[0].state == "open", merged=own[0].merged_at is not None)


def seconds_of(moment: str) -> float:
    """Seconds since the epoch of an ISO 8601 time. Raises ValueError."""
    read = datetime.fromisoformat(moment)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def _ours(pull: GitHubPull, slug: str) -> bool:
    """Anybody may name a branch of a fork as the fleet names its own. One that was deleted since
    has no repository at all.
    """
    # PyGithub's types do not know that it may be null.
    origin: object = pull.head.repo
    if not isinstance(origin, Repository) or not pull.head.ref.startswith(OWN_BRANCHES):
        return False
    return origin.full_name.lower() == slug.lower()
