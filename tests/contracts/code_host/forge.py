"""What the code host suite needs beside the port: repositories with branches, and a person."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from integrations.github import GitHubCodeHost
from integrations.memory.code_host import MemoryCodeHost
from integrations.stubs import Stubs
from integrations.stubs.repositories import git_environment
from worker.ports import CodeHost

REPOSITORY = "acme/demo"
BRANCHES = ("agent/ship-1-add", "agent/ship-2-other", "a-persons-own")


@dataclass(frozen=True)
class Shown:
    """A pull request as a person sees it."""

    number: int
    title: str
    body: str
    base: str
    branch: str
    labels: tuple[str, ...]
    draft: bool
    open: bool


class Forge(Protocol):
    def code_host(self) -> CodeHost: ...

    def pulls(self) -> list[Shown]: ...

    def close_pull(self, number: int) -> None: ...

    def merge_pull(self, number: int) -> None: ...


@dataclass
class MemoryForge:
    memory: MemoryCodeHost

    def code_host(self) -> CodeHost:
        return self.memory

    def pulls(self) -> list[Shown]:
        return [
            Shown(
                pull.number,
                pull.text.title,
                pull.text.body,
                pull.base,
                pull.branch,
                pull.text.labels,
                draft=pull.draft,
                open=pull.open,
            )
            for pull in self.memory.pulls(REPOSITORY)
        ]

    def close_pull(self, number: int) -> None:
        self.memory.close_pull(REPOSITORY, number)

    def merge_pull(self, number: int) -> None:
        self.memory.close_pull(REPOSITORY, number, merged=True)


@dataclass
class GitHubForge:
    stubs: Stubs
    connect: Callable[[], GitHubCodeHost]

    def code_host(self) -> CodeHost:
        return self.connect()

    def pulls(self) -> list[Shown]:
        return [
            Shown(
                pull.number,
                pull.title,
                pull.body or "",
                pull.base,
                pull.head,
                tuple(pull.labels),
                draft=pull.draft,
                open=pull.state == "open",
            )
            for pull in self.stubs.github.repository(REPOSITORY).pulls
        ]

    def close_pull(self, number: int) -> None:
        self.stubs.maintainer.close(REPOSITORY, number)

    def merge_pull(self, number: int) -> None:
        self.stubs.maintainer.merge(REPOSITORY, number)


def add_branches(repository: Path, *names: str) -> None:
    """Branches with one commit each, that adds a file."""
    who = {f"GIT_{r}_{w}": "a@b.c" for r in ("AUTHOR", "COMMITTER") for w in ("NAME", "EMAIL")}
    environment = {**git_environment(), **who, "GIT_DIR": str(repository)}

    def git(*arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            ["git", *arguments],
            input=stdin,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    for name in names:
        blob = git("hash-object", "-w", "--stdin", stdin=f"{name}\n")
        tree = git("mktree", stdin=f"{git('ls-tree', 'main')}\n100644 blob {blob}\tadded.txt\n")
        commit = git("commit-tree", tree, "-p", "main", "-m", "Add a file")
        git("update-ref", f"refs/heads/{name}", commit)
