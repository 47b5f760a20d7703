from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.repositories import worlds


@pytest.fixture(params=["memory", "git-directory", "git-http"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[worlds.World]:
    with worlds.world(request.param, tmp_path) as made:
        yield made
