"""A CodeHost in memory: repositories by name, and the pull requests opened on them."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from worker.domain.errors import RepositoryUnavailable
from worker.domain.pull_request import (
    KnownPullRequest,
    PullRequest,
    PullRequestEnd,
    PullRequestText,
)

OWN_BRANCHES: Final = "agent/"
"""How the names of the fleet's branches begin."""


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
    merged: bool = False


class MemoryCodeHost:
    """Safe to share between threads."""

    def __init__(
        self,
        default_branches: Mapping[str, str],
        web_url: str = "https://code.example",
        now: Callable[[], float] = time.time,
    ) -> None:
        """``default_branches`` are the repositories there are: ``owner/name`` to branch. ``now``
        gives seconds since the epoch.
        """
        self._default_branches = dict(default_branches)
        self._web_url = web_url.rstrip("/")
        self._now = now
        self._lock = threading.Lock()
        self.ended: dict[str, list[PullRequestEnd]] = {}
        """What ended, by repository, latest first; a person who is played may add to it."""
        self._pulls: list[MemoryPull] = []

    def pulls(self, repository: str) -> list[MemoryPull]:
        """Every pull request of a repository, oldest first, closed ones too."""
        with self._lock:
            return [pull for pull in self._pulls if pull.repository == repository]

    def close_pull(self, repository: str, number: int, *, merged: bool = False) -> None:
        """As if a person merged or closed it; harmless where it is not open."""
        with self._lock:
            for index, pull in enumerate(self._pulls):
                if (pull.repository, pull.number, pull.open) != (repository, number, True):
                    continue
                self._pulls[index] = replace(pull, open=False, merged=merged)
                if pull.branch.startswith(OWN_BRANCHES):
                    url = self._url(repository, number)
                    end = PullRequestEnd(number, url, pull.branch, merged, self._now())
                    self.ended.setdefault(repository, []).insert(0, end)

    def ended_pull_requests(self, repository: str) -> Sequence[PullRequestEnd]:
        """Raises RepositoryUnavailable."""
        self.default_branch(repository)
        with self._lock:
            return list(self.ended.get(repository, ()))

    def known_pull_request(self, repository: str, branch: str) -> KnownPullRequest | None:
        """Raises RepositoryUnavailable."""
        self.default_branch(repository)
        found = [pull for pull in self.pulls(repository) if pull.branch == branch]
        if not found:
            return None
        last = found[-1]
        url = self._url(repository, last.number)
        shown = PullRequest(last.number, url, last.draft)
        return KnownPullRequest(shown, open=last.open, merged=last.merged)

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
        return PullRequest(number, self._url(repository, number), draft)

    def file_url(self, repository: str, branch: str, path: str) -> str:
        return f"{self._web_url}/{repository}/blob/{quote(branch)}/{quote(path)}"

    def _url(self, repository: str, number: int) -> str:
        return f"{self._web_url}/{repository}/pull/{number}"
