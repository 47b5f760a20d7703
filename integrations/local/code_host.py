"""The CodeHost port over a person's own repository: a pull request is a file."""

import re
from collections.abc import Sequence
from pathlib import Path

from integrations.local.output import place, write
from worker.domain.errors import RepositoryUnavailable
from worker.domain.pull_request import (
    KnownPullRequest,
    PullRequest,
    PullRequestEnd,
    PullRequestText,
)

PULL_REQUEST = "pull-request.md"
_BRANCH = "ref: refs/heads/"


class LocalCodeHost:
    """See ``worker.ports.CodeHost``. ``directory`` is the top of the repository.

    ``base`` (a branch, or a full commit id) is used where ``HEAD`` is not on a branch; None is the
    commit that ``HEAD`` itself names. Nothing is run in the repository: ``HEAD`` is read as a file.
    """

    def __init__(self, directory: Path, output: Path, base: str | None = None) -> None:
        self._directory = directory.absolute()
        self._output = output
        self._base = base

    def default_branch(self, repository: str) -> str:  # noqa: ARG002 - the port's
        """The current branch, or a commit where there is none.

        Raises RepositoryUnavailable where the directory is not the top of a repository.
        """
        head = self._head()
        if head.startswith(_BRANCH):
            return head.removeprefix(_BRANCH)
        if self._base is not None:
            return self._base
        if re.fullmatch(r"[0-9a-f]{40}", head):
            return head
        raise RepositoryUnavailable(f"The HEAD of {self._directory} is not understood: {head!r}.")

    def publish(
        self,
        repository: str,  # noqa: ARG002 - the port's
        base: str,
        branch: str,
        text: PullRequestText,
        *,
        draft: bool,
    ) -> PullRequest:
        """Write ``pull-request.md``; again, over the one before. Raises Unavailable."""
        about = [f"- branch: `{branch}`, from `{base}`"]
        about += [f"- labels: {', '.join(text.labels)}"] if text.labels else []
        about += ["- a draft: not ready for review"] if draft else []
        target = place(self._output, PULL_REQUEST)
        write(target, "\n".join([f"# {text.title}", "", *about, "", text.body.rstrip(), ""]))
        return PullRequest(0, target.as_uri(), draft)

    def file_url(self, repository: str, branch: str, path: str) -> str:  # noqa: ARG002
        """Where ``LocalCheckout.add_file`` writes it."""
        return place(self._output, path).as_uri()

    def ended_pull_requests(self, repository: str) -> Sequence[PullRequestEnd]:  # noqa: ARG002
        """None: nobody merges or closes a file."""
        return ()

    def known_pull_request(
        self,
        repository: str,  # noqa: ARG002 - the port's
        branch: str,  # noqa: ARG002
    ) -> KnownPullRequest | None:
        """None: a file is written anew each time."""
        return None

    def _head(self) -> str:
        try:
            return (self._git_directory() / "HEAD").read_text(encoding="utf-8").strip()
        except OSError as fault:
            raise RepositoryUnavailable(
                f"{self._directory} is not the top directory of a git repository."
                " Give --repo the directory that holds .git, or run `git init` there."
            ) from fault

    def _git_directory(self) -> Path:
        """``.git``, or what the ``.git`` file of a worktree names, or a bare repository itself."""
        inside = self._directory / ".git"
        if inside.is_file():
            named = inside.read_text(encoding="utf-8").strip().removeprefix("gitdir: ")
            return self._directory / named
        return inside if inside.is_dir() else self._directory
