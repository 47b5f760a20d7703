"""The Repositories port of local mode: transcripts go to the output directory, not to a branch."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from integrations.local.output import place, write
from worker.domain.evidence import Diff
from worker.domain.lease import RunId
from worker.domain.protection import Protected, Protection
from worker.domain.summary import Kept
from worker.ports import Checkout, Repositories


@dataclass(frozen=True, slots=True)
class LocalRepositories:
    """Other repositories, whose ``add_file`` writes below ``output``."""

    inner: Repositories
    output: Path

    @contextmanager
    def open(self, repository: str, run_id: RunId) -> Iterator["LocalCheckout"]:
        """Raises what the inner one raises."""
        with self.inner.open(repository, run_id) as checkout:
            yield LocalCheckout(checkout, self.output)

    def kept(self, repository: str) -> Kept:
        """Raises what the inner one raises."""
        return self.inner.kept(repository)


@dataclass(frozen=True, slots=True)
class LocalCheckout:
    """See ``worker.ports.Checkout``."""

    inner: Checkout
    output: Path

    def resolve(self, branch: str) -> str:
        """As the inner one."""
        return self.inner.resolve(branch)

    def files(self, commit: str) -> Sequence[str]:
        """As the inner one."""
        return self.inner.files(commit)

    def read(self, commit: str, path: str) -> str | None:
        """As the inner one."""
        return self.inner.read(commit, path)

    def bundle(self, commit: str, base: str | None = None) -> bytes:
        """As the inner one."""
        return self.inner.bundle(commit, base)

    def archive(self, commit: str) -> bytes:
        """As the inner one."""
        return self.inner.archive(commit)

    def protect(self, base: str, commit: str, protection: Protection) -> Protected:
        """As the inner one."""
        return self.inner.protect(base, commit, protection)

    def accept(self, bundle: bytes, parent: str, message: str) -> str:
        """As the inner one."""
        return self.inner.accept(bundle, parent, message)

    def diff(self, base: str, head: str) -> Diff:
        """As the inner one."""
        return self.inner.diff(base, head)

    def push(self, branch: str, commit: str) -> None:
        """As the inner one."""
        self.inner.push(branch, commit)

    def add_file(self, branch: str, path: str, text: str, message: str) -> None:  # noqa: ARG002
        """Write the file below the output directory. Raises PermanentError, Unavailable."""
        write(place(self.output, path), text)

    def commit_file(self, parent: str, path: str, text: str, message: str) -> str:
        """As the inner one."""
        return self.inner.commit_file(parent, path, text, message)

    def keep_journal(self, text: str) -> None:
        """Nothing: the person's repository holds no more than the branch."""

    def kept_journal(self) -> str | None:
        """None."""
        return None

    def forget(self, *, journal: bool = False) -> None:
        """As the inner one."""
        self.inner.forget(journal=journal)
