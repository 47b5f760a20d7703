"""The rig, and each agent of the catalogue."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.agents.installed import InstalledAgent
from tests.agents.rig import Rig, installed, rigged
from tests.agents.vocabulary import SPEECHES, Speech


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path) as made:
        yield made


@pytest.fixture(params=sorted(SPEECHES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def agent(name: str) -> InstalledAgent:
    return installed(name)


@pytest.fixture
def speech(name: str) -> Speech:
    return SPEECHES[name]
