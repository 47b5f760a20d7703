from collections.abc import Callable
from pathlib import Path

import pytest

from worker.domain.errors import ConfigurationError
from worker.settings import Role, Settings

Load = Callable[..., Settings]
Faults = Callable[..., list[str]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Settings from the given variables alone, ``.env`` and ``fleet.toml`` in ``tmp_path``."""

    def load(role: Role = Role.LOCAL, /, **variables: str) -> Settings:
        given = {"DATA_DIR": str(tmp_path / "data")} | variables
        return Settings.load(role, variables=given, directory=tmp_path)

    return load


@pytest.fixture
def faults(load: Load) -> Faults:
    """The lines of what is refused, without their bullets; none where nothing is."""

    def faults(role: Role = Role.LOCAL, /, **variables: str) -> list[str]:
        try:
            load(role, **variables)
        except ConfigurationError as refusal:
            return [line.removeprefix("  * ") for line in str(refusal).splitlines()[1:]]
        return []

    return faults
