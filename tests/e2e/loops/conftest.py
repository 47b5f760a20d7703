"""One stage for all scripted runs."""

from collections.abc import Iterator

import pytest

from integrations.stubs.parts import StubsConfig
from integrations.stubs.server import start_stubs
from tests.e2e.loops.stage import TOKEN, Stage
from tests.integration.docker import engine


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    engine.api().close()
    directory = tmp_path_factory.mktemp("loops")
    with start_stubs(StubsConfig(git_root=directory / "git", github_token=TOKEN)) as stubs:
        yield Stage(directory, stubs)
