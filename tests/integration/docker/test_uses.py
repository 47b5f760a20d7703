"""Images that nobody uses any more are removed; on a daemon of the tests' own, since all are."""

import time

import pytest
from docker import APIClient
from docker.errors import ImageNotFound

from integrations.docker import DockerSandboxes
from tests.integration.docker import engine
from tests.integration.docker.private_daemon import PrivateDaemon
from tests.integration.docker.test_images import archive
from worker.domain.errors import Unavailable
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import SandboxSpec

pytestmark = pytest.mark.integration

FILES = archive({"D": f"FROM {engine.IMAGE}\nENV MADE=here\n"})
SPEC = ImageSpec(dockerfile="D")


@pytest.fixture
def ours(daemon: PrivateDaemon) -> DockerSandboxes:
    engine.forwarder()
    daemon.load(engine.FORWARDER)
    sandboxes = DockerSandboxes(engine.IMAGE, daemon.docker_host)
    sandboxes.prune(0)
    return sandboxes


def marks(client: APIClient, image: str) -> list[str]:
    tags: list[str] = client.inspect_image(image)["RepoTags"]  # type: ignore[no-untyped-call]
    return [tag for tag in tags if tag.startswith("storyfleet/used:")]


def there(client: APIClient, image: str) -> bool:
    try:
        client.inspect_image(image)  # type: ignore[no-untyped-call]
    except ImageNotFound:
        return False
    return True


def test_what_was_built_and_is_not_used_goes(ours: DockerSandboxes, daemon: PrivateDaemon) -> None:
    built = [ours.image(SPEC, lambda: FILES), ours.image(SPEC, lambda: FILES, ("forward",))]

    assert ours.prune(3600) == 0
    with daemon.api() as client:
        assert [len(marks(client, image)) for image in built] == [1, 1]
        assert ours.prune(0) == 2
        assert not any(there(client, image) for image in built)
        assert there(client, engine.IMAGE)
        assert there(client, engine.FORWARDER)
        assert client.images(filters={"reference": "storyfleet/used"}) == []
    assert ours.prune(0) == 0


def test_what_has_a_sandbox_stays(
    ours: DockerSandboxes, daemon: PrivateDaemon, handed_in: bytes, run: RunId
) -> None:
    image = ours.image(SPEC, lambda: FILES)
    with (
        daemon.api() as client,
        ours.open(SandboxSpec(run, 1, "agent", image, engine.SMALL), handed_in) as sandbox,
    ):
        before = client.inspect_image(image)["RepoTags"]  # type: ignore[no-untyped-call]
        assert ours.prune(0) == 0
        assert client.inspect_image(image)["RepoTags"] == before  # type: ignore[no-untyped-call]
        assert engine.did(sandbox, "true").ok
    assert ours.prune(0) == 1


def test_a_use_is_noted_once_an_hour(ours: DockerSandboxes, daemon: PrivateDaemon) -> None:
    image = ours.image(SPEC, lambda: FILES)
    with daemon.api() as client:
        (mark,) = marks(client, image)
        for age in (1800, 7200):
            for old in marks(client, image):
                client.remove_image(old)
            client.tag(image, "storyfleet/used", f"{int(time.time()) - age}-before")
            ours.image(SPEC, lambda: FILES)
            assert [each.endswith("-before") for each in marks(client, image)] == [age == 1800]
            assert ours.prune(5400) == 0
        assert marks(client, image)[0].partition("-")[2] == mark.partition("-")[2]


def test_what_was_never_noted_counts_from_now(ours: DockerSandboxes, daemon: PrivateDaemon) -> None:
    image = ours.image(SPEC, lambda: FILES)
    with daemon.api() as client:
        for mark in marks(client, image):
            client.remove_image(mark)
        assert ours.prune(0) == 0
        assert len(marks(client, image)) == 1
        assert ours.prune(0) == 1


def test_an_image_that_is_taken_away_meanwhile_is_made_again(
    ours: DockerSandboxes, handed_in: bytes, run: RunId
) -> None:
    image = ours.image(SPEC, lambda: FILES)
    ours.prune(0)
    with (
        pytest.raises(Unavailable, match="made again"),
        ours.open(SandboxSpec(run, 1, "agent", image, engine.SMALL), handed_in),
    ):
        pass
    assert ours.image(SPEC, lambda: FILES)
