"""A person on the stub GitHub: what somebody would click in the real one."""

from __future__ import annotations

from .merging import delete_branch
from .records import PullRequest
from .world import GithubWorld


class Maintainer:
    """Merges, closes and reopens pull requests; repositories are named `owner/name`."""

    def __init__(self, world: GithubWorld, login: str = "robin") -> None:
        self._world = world
        self._login = login

    def merge(self, repository: str, number: int, *, delete: bool = False) -> PullRequest:
        """`delete` takes the head branch away afterwards. Raises GithubError (405)."""
        with self._world.lock:
            repo = self._world.repository(repository)
            pull = repo.pull(number)
            self._world.merge(repo, pull, self._login)
            if delete:
                delete_branch(repo.path, pull.head)
            return pull

    def close(self, repository: str, number: int) -> PullRequest:
        with self._world.lock:
            repo = self._world.repository(repository)
            pull = repo.pull(number)
            self._world.close(repo, pull, self._login)
            return pull

    def reopen(self, repository: str, number: int) -> PullRequest:
        """Raises GithubError (422) for one that was merged."""
        with self._world.lock:
            repo = self._world.repository(repository)
            pull = repo.pull(number)
            self._world.reopen(repo, pull, self._login)
            return pull

    def open(
        self, repository: str, *, head: str, base: str, title: str, fork: str | None = None
    ) -> PullRequest:
        """A pull request of the person's own; `fork` says that its head is in that repository.

        Raises GithubError (422).
        """
        with self._world.lock:
            repo = self._world.repository(repository)
            return self._world.create_pull(
                *(repo, self._login),
                title=title,
                head=head,
                base=base,
                body=None,
                draft=False,
                fork=fork,
            )
