"""What a worker leaves that is killed before its sandbox or its image is ready."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from docker import APIClient

from integrations.docker import DockerSandboxes
from integrations.docker.hardening import FENCE_LABEL, FLEET_LABEL, RUN_LABEL, Terms, create
from tests.integration.docker import engine
from tests.integration.docker.engine import did
from tests.integration.docker.private_daemon import PrivateDaemon
from tests.integration.docker.test_images import archive
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import FoundSandbox, SandboxSpec

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[3]
OPENING = """
import sys
from pathlib import Path
from integrations.docker import DockerSandboxes
from tests.integration.docker import engine
from worker.domain.lease import RunId
from worker.ports import SandboxSpec
fleet, run, image, bundle = sys.argv[1:]
spec = SandboxSpec(RunId(run), 1, "agent", image, engine.SMALL)
with DockerSandboxes(engine.IMAGE, fleet=fleet).open(spec, Path(bundle).read_bytes()):
    raise SystemExit("it was not to come to this")
"""
BUILDING = """
import sys
from integrations.docker import DockerSandboxes
from tests.integration.docker import engine
from tests.integration.docker.test_images import archive
from worker.domain.plan import ImageSpec
host, dockerfile = sys.argv[1:]
DockerSandboxes(engine.IMAGE, host).image(
    ImageSpec(dockerfile="D"), lambda: archive({"D": dockerfile})
)
"""


@pytest.fixture
def fleet() -> str:
    return engine.new_run()


@pytest.fixture
def ours(fleet: str, client: APIClient) -> DockerSandboxes:
    return DockerSandboxes(engine.IMAGE, fleet=fleet)


@contextmanager
def killed_when(ready: Callable[[], bool], program: str, *arguments: str) -> Iterator[None]:
    """A worker, killed -9 as soon as it is time."""
    with subprocess.Popen([sys.executable, "-c", program, *arguments], cwd=ROOT) as worker:
        try:
            deadline = time.monotonic() + 120
            while not ready():
                assert worker.poll() is None, "it has ended by itself"
                assert time.monotonic() < deadline
                time.sleep(0.05)
        finally:
            worker.send_signal(signal.SIGKILL)
    yield


def test_created_and_never_started(
    client: APIClient, ours: DockerSandboxes, fleet: str, run: RunId
) -> None:
    spec = SandboxSpec(run, 4, "agent", engine.IMAGE, engine.SMALL)
    create(client, spec, f"storyfleet-{run}", Terms(fleet, None, 60))

    assert list(ours.found()) == [FoundSandbox(run, 4)]
    assert ours.stop(run, below_fence=5) == 1
    assert ours.found() == []
    assert engine.containers(client, run) == []


def test_started_and_not_yet_handed_the_checkout(
    client: APIClient,
    ours: DockerSandboxes,
    fleet: str,
    handed_in: bytes,
    run: RunId,
    tmp_path: Path,
) -> None:
    (tmp_path / "bundle").write_bytes(handed_in)
    slow = f"FROM {engine.IMAGE}\nUSER root\nRUN echo 'exec sleep 600' >/usr/bin/git\n"
    image = ours.image(ImageSpec(dockerfile="D"), lambda: archive({"D": slow}))

    def handing_in() -> bool:
        return bool(engine.containers(client, run)) and engine.busy(client, run)

    try:
        with killed_when(handing_in, OPENING, fleet, run, image, str(tmp_path / "bundle")):
            assert list(ours.found()) == [FoundSandbox(run, 1)]
            assert ours.stop(run) == 1
            assert engine.containers(client, run) == []
    finally:
        ours.stop(run)
        client.remove_image(image, force=True)


def test_a_fence_that_cannot_be_read_is_older_than_all(
    client: APIClient, ours: DockerSandboxes, fleet: str, run: RunId
) -> None:
    labels = {FLEET_LABEL: fleet, RUN_LABEL: run}
    for fence in ({}, {FENCE_LABEL: ""}, {FENCE_LABEL: "²"}, {FENCE_LABEL: "-7"}):
        client.create_container(engine.IMAGE, command=["true"], labels={**labels, **fence})

    assert list(ours.found()) == [FoundSandbox(run, -1)] * 4
    assert ours.stop(run, below_fence=0) == 4


def test_a_build_whose_worker_was_killed(
    daemon: PrivateDaemon, handed_in: bytes, run: RunId
) -> None:
    dockerfile = f"FROM {engine.IMAGE}\nUSER root\nRUN sleep 5; echo {run} >/opt/run\n"
    sandboxes = DockerSandboxes(engine.IMAGE, daemon.docker_host)

    def building() -> bool:
        with daemon.api() as client:
            return bool(client.containers())

    with killed_when(building, BUILDING, daemon.docker_host, dockerfile):
        assert sandboxes.found() == []
        image = sandboxes.image(ImageSpec(dockerfile="D"), lambda: archive({"D": dockerfile}))
    with sandboxes.open(SandboxSpec(run, 1, "agent", image, engine.SMALL), handed_in) as sandbox:
        assert did(sandbox, "cat /opt/run").output == f"{run}\n"
    with daemon.api() as client:
        assert client.containers(all=True) == []
