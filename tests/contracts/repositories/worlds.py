"""The same world three times: in memory, on git over a directory, on git over HTTP."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from integrations.git import GitRepositories
from integrations.memory.repositories import MemoryRepositories
from integrations.stubs.repositories import seed_repository
from tests.integration.git import workshop
from worker.ports import Repositories

TOKEN = "a-token-for-tests"


class World(Protocol):
    """A server with people on it, a fleet, and a sandbox."""

    @property
    def repositories(self) -> Repositories: ...

    def create(self, slug: str, files: Mapping[str, str]) -> str: ...

    def commit_as_person(self, slug: str, branch: str, files: Mapping[str, str]) -> str: ...

    def branch(self, slug: str, branch: str) -> Mapping[str, str] | None: ...

    def work(self, bundle: bytes, changes: Mapping[str, str | None]) -> bytes:
        """What a sandbox that was handed ``bundle`` hands out after some changes."""
        ...

    def forge(self, bundle: bytes, path: str) -> bytes:
        """What a hostile sandbox hands out to write to ``path``."""
        ...


@dataclass
class MemoryWorld:
    repositories: MemoryRepositories

    def create(self, slug: str, files: Mapping[str, str]) -> str:
        return self.repositories.create(slug, files)

    def commit_as_person(self, slug: str, branch: str, files: Mapping[str, str]) -> str:
        return self.repositories.commit(slug, branch, files, "by a person")

    def branch(self, slug: str, branch: str) -> Mapping[str, str] | None:
        return self.repositories.branch_files(slug, branch)

    def work(self, bundle: bytes, changes: Mapping[str, str | None]) -> bytes:
        files = {**json.loads(bundle)["files"], **changes}
        kept = {path: text for path, text in files.items() if text is not None}
        return json.dumps({"files": kept}).encode()

    def forge(self, bundle: bytes, path: str) -> bytes:
        return self.work(bundle, {path: "evil"})


@dataclass
class GitWorld:
    repositories: GitRepositories
    git_root: Path
    scratch: Path

    def create(self, slug: str, files: Mapping[str, str]) -> str:
        return seed_repository(self.git_root, slug, files)

    def commit_as_person(self, slug: str, branch: str, files: Mapping[str, str]) -> str:
        return workshop.commit_as_person(self._bare(slug), branch, files)

    def branch(self, slug: str, branch: str) -> Mapping[str, str] | None:
        return workshop.branch_files(self._bare(slug), branch)

    def work(self, bundle: bytes, changes: Mapping[str, str | None]) -> bytes:
        directory = workshop.unpacked(bundle, self.scratch / "workspace")
        workshop.write_files(directory, changes)
        return workshop.handed_out(directory)

    def forge(self, bundle: bytes, path: str) -> bytes:
        directory = workshop.unpacked(bundle, self.scratch / "workspace")
        object_id, mode = workshop.blob(directory, b"evil"), "100644"
        for part in reversed(path.split("/")):
            object_id = workshop.raw_tree(directory, [(mode, part.encode(), object_id)])
            mode = "40000"
        return workshop.bundle_of_tree(directory, object_id)

    def _bare(self, slug: str) -> Path:
        return self.git_root / f"{slug}.git"


@contextmanager
def world(kind: str, directory: Path) -> Iterator[World]:
    """``memory``, ``git-directory`` or ``git-http``."""
    root, git_root = directory / "fleet", directory / "server"
    git_root.mkdir()
    if kind == "memory":
        yield MemoryWorld(MemoryRepositories())
    elif kind == "git-directory":
        on_disk = GitRepositories(root, lambda slug: str(git_root / f"{slug}.git"))
        yield GitWorld(on_disk, git_root, directory)
    else:
        with workshop.served(git_root, lambda: [TOKEN]) as url:
            over_http = GitRepositories(root, lambda slug: f"{url}/{slug}.git", lambda: TOKEN)
            yield GitWorld(over_http, git_root, directory)
