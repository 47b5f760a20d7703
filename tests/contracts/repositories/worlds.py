"""The same world three times: in memory, on git over a directory, on git over HTTP."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from integrations.git import GitRepositories
from integrations.memory.repositories import MemoryRepositories
from integrations.stubs.repositories import seed_repository
from tests.integration.git import workshop
from worker.domain.errors import Unavailable
from worker.ports import Repositories

TOKEN = "a-token-for-tests"
JOURNAL_KEY = b"a key that only this fleet knows"


class World(Protocol):
    """A server with people on it, a fleet, and a sandbox."""

    @property
    def repositories(self) -> Repositories: ...

    @property
    def elsewhere(self) -> Repositories:
        """The same fleet on another machine."""
        ...

    def down(self) -> AbstractContextManager[None]:
        """The server does not answer meanwhile."""
        ...

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

    @property
    def elsewhere(self) -> MemoryRepositories:
        return self.repositories

    @contextmanager
    def down(self) -> Iterator[None]:
        self.repositories.failure = Unavailable("the server is down")
        yield
        self.repositories.failure = None

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
    address: str
    token: Callable[[], str] | None
    git_root: Path
    scratch: Path

    @property
    def repositories(self) -> GitRepositories:
        return self._fleet("fleet")

    @property
    def elsewhere(self) -> GitRepositories:
        return self._fleet("another machine")

    @contextmanager
    def down(self) -> Iterator[None]:
        address = self.address
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        yield
        self.address = address

    def _fleet(self, root: str) -> GitRepositories:
        return GitRepositories(
            self.scratch / root,
            lambda slug: f"{self.address}/{slug}.git",
            self.token,
            journal_key=JOURNAL_KEY,
        )

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
    git_root = directory / "server"
    git_root.mkdir()
    if kind == "memory":
        yield MemoryWorld(MemoryRepositories())
    elif kind == "git-directory":
        yield GitWorld(str(git_root), None, git_root, directory)
    else:
        with workshop.served(git_root, lambda: [TOKEN]) as url:
            yield GitWorld(url, lambda: TOKEN, git_root, directory)
