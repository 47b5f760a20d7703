"""The CodeHost on GitHub: one pull request per branch, brought up to date instead of doubled."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from github.Auth import Token
from github.Repository import Repository

from integrations.github.addresses import file_url, web_url_of
from integrations.github.connection import Connection
from integrations.github.failures import failures
from integrations.github.pulls import PullRequests
from worker.domain.pull_request import PullRequest, PullRequestText


class GitHubCodeHost:
    """Opens and edits pull requests. Safe to share between threads: a client per call."""

    def __init__(
        self,
        connection: Connection,
        token: Callable[[], str],
        *,
        web_url: str | None = None,
    ) -> None:
        """``token`` is called once per operation; it may raise a FleetError.

        ``web_url`` is where people read the repositories; None: derived from the API's address.
        """
        self._connection = connection
        self._token = token
        self._web_url = (web_url or web_url_of(connection.api_url)).rstrip("/")

    def default_branch(self, repository: str) -> str:
        """Raises RepositoryUnavailable, ConfigurationError, Unavailable, RateLimited."""
        with self._open(repository) as found:
            return found.default_branch

    def publish(
        self, repository: str, base: str, branch: str, text: PullRequestText, *, draft: bool
    ) -> PullRequest:
        """Open the branch's pull request, or bring the open one up to date. Safe to repeat.

        ``draft`` in the answer is what GitHub made of it: a draft stays one where GitHub refuses
        to mark it ready; where a repository has no drafts, a title prefix and a label say it.

        Raises RepositoryUnavailable, ConfigurationError, PermanentError (no such branch, nothing
        to merge), Unavailable, RateLimited.
        """
        with self._open(repository) as found:
            return PullRequests(found, repository).publish(base, branch, text, draft=draft)

    def file_url(self, repository: str, branch: str, path: str) -> str:
        """Where a person reads a file of a branch; no request is made."""
        return file_url(self._web_url, repository, branch, path)

    @contextmanager
    def _open(self, repository: str) -> Iterator[Repository]:
        auth = Token(self._token())
        with failures(repository), self._connection.client(auth) as client:
            yield client.get_repo(repository)
