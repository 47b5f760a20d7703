"""One run's own bare repository, borrowing the cache's objects: the Checkout port on git."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field

from integrations.git import reading
from integrations.git.branches import add_file, commit_file, move_branch
from integrations.git.bundles import BASE, write_bundle
from integrations.git.difference import difference
from integrations.git.failures import Declined
from integrations.git.handover import take_in
from integrations.git.journals import KeptJournal
from integrations.git.limits import GitLimits, Identity
from integrations.git.process import DURABLE, Git
from integrations.git.protection import protect
from integrations.git.refs import journal_ref, safety_ref
from integrations.git.storage import Cache, has_commit
from worker.domain.errors import HandOverRefused, RepositoryUnavailable
from worker.domain.evidence import Diff
from worker.domain.protection import Protected, Protection

_ID = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class GitCheckout:
    """See ``worker.ports.Checkout``. Safe to use by several processes at once.

    Submodules of the repository are not checked out: they are empty directories for a sandbox, and
    come back as they were. Files kept in Git LFS, or behind another filter, are what git itself
    holds of them (pointers): a hand-over may move or remove them, not add or change any.
    """

    git: Git
    cache: Cache
    run_id: str
    limits: GitLimits
    identity: Identity
    keep_on_remote: bool
    journal: KeptJournal | None
    _known: set[str] = field(default_factory=set)

    def resolve(self, branch: str) -> str:
        """The branch's commit on the remote now; a full commit id is its own answer.

        Raises Unavailable, RepositoryUnavailable.
        """
        self.cache.refresh()
        branches = self.cache.branches()
        if branch in branches:
            return branches[branch]
        if _ID.fullmatch(branch):
            return self._have(branch)
        repository = self.cache.remote.repository
        if not branches:
            raise RepositoryUnavailable(f"{repository} has no commits yet: make the first one.")
        listed = ", ".join(sorted(branches)[:10])
        raise RepositoryUnavailable(f"{repository} has no branch {branch!r}; it has: {listed}.")

    def files(self, commit: str) -> Sequence[str]:
        """Paths, sorted; submodules are left out."""
        return reading.file_names(self.git, self._have(commit))

    def read(self, commit: str, path: str) -> str | None:
        """Links inside the tree are followed."""
        return reading.read_text(self.git, self._have(commit), path)

    def bundle(self, commit: str, base: str | None = None) -> bytes:
        """With history and tags, or without if that is too large (see ``write_bundle``)."""
        refs = {"HEAD": self._have(commit)}
        if base is not None:
            refs[BASE] = self._have(base)
        return write_bundle(self.git, self.cache.git, refs, self.limits, self.identity)

    def archive(self, commit: str) -> bytes:
        """Exactly the commit's files, whatever its ``.gitattributes`` say."""
        return reading.tar_of(self.git, self._have(commit), self.limits.archive_bytes)

    def protect(self, base: str, commit: str, protection: Protection) -> Protected:
        """See ``integrations.git.protection.protect``."""
        return protect(self.git, self._have(base), self._have(commit), protection, self.identity)

    def accept(self, bundle: bytes, parent: str, message: str) -> str:
        """On disk, and on the remote with ``keep_on_remote``, when this returns.

        Raises HandOverRefused, Unavailable, RepositoryUnavailable.
        """
        self._have(parent)
        limits, identity = self.limits, self.identity
        commit = take_in(self.git, bundle, parent, message, limits, identity, self._keep)
        if self.keep_on_remote and commit != parent:
            try:
                self.cache.remote.push(self.git, commit, safety_ref(self.run_id, commit))
            except Declined as refusal:
                raise HandOverRefused(f"{refusal} Undo what the server does not take.") from refusal
        return commit

    def diff(self, base: str, head: str) -> Diff:
        """See ``difference``."""
        return difference(self.git, self._have(base), self._have(head), self.limits)

    def push(self, branch: str, commit: str) -> None:
        """See ``move_branch``."""
        move_branch(self.git, self.cache, branch, self._have(commit), self.identity)

    def add_file(self, branch: str, path: str, text: str, message: str) -> None:
        """See ``integrations.git.branches.add_file``."""
        add_file(self.git, self.cache, branch, path, text, message, self.identity)

    def commit_file(self, parent: str, path: str, text: str, message: str) -> str:
        """See ``integrations.git.branches.commit_file``."""
        commit = commit_file(self.git, self._have(parent), path, text, message, self.identity)
        self._known.add(commit)
        return commit

    def keep_journal(self, text: str) -> None:
        """See ``KeptJournal.write``; nothing is kept without a key, or without a remote to keep it.

        Raises Unavailable, RateLimited, RepositoryUnavailable.
        """
        if self.journal is not None:
            self.journal.write(text, self.identity)

    def kept_journal(self) -> str | None:
        """See ``KeptJournal.read``. Raises Unavailable, RateLimited, RepositoryUnavailable."""
        return None if self.journal is None else self.journal.read()

    def forget(self, *, journal: bool = False) -> None:
        """Delete the refs on the remote with one push, and the run's directory if it is there.

        Raises Unavailable, RateLimited, RepositoryUnavailable.
        """
        try:
            if self.keep_on_remote:
                # From the cache, since the run's directory may be gone already.
                self.cache.prepare()
                git, remote = self.cache.git, self.cache.remote
                kept = (journal_ref(self.run_id),) if journal else ()
                remote.delete(git, remote.refs(git, safety_ref(self.run_id, "*"), *kept))
        finally:
            shutil.rmtree(self.git.git_dir, ignore_errors=True)

    def _keep(self, commit: str) -> None:
        self.git.run("update-ref", safety_ref(self.run_id, commit), commit, config=DURABLE)
        self._known.add(commit)

    def _have(self, commit: str) -> str:
        """Make sure that the commit is here, fetching it if another machine made it."""
        if commit in self._known:
            return commit
        if not _ID.fullmatch(commit):
            raise RepositoryUnavailable(f"{commit!r} is not the full id of a commit.")
        if not has_commit(self.git, commit):
            self._fetch(commit)
        self._known.add(commit)
        return commit

    def _fetch(self, commit: str) -> None:
        remote = self.cache.remote
        if self.keep_on_remote:
            kept = safety_ref(self.run_id, "*")
            remote.fetch(self.git, f"+{kept}:{kept}")
        if not has_commit(self.git, commit):
            self.cache.refresh()
        if not has_commit(self.git, commit):
            remote.fetch(self.git, commit)
