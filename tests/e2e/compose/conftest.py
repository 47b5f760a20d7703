"""One compose project for the whole suite, and twelve tickets that it worked on."""

import os
import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NoReturn

import pytest
from docker import APIClient
from docker.errors import DockerException, ImageNotFound

from tests.e2e.compose.project import IMAGES, Json, Project, compose_command, environment
from worker.demo import scene

TICKETS: Final = 12
WORKERS: Final = 3
SANDBOX_IMAGE: Final = "storyfleet/sandbox:latest"


@dataclass(frozen=True)
class Worked:
    """What there was to see while the tickets were worked on, and after."""

    project: Project
    tickets: list[Json]
    pulls: list[Json]
    sandboxes: list[Json]
    """As the engine told of them while they were there."""


def _cannot(why: str) -> NoReturn:
    """A skip on a laptop, a failure in CI."""
    if os.environ.get("CI"):  # noqa: TID251 - nothing may be skipped there
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def settings() -> dict[str, str]:
    """The env file's own part; what is secret in it is random, so that it can be looked for."""
    names = ("POSTGRES_PASSWORD", "GITHUB_WEBHOOK_SECRET", "LINEAR_API_KEY", "GITHUB_TOKEN",
             "LINEAR_WEBHOOK_SECRET", "OPENAI_API_KEY", "ANTHROPIC_API_KEY")  # fmt: skip
    return {name: f"canary{secrets.token_hex(12)}" for name in names} | {"LOG_FORMAT": "json"}


@pytest.fixture(scope="session")
def engine() -> Iterator[APIClient]:
    """The engine, with every image that compose needs."""
    images = [SANDBOX_IMAGE, *(environment().get(name, IMAGES[name]) for name in IMAGES)]
    try:
        client = APIClient(version="auto")
        for image in images:
            client.inspect_image(image)  # type: ignore[no-untyped-call]
    except ImageNotFound as fault:
        _cannot(f"an image is missing (infra/scripts/images sandbox worker compose): {fault}")
    except (DockerException, OSError) as fault:
        _cannot(f"no Docker engine (start dockerd): {fault}")
    yield client
    client.close()


@pytest.fixture(scope="session")
def project(
    engine: APIClient,
    settings: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Project]:
    """All services up, with three workers; removed at the end, whatever happens."""
    command = compose_command()
    if command is None:
        _cannot("neither `docker compose` nor docker-compose is installed")
    project = Project(command, tmp_path_factory.mktemp("compose"), engine)
    project.write_env_file(settings)
    failed_before = request.session.testsfailed
    try:
        project.up(WORKERS)
        project.wait("healthy", lambda: _settled(project))
        yield project
    finally:
        if request.session.testsfailed > failed_before:
            sys.stderr.write(project.log_ends())
        project.down()


def _settled(project: Project) -> bool:
    return set(project.health().values()) <= {"healthy", "exited"}


@pytest.fixture(scope="session")
def worked(project: Project) -> Worked:
    """Twelve tickets written with the label, and waited for until all their runs are closed."""
    story = scene.scripted()
    tickets = [
        project.act(
            "/linear/tickets",
            title=f"{story.title} {number}",
            description=story.story,
            labels=["agent"],
        )
        for number in range(1, TICKETS + 1)
    ]
    seen: dict[str, Json] = {}

    def finished() -> bool:
        seen.update(project.sandboxes())
        return all("Done" in _last_comment(project, each) for each in tickets)

    project.wait(f"{TICKETS} tickets", finished)
    pulls: list[Json] = project.get("/github/pulls")
    return Worked(project, tickets, pulls, list(seen.values()))


def _last_comment(project: Project, ticket: Json) -> str:
    comments = project.get(f"/linear/tickets/{ticket['id']}")["comments"]
    return str(comments[-1]["body"]) if comments else ""
