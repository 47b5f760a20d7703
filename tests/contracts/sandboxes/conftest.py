"""Every world, with a sandbox open in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.sandboxes.worlds import (
    FILES,
    DockerWorld,
    MemoryWorld,
    ScriptedWorld,
    World,
    spec,
)
from tests.integration.docker import engine
from worker.domain.lease import RunId
from worker.ports import Sandbox

IN_DOCKER = pytest.param("docker", marks=pytest.mark.integration)


def made(kind: str, scratch: Path) -> World:
    if kind == "memory":
        return MemoryWorld()
    if kind == "scripted":
        return ScriptedWorld(scratch)
    engine.api().close()
    return DockerWorld(scratch)


@pytest.fixture(params=["memory", "scripted", IN_DOCKER])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    return made(request.param, tmp_path)


@pytest.fixture(params=["memory", IN_DOCKER])
def shell_world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """Not the scripted one: its few commands write no output, read no input and change no file."""
    return made(request.param, tmp_path)


@pytest.fixture
def run_id() -> RunId:
    return engine.new_run()


@pytest.fixture
def base(world: World) -> bytes:
    return world.bundle(FILES)


@pytest.fixture
def sandbox(world: World, run_id: RunId, base: bytes) -> Iterator[Sandbox]:
    with world.sandboxes.open(spec(world, run_id), base) as opened:
        yield opened


@pytest.fixture
def shell_base(shell_world: World) -> bytes:
    return shell_world.bundle(FILES)


@pytest.fixture
def shell(shell_world: World, run_id: RunId, shell_base: bytes) -> Iterator[Sandbox]:
    with shell_world.sandboxes.open(spec(shell_world, run_id), shell_base) as opened:
        yield opened
