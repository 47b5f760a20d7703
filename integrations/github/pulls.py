"""One repository's pull requests: find, create or adopt, edit what differs, draft or ready."""

import logging
from typing import Final

from github import GithubException, UnknownObjectException
from github.GithubObject import NotSet
from github.PullRequest import PullRequest as GitHubPull
from github.Repository import Repository

from integrations.github.failures import refused, words_of
from worker.domain.errors import Unavailable
from worker.domain.pull_request import PullRequest, PullRequestText

LONGEST_BODY: Final = 65_536
"""Characters; GitHub refuses more."""
LONGEST_TITLE: Final = 256
DRAFT_PREFIX: Final = "[draft] "
DRAFT_LABEL: Final = "draft"
_COLOURS: Final = {DRAFT_LABEL: "cfd3d7"}
_COLOUR: Final = "5319e7"
_CUT: Final = "\n\n*The rest was cut: it is too long for a pull request.*"
_UNPROCESSABLE: Final = 422

_log = logging.getLogger(__name__)


class PullRequests:
    """What ``publish`` does, on one client."""

    def __init__(self, repository: Repository, slug: str) -> None:
        self._repository = repository
        self._slug = slug
        self._owner = slug.partition("/")[0]

    def publish(self, base: str, branch: str, text: PullRequestText, *, draft: bool) -> PullRequest:
        """See ``GitHubCodeHost.publish``. Raises GithubException."""
        title = _fitting(text.title, LONGEST_TITLE, "…")
        body = _fitting(text.body, LONGEST_BODY, _CUT)
        pull = self._find(branch, base)
        if pull is None:
            pull = self._create(base, branch, title, body, draft=draft)
        was_marked = pull.title.startswith(DRAFT_PREFIX)
        marked = draft and not self._stands_as(pull, draft=True)
        _edit(pull, _marked(title) if marked else title, body, base)
        self._label(pull, (*text.labels, DRAFT_LABEL) if marked else text.labels)
        if was_marked and not marked:
            _unmark(pull, text)
        # Last, since it asks people to review: what they find is up to date.
        stands = draft or self._stands_as(pull, draft=False)
        return PullRequest(pull.number, pull.html_url, draft=draft or not stands)

    def _find(self, branch: str, base: str) -> GitHubPull | None:
        """The branch's open pull request, whatever its base; the one with ``base`` first."""
        found = list(self._repository.get_pulls(state="open", head=f"{self._owner}:{branch}"))
        ours = [pull for pull in found if pull.head.ref == branch]
        return min(ours, key=lambda pull: (pull.base.ref != base, pull.number), default=None)

    def _create(self, base: str, branch: str, title: str, body: str, *, draft: bool) -> GitHubPull:
        head = f"{self._owner}:{branch}"
        try:
            return self._repository.create_pull(base, head, title=title, body=body, draft=draft)
        except GithubException as fault:
            if fault.status != _UNPROCESSABLE:
                raise
            # A POST that was sent twice, or another worker: then it is there now.
            if adopted := self._find(branch, base):
                return adopted
            said = words_of(fault).lower()
            if "already exists" in said:
                raise Unavailable(f"GitHub does not list {head}'s pull request yet.") from fault
            if not draft or "draft" not in said:
                raise
        _log.warning("%s has no draft pull requests; opening a normal one", self._slug)
        marked = _marked(title)
        return self._repository.create_pull(base, head, title=marked, body=body, draft=False)

    def _stands_as(self, pull: GitHubPull, *, draft: bool) -> bool:
        """Make the pull request a draft or ready; whether GitHub did."""
        if pull.draft == draft:
            return True
        if draft and pull.title.startswith(DRAFT_PREFIX):
            return False
        try:
            if draft:
                pull.convert_to_draft()
            else:
                pull.mark_ready_for_review()
        except GithubException as fault:
            if not refused(fault):
                raise
            _log.warning("GitHub keeps %s: %s", pull.html_url, words_of(fault))
            return False
        return True

    def _label(self, pull: GitHubPull, names: tuple[str, ...]) -> None:
        present = {label.name.lower() for label in pull.labels}
        missing = [name for name in dict.fromkeys(names) if name.lower() not in present]
        for name in missing:
            self._ensure_label(name)
        if missing:
            pull.add_to_labels(*missing)

    def _ensure_label(self, name: str) -> None:
        try:
            self._repository.get_label(name).complete()
        except UnknownObjectException:
            try:
                self._repository.create_label(name, _COLOURS.get(name, _COLOUR))
            except GithubException as fault:
                # Somebody made it in between.
                if fault.status != _UNPROCESSABLE:
                    raise


def _edit(pull: GitHubPull, title: str, body: str, base: str) -> None:
    """Send only what differs."""
    differs = {
        "title": pull.title != title,
        "body": _plain(pull.body) != _plain(body),
        "base": pull.base.ref != base,
    }
    if any(differs.values()):
        pull.edit(
            title=title if differs["title"] else NotSet,
            body=body if differs["body"] else NotSet,
            base=base if differs["base"] else NotSet,
        )


def _marked(title: str) -> str:
    return _fitting(DRAFT_PREFIX + title, LONGEST_TITLE, "…")


def _unmark(pull: GitHubPull, text: PullRequestText) -> None:
    """Take off the label that stood for a draft, unless it was asked for."""
    names = {label.name for label in pull.labels}
    if DRAFT_LABEL in names and DRAFT_LABEL not in text.labels:
        pull.remove_from_labels(DRAFT_LABEL)


def _fitting(text: str, limit: int, ending: str) -> str:
    return text if len(text) <= limit else text[: limit - len(ending)] + ending


def _plain(body: str | None) -> str:
    """GitHub may answer with other line ends than it was given."""
    return (body or "").replace("\r\n", "\n").strip()
