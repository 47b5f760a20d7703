"""The CodeHost on GitHub: one pull request per branch, brought up to date instead of doubled."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from github.Auth import Token
from github.Repository import Repository

from integrations.github.addresses import file_url, web_url_of
from integrations.github.connection import Connection
from integrations.github.ends import latest_ends, latest_of
from integrations.github.failures import TokenRefused, failures
from integrations.github.pulls import PullRequests
from integrations.github.tokens import RenewableToken
from worker.domain.pull_request import (
    KnownPullRequest,
    PullRequest,
    PullRequestEnd,
    PullRequestText,
)

Answer = TypeVar("Answer")


class GitHubCodeHost:
    """Opens and edits pull requests. Safe to share between threads: a client per call."""

    def __init__(
        self,
        connection: Connection,
        token: Callable[[], str] | RenewableToken,
        *,
        web_url: str | None = None,
    ) -> None:
        """``token`` is called once per operation; it may raise a FleetError. Where it can be
        renewed and GitHub refuses it, the operation is done again with the next one.

        ``web_url`` is where people read the repositories; None: derived from the API's address.
        """
        self._connection = connection
        self._token = token
        self._web_url = (web_url or web_url_of(connection.api_url)).rstrip("/")

    def default_branch(self, repository: str) -> str:
        """Raises RepositoryUnavailable, ConfigurationError, Unavailable, RateLimited."""
        return self._with(repository, lambda found: found.default_branch)

    def publish(
        self, repository: str, base: str, branch: str, text: PullRequestText, *, draft: bool
    ) -> PullRequest:
        """Open the branch's pull request, or bring the open one up to date. Safe to repeat.

        ``draft`` in the answer is what GitHub made of it: a draft stays one where GitHub refuses
        to mark it ready; where a repository has no drafts, a title prefix and a label say it.

        Raises RepositoryUnavailable, ConfigurationError, PermanentError (no such branch, nothing
        to merge), Unavailable, RateLimited.
        """

        def publish(found: Repository) -> PullRequest:
            return PullRequests(found, repository).publish(base, branch, text, draft=draft)

        return self._with(repository, publish)

    def ended_pull_requests(self, repository: str) -> Sequence[PullRequestEnd]:
        """Those of the fleet's own among the 100 closed ones that changed last; one request.

        Raises RepositoryUnavailable, ConfigurationError, Unavailable, RateLimited.
        """
        return self._with(repository, lambda found: latest_ends(found, repository))

    def known_pull_request(self, repository: str, branch: str) -> KnownPullRequest | None:
        """The newest that was opened from the repository's own branch; one request.

        Raises RepositoryUnavailable, ConfigurationError, Unavailable, RateLimited.
        """
        return self._with(repository, lambda found: latest_of(found, repository, branch))

    def file_url(self, repository: str, branch: str, path: str) -> str:
        """Where a person reads a file of a branch; no request is made."""
        return file_url(self._web_url, repository, branch, path)

    def _with(self, repository: str, do: Callable[[Repository], Answer]) -> Answer:
        if not isinstance(self._token, RenewableToken):
            return self._once(repository, self._token(), do)
        token = self._token.current()
        try:
            return self._once(repository, token, do)
        except TokenRefused:
            return self._once(repository, self._token.renewed(token), do)

    def _once(self, repository: str, token: str, do: Callable[[Repository], Answer]) -> Answer:
        with failures(repository), self._connection.client(Token(token)) as client:
            return do(client.get_repo(repository))
