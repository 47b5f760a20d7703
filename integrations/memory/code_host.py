"""A CodeHost in memory: repositories by name, and the pull requests opened on them."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from worker.domain.errors import RepositoryUnavailable
from worker.domain.pull_request import PullRequest, PullRequestText


@dataclass(frozen=True, slots=True)
class MemoryPull:
    """A pull request as it stands."""

    repository: str
    number: int
    base: str
    branch: str
    text: PullRequestText
    draft: bool
    open: bool = True


class MemoryCodeHost:
    """Safe to share between threads."""

    def __init__(
        self, default_branches: Mapping[str, str], web_url: str = "https://code.example"
    ) -> None:
        """``default_branches`` are the repositories there are: ``owner/name`` to branch."""
        self._default_branches = dict(default_branches)
        self._web_url = web_url.rstrip("/")
        self._lock = threading.Lock()
        self._pulls: list[MemoryPull] = []

    def pulls(self, repository: str) -> list[MemoryPull]:
        """Every pull request of a repository, oldest first, closed ones too."""
        with self._lock:
            return [pull for pull in self._pulls if pull.repository == repository]

    def close_pull(self, repository: str, number: int) -> None:
        """As if a person merged or closed it."""
        with self._lock:
            self._pulls = [
                replace(pull, open=False)
                if (pull.repository, pull.number) == (repository, number)
                else pull
                for pull in self._pulls
            ]

    def default_branch(self, repository: str) -> str:
        """Raises RepositoryUnavailable."""
        if repository not in self._default_branches:
            raise RepositoryUnavailable(f"There is no repository {repository}.")
        return self._default_branches[repository]

    def publish(
        self, repository: str, base: str, branch: str, text: PullRequestText, *, draft: bool
    ) -> PullRequest:
        """Raises RepositoryUnavailable."""
        self.default_branch(repository)
        with self._lock:
            of_repository = [p for p in self._pulls if p.repository == repository]
            known = [p for p in of_repository if p.open and p.branch == branch]
            number = known[0].number if known else len(of_repository) + 1
            labels = (*(known[0].text.labels if known else ()), *text.labels)
            kept = replace(text, labels=tuple(dict.fromkeys(labels)))
            pull = MemoryPull(repository, number, base, branch, kept, draft)
            self._pulls = [pull if p in known else p for p in self._pulls]
            if not known:
                self._pulls.append(pull)
        return PullRequest(number, f"{self._web_url}/{repository}/pull/{number}", draft)

    def file_url(self, repository: str, branch: str, path: str) -> str:
        return f"{self._web_url}/{repository}/blob/{quote(branch)}/{quote(path)}"
