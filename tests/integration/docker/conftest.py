from collections.abc import Iterator
from pathlib import Path

import pytest
from docker import APIClient

from integrations.docker import DockerSandboxes
from integrations.docker.sandbox import DockerSandbox
from tests.integration.docker import engine
from tests.integration.docker.private_daemon import PrivateDaemon, private_daemon
from worker.domain.lease import RunId


@pytest.fixture
def client() -> Iterator[APIClient]:
    with engine.api() as made:
        yield made


@pytest.fixture
def sandboxes(client: APIClient) -> DockerSandboxes:
    return DockerSandboxes(engine.IMAGE, fleet=engine.FLEET)


@pytest.fixture
def handed_in(tmp_path: Path) -> bytes:
    return engine.bundle(tmp_path)


@pytest.fixture
def run() -> RunId:
    return engine.new_run()


@pytest.fixture
def sandbox(sandboxes: DockerSandboxes, handed_in: bytes, run: RunId) -> Iterator[DockerSandbox]:
    with engine.sandbox(sandboxes, handed_in, run=run) as made:
        yield made


@pytest.fixture(scope="session")
def one_private_daemon() -> Iterator[PrivateDaemon]:
    with private_daemon() as daemon:
        yield daemon


@pytest.fixture
def daemon(one_private_daemon: PrivateDaemon) -> Iterator[PrivateDaemon]:
    """Running, and empty, whatever the test before did to it."""
    yield one_private_daemon
    one_private_daemon.start()
    one_private_daemon.remove_containers()
