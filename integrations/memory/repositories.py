"""The Repositories port in memory: commits are mappings of paths to texts.

Bundles, in both directions, are ``json.dumps({"files": {path: text}}).encode()``.
"""

import difflib
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from integrations.memory.protection import protected
from worker.domain.errors import FleetError, HandOverRefused, PermanentError, RepositoryUnavailable
from worker.domain.evidence import Diff
from worker.domain.lease import RunId
from worker.domain.protection import Protected, Protection
from worker.domain.summary import Kept


@dataclass(frozen=True, slots=True)
class MemoryCommit:
    """A commit: whole files, one parent at most."""

    files: Mapping[str, str]
    parent: str | None
    message: str
    ours: bool
    """Whether the fleet made it."""


@dataclass(slots=True)
class MemoryRepositories:
    """All remotes of a test, and everything that was done to them."""

    commits: dict[str, MemoryCommit] = field(default_factory=dict)
    branches: dict[str, dict[str, str]] = field(default_factory=dict)
    """Commit by branch, by repository."""
    journals: dict[tuple[str, RunId], str] = field(default_factory=dict)
    """What ``keep_journal`` kept, by repository and run."""
    left: set[tuple[str, RunId]] = field(default_factory=set)
    """Repository and run of every checkout that was opened and not forgotten since."""
    forgotten: list[RunId] = field(default_factory=list)
    failure: FleetError | None = None
    """Raised by every ``open`` and ``kept`` while it is set."""

    def create(self, repository: str, files: Mapping[str, str], branch: str = "main") -> str:
        """A repository with one commit by a person; returns the commit."""
        self.branches[repository] = {}
        return self.commit(repository, branch, files, "Initial commit", ours=False)

    def commit(
        self,
        repository: str,
        branch: str,
        files: Mapping[str, str],
        message: str,
        *,
        ours: bool = False,
    ) -> str:
        """Put a commit with exactly these files on a branch, as somebody pushing it would."""
        parent = self.branches[repository].get(branch)
        commit = self.add(files, parent, message, ours=ours)
        self.branches[repository][branch] = commit
        return commit

    def branch_files(self, repository: str, branch: str) -> Mapping[str, str] | None:
        """What a person sees on the branch, or None where there is no such branch."""
        commit = self.branches[repository].get(branch)
        return None if commit is None else self.commits[commit].files

    def add(self, files: Mapping[str, str], parent: str | None, message: str, *, ours: bool) -> str:
        """Keep a commit; the same content is the same commit."""
        ordered = dict(sorted(files.items()))
        content = json.dumps([ordered, parent, message, ours])
        commit = hashlib.sha1(content.encode(), usedforsecurity=False).hexdigest()
        self.commits[commit] = MemoryCommit(ordered, parent, message, ours)
        return commit

    def history(self, commit: str | None) -> Iterator[str]:
        """The commit and its ancestors, newest first."""
        while commit is not None:
            yield commit
            commit = self.commits[commit].parent

    @contextmanager
    def open(self, repository: str, run_id: RunId) -> Iterator["MemoryCheckout"]:
        """Raises ``failure``, and RepositoryUnavailable where nobody created the repository."""
        self._reach(repository)
        self.left.add((repository, run_id))
        yield MemoryCheckout(self, repository, run_id)

    def kept(self, repository: str) -> Kept:
        """Raises what ``open`` raises."""
        self._reach(repository)
        both = (self.left, self.journals)
        return Kept(*(frozenset(run for of, run in one if of == repository) for one in both))

    def _reach(self, repository: str) -> None:
        if self.failure is not None:
            raise self.failure
        if repository not in self.branches:
            raise RepositoryUnavailable(f"there is no repository {repository}")


@dataclass(frozen=True, slots=True)
class MemoryCheckout:
    """See ``worker.ports.Checkout``."""

    world: MemoryRepositories
    repository: str
    run_id: RunId

    def resolve(self, branch: str) -> str:
        """Raises RepositoryUnavailable."""
        if branch in self._branches:
            return self._branches[branch]
        raise RepositoryUnavailable(f"{self.repository} has no branch {branch!r}")

    def files(self, commit: str) -> Sequence[str]:
        """Sorted."""
        return sorted(self._files(commit))

    def read(self, commit: str, path: str) -> str | None:
        """The text, or None."""
        return self._files(commit).get(path)

    def bundle(self, commit: str, base: str | None = None) -> bytes:
        """The format is this module's; of the base it says nothing, but the base must be there."""
        self._files(base or commit)
        return json.dumps({"files": dict(self._files(commit))}).encode()

    def archive(self, commit: str) -> bytes:
        """A real tar."""
        target = io.BytesIO()
        with tarfile.open(fileobj=target, mode="w") as tar:
            for path, text in self._files(commit).items():
                member = tarfile.TarInfo(path)
                member.size = len(text.encode())
                tar.addfile(member, io.BytesIO(text.encode()))
        return target.getvalue()

    def protect(self, base: str, commit: str, protection: Protection) -> Protected:
        """The same commit for the same arguments."""
        files, restored = protected(self._files(base), self._files(commit), protection)
        add = self.world.add
        return Protected(add(files, commit, "", ours=True) if restored else commit, restored)

    def accept(self, bundle: bytes, parent: str, message: str) -> str:
        """Raises HandOverRefused."""
        files = _read_bundle(bundle)
        if files == dict(self._files(parent)):
            return parent
        return self.world.add(files, parent, message, ours=True)

    def diff(self, base: str, head: str) -> Diff:
        """Without rename detection."""
        return _difference(self._files(base), self._files(head))

    def push(self, branch: str, commit: str) -> None:
        """Raises RepositoryUnavailable where a person's commits would be lost."""
        self._files(commit)
        kept = set(self.world.history(commit))
        for name, tip in self._branches.items():
            kept |= set(self.world.history(tip)) if name != branch else set()
        lost = [c for c in self.world.history(self._branches.get(branch)) if c not in kept]
        if any(not self.world.commits[c].ours for c in lost):
            raise RepositoryUnavailable(f"the branch {branch} holds someone else's commits")
        self._branches[branch] = commit

    def add_file(self, branch: str, path: str, text: str, message: str) -> None:
        """Raises RepositoryUnavailable where a person began the branch, PermanentError for a path
        that leads outside.
        """
        if _leads_outside(path):
            raise PermanentError(f"{path!r} leads outside the repository")
        tip = self._branches.get(branch)
        if any(not self.world.commits[c].ours for c in list(self.world.history(tip))[-1:]):
            raise RepositoryUnavailable(f"the branch {branch} holds other work")
        before = dict(self._files(tip)) if tip is not None else {}
        if before.get(path) != text:
            self.world.commit(self.repository, branch, before | {path: text}, message, ours=True)

    def commit_file(self, parent: str, path: str, text: str, message: str) -> str:
        """Raises PermanentError; there are no links here."""
        files = self._files(parent)
        if _leads_outside(path) or any(other.startswith(f"{path}/") for other in files):
            raise PermanentError(f"{path!r} is not a file of the repository")
        return self.world.add({**files, path: text}, parent, message, ours=True)

    def keep_journal(self, text: str) -> None:
        """Into ``MemoryRepositories.journals``."""
        self.world.journals[self.repository, self.run_id] = text

    def kept_journal(self) -> str | None:
        """From ``MemoryRepositories.journals``."""
        return self.world.journals.get((self.repository, self.run_id))

    def forget(self, *, journal: bool = False) -> None:
        """Remembered in ``MemoryRepositories.forgotten``."""
        self.world.forgotten.append(self.run_id)
        self.world.left.discard((self.repository, self.run_id))
        if journal:
            self.world.journals.pop((self.repository, self.run_id), None)

    @property
    def _branches(self) -> dict[str, str]:
        return self.world.branches[self.repository]

    def _files(self, commit: str) -> Mapping[str, str]:
        if commit not in self.world.commits:
            raise RepositoryUnavailable(f"{self.repository} has no commit {commit!r}")
        return self.world.commits[commit].files


def _read_bundle(bundle: bytes) -> dict[str, str]:
    try:
        files = json.loads(bundle)["files"]
    except (ValueError, KeyError, TypeError) as fault:
        raise HandOverRefused("The hand-over is not a bundle.") from fault
    if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
        raise HandOverRefused("The hand-over's bundle is malformed.")
    for path in files:
        if _leads_outside(path):
            raise HandOverRefused(f"{path!r} leads outside the repository.")
    return dict(sorted(files.items()))


def _leads_outside(path: str) -> bool:
    parts = path.split("/")
    return any(part in ("", ".", "..") or part.lower() == ".git" for part in parts)


def _difference(before: Mapping[str, str], after: Mapping[str, str]) -> Diff:
    changed = sorted(p for p in before.keys() | after.keys() if before.get(p) != after.get(p))
    text: list[str] = []
    for path in changed:
        name, other = (
            f"{side}/{path}" if path in files else "/dev/null"
            for side, files in (("a", before), ("b", after))
        )
        old, new = before.get(path, "").splitlines(), after.get(path, "").splitlines()
        text += [f"diff --git a/{path} b/{path}"]
        text += difflib.unified_diff(old, new, name, other, lineterm="")
    bodies = [line for line in text if not line.startswith(("+++ ", "--- "))]
    insertions = sum(line.startswith("+") for line in bodies)
    deletions = sum(line.startswith("-") for line in bodies)
    return Diff("".join(f"{line}\n" for line in text), tuple(changed), insertions, deletions)
