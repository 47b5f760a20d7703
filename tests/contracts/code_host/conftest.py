"""A forge per kind of code host: in memory, and GitHub over HTTP against the stub."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.github import GitHubCodeHost, fixed_token
from integrations.github.connection import Connection
from integrations.memory.code_host import MemoryCodeHost
from integrations.stubs import StubsConfig, seed_repository, start_stubs
from tests.contracts.code_host.forge import (
    BRANCHES,
    REPOSITORY,
    Forge,
    GitHubForge,
    MemoryForge,
    add_branches,
)


@pytest.fixture(params=["memory", "github"])
def forge(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Forge]:
    if request.param == "memory":
        yield MemoryForge(MemoryCodeHost({REPOSITORY: "main"}))
        return
    seed_repository(tmp_path, REPOSITORY, {"README.md": "# Demo\n"})
    add_branches(tmp_path / f"{REPOSITORY}.git", *BRANCHES, "trunk")
    config = StubsConfig(git_root=tmp_path)
    with start_stubs(config) as stubs:
        connection = Connection(
            f"{stubs.url}/github",
            seconds_between_requests=0,
            seconds_between_writes=0,
            backoff_seconds=0,
        )
        token = fixed_token(config.github_token)
        yield GitHubForge(stubs, lambda: GitHubCodeHost(connection, token))
