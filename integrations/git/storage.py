"""The directories on disk: one shared bare cache per repository, one small one per run."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from filelock import FileLock, Timeout

from integrations.git.process import Git
from integrations.git.remote import Remote
from worker.domain.errors import Unavailable

TRACKING = "refs/remotes/origin/"


@dataclass(frozen=True, slots=True)
class Cache:
    """All branches and their tags of one repository, shared by its runs; nothing is ever pruned.

    Branches are kept as ``refs/remotes/origin/*``: a mirror would delete what others work on.
    """

    git: Git
    remote: Remote

    def refresh(self) -> None:
        """Fetch every branch, one process at a time.

        Raises Unavailable, RateLimited, RepositoryUnavailable.
        """
        with self._locked():
            prepare(self.git)
            self._remove_stale_locks()
            self.remote.fetch(self.git, f"+refs/heads/*:{TRACKING}*", prune=True)

    def prepare(self) -> None:
        """Make sure the directory is there; it may be empty still."""
        prepare(self.git)

    def branch(self, name: str) -> str | None:
        """The commit of a branch when last fetched."""
        return self.branches().get(name)

    def branches(self) -> dict[str, str]:
        """Names and commits of all branches when last fetched."""
        form = "--format=%(objectname) %(refname)"
        lines = self.git.line("for-each-ref", form, TRACKING).splitlines()
        pairs = (line.split(" ", 1) for line in lines)
        return {ref.removeprefix(TRACKING): commit for commit, ref in pairs}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = self.git.git_dir.with_suffix(".lock")
        lock.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(lock, timeout=self.git.timeout_seconds):
                yield
        except Timeout as fault:
            raise Unavailable(
                f"{self.remote.repository}: another process has been fetching it for"
                f" {self.git.timeout_seconds:g} s."
            ) from fault

    def _remove_stale_locks(self) -> None:
        """A git killed by a power cut leaves its lock files; older than any call, they are dead."""
        oldest = time.time() - 2 * self.git.timeout_seconds
        top = self.git.git_dir
        for lock in (*top.glob("*.lock"), *(top / "refs").rglob("*.lock")):
            if lock.stat().st_mtime < oldest:
                lock.unlink(missing_ok=True)


def prepare(git: Git, objects: Path | None = None) -> None:
    """Create the bare repository at ``git.git_dir`` if it is not there, whole or not at all.

    ``objects`` is the object directory that it borrows from.
    """
    target = git.git_dir
    if target.is_dir():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix=".new-", dir=target.parent))
    try:
        initialise(replace(git, git_dir=draft), objects)
        draft.rename(target)
    except OSError as fault:
        if not target.is_dir():
            raise Unavailable(f"cannot create {target}: {fault}") from fault
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def initialise(git: Git, objects: Path | None) -> None:
    """Make an empty bare repository without hooks, which borrows from ``objects`` if given."""
    git.run("init", "--quiet", "--bare", "--template=", "--initial-branch=main")
    if objects is not None:
        own = git.git_dir / "objects"
        (own / "info").mkdir(exist_ok=True)
        # Relative, so that the whole root can be moved.
        borrowed = os.path.relpath(objects, own)
        (own / "info" / "alternates").write_text(f"{borrowed}\n", encoding="utf-8")


@contextmanager
def throw_away(run: Git, objects: Path | None = None) -> Iterator[Git]:
    """An empty repository inside ``run``'s directory, gone at the end; see ``initialise``."""
    try:
        place = TemporaryDirectory(prefix="aside-", dir=run.git_dir, ignore_cleanup_errors=True)
    except OSError as fault:
        raise Unavailable(f"no room to work in {run.git_dir}: {fault}") from fault
    with place as at:
        aside = replace(run, git_dir=Path(at))
        initialise(aside, objects)
        yield aside


def has_commit(git: Git, commit: str) -> bool:
    """Whether the repository, or what it borrows from, holds the commit."""
    return git.succeeds("cat-file", "-e", f"{commit}^{{commit}}")


def tree_of(git: Git, commit: str) -> str:
    """The tree's id. Raises GitFailed."""
    return git.line("rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}")
