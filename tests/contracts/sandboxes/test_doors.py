"""What every machine promises of tools, and of a sandbox with a way to the gateway."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.contracts.sandboxes import worlds
from tests.contracts.sandboxes.worlds import DockerWorld, World, spec
from tests.integration.docker import engine
from worker.domain.command import Command
from worker.domain.errors import ImageUnavailable
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec


def test_a_sandbox_with_a_door(world: World, run_id: RunId, base: bytes, tmp_path: Path) -> None:
    if isinstance(world, DockerWorld):
        engine.forwarder()
    image = world.sandboxes.image(ImageSpec(), bytes, ("forward",))
    with_door = replace(spec(world, run_id), image=image, door=str(tmp_path))

    with world.sandboxes.open(with_door, base) as sandbox:
        assert sandbox.run(Command(worlds.FIND, 30)).ok


def test_without_the_forwarder_there_is_no_door(
    shell_world: World, run_id: RunId, shell_base: bytes, tmp_path: Path
) -> None:
    with_door = replace(spec(shell_world, run_id), door=str(tmp_path))
    with (
        pytest.raises(ImageUnavailable, match="forwarder"),
        shell_world.sandboxes.open(with_door, shell_base),
    ):
        pass


def test_a_tool_that_is_not_there(shell_world: World) -> None:
    with pytest.raises(ImageUnavailable, match="agent-nobody"):
        shell_world.sandboxes.image(ImageSpec(), bytes, (worlds.NO_TOOL,))
