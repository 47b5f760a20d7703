from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.broker.servers import Server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    directory = tmp_path / "redis"
    directory.mkdir()
    made = Server(directory)
    yield made
    made.kill()
