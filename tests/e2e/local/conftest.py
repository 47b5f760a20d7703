"""What ``fleet run`` needs of this machine: Docker with the sandbox's image; scripted models."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import docker
import pytest
from docker.errors import DockerException

from integrations.stubs.parts import StubsConfig
from integrations.stubs.server import Stubs, start_stubs
from tests.e2e.local.person import Person, repository

SANDBOX_IMAGE = "storyfleet/sandbox:latest"

TILLS = {
    "tills/__init__.py": "",
    "tills/money.py": "def total(items):\n    return sum(items)\n",
    "tests/test_money.py": (
        "from tills.money import double, total\n\n\n"
        "def test_total():\n    assert total([1, 2]) == 3\n\n\n"
        "def test_double():\n    assert double(4) == 8\n"
    ),
    "pyproject.toml": (
        '[project]\nname = "tills"\nversion = "0"\n\n'
        '[tool.pytest.ini_options]\npythonpath = ["."]\naddopts = "-p no:cacheprovider"\n'
    ),
    # What the agents write here is only to pass: see tests/e2e/loops for what tests are worth.
    ".storyfleet.toml": "[mutation]\nseconds = 0\n",
}
"""A Python package whose tests ask for a function that is not there yet."""


@pytest.fixture(scope="session", autouse=True)
def _sandboxes() -> None:
    try:
        with closing(docker.from_env()) as client:
            client.images.get(SANDBOX_IMAGE)
    except DockerException as fault:
        missing = f"no Docker with {SANDBOX_IMAGE} (infra/scripts/images makes it): {fault}"
        if os.environ.get("CI"):  # noqa: TID251 - a test's own switch, not a setting
            pytest.fail(missing)
        pytest.skip(missing)


@pytest.fixture
def stubs(tmp_path: Path) -> Iterator[Stubs]:
    """The models' stub; a test sets its script."""
    with start_stubs(StubsConfig(git_root=tmp_path / "git")) as running:
        yield running


@pytest.fixture
def person(tmp_path: Path) -> Person:
    """Works on the package, in a directory whose name has blanks and letters of any alphabet."""
    home = tmp_path / "home"
    home.mkdir()
    return Person(home, repository(tmp_path / "Mein Gerät" / "tills ☕", TILLS))


@pytest.fixture
def modelled(person: Person, stubs: Stubs) -> Person:
    """The same, with the scripted models within reach."""
    person.settings |= {
        "OPENAI_BASE_URL": f"{stubs.url}/openai/v1",
        "OPENAI_API_KEY": "sk-local-canary-key",
    }
    return person
