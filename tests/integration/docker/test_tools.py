"""The layer of tools: copied on top of any image, kept by content, never pulled."""

import io
from collections.abc import Iterator

import pytest
from docker import APIClient

from integrations.docker import DockerSandboxes
from integrations.docker.images import TOOLS_LABEL
from tests.integration.docker import engine
from tests.integration.docker.engine import did
from tests.integration.docker.test_images import archive
from worker.domain.errors import ImageUnavailable
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import SandboxSpec

pytestmark = pytest.mark.integration


def make_tool(client: APIClient, tag: str, version: str) -> None:
    made = f"""FROM {engine.IMAGE} AS made
USER root
RUN mkdir -p /opt/storyfleet/agents/greeter && cd /opt/storyfleet/agents/greeter \\
 && printf '#!/bin/sh\\necho {version}\\n' >greet && chmod +x greet && touch /elsewhere
FROM scratch
COPY --from=made /opt/storyfleet /opt/storyfleet
COPY --from=made /elsewhere /elsewhere
LABEL version={version}
"""
    for step in client.build(fileobj=io.BytesIO(made.encode()), tag=tag, rm=True, decode=True):
        assert "error" not in step, step


@pytest.fixture
def tool(client: APIClient, run: RunId) -> Iterator[str]:
    name = f"agent-greeter:{run}"
    make_tool(client, f"storyfleet/{name}", f"one-{run}")
    yield name
    client.remove_image(f"storyfleet/{name}", force=True)


@pytest.fixture
def made(client: APIClient) -> Iterator[list[str]]:
    images: list[str] = []
    yield images
    for image in reversed(images):
        engine.untag(client, image)


def test_tools_lie_on_top_of_the_project_s_image(
    client: APIClient,
    sandboxes: DockerSandboxes,
    handed_in: bytes,
    run: RunId,
    tool: str,
    made: list[str],
) -> None:
    engine.forwarder()
    spec = ImageSpec(setup=(f"echo {run} >product",))
    made.append(sandboxes.image(spec, lambda: archive({"README.md": "# Shop\n"})))
    made.append(
        sandboxes.image(spec, lambda: archive({"README.md": "# Shop\n"}), (tool, "forward"))
    )

    with sandboxes.open(SandboxSpec(run, 1, "agent", made[1], engine.SMALL), handed_in) as sandbox:
        assert did(sandbox, "/opt/storyfleet/agents/greeter/greet").output == f"one-{run}\n"
        assert did(sandbox, "cat product; ls /opt/storyfleet").output.split() == [
            *(run, "agents", "checkout", "forward")
        ]
        assert not did(sandbox, "ls /elsewhere").ok, "only the tool's own tree is taken"
    details = client.inspect_image(made[1])  # type: ignore[no-untyped-call]
    assert details["Config"]["Labels"][TOOLS_LABEL] == f"{tool} forward"


def test_it_is_kept_until_a_part_changes(
    client: APIClient, sandboxes: DockerSandboxes, run: RunId, tool: str, made: list[str]
) -> None:
    made.append(sandboxes.image(ImageSpec(), bytes, (tool,)))
    assert sandboxes.image(ImageSpec(), bytes, (tool,)) == made[0]
    assert sandboxes.image(ImageSpec(), bytes) not in made

    make_tool(client, f"storyfleet/{tool}", f"two-{run}")
    made.append(sandboxes.image(ImageSpec(), bytes, (tool,)))

    assert made[1] != made[0]


@pytest.mark.parametrize(
    ("tool", "remedy"),
    [
        ("agent-nobody:1.2.3", "storyfleet/agent-nobody:1.2.3.*infra/scripts/images agent-nobody$"),
        ("nothing", "storyfleet/nothing:latest.*infra/scripts/images nothing$"),
    ],
)
def test_a_tool_that_was_not_built(sandboxes: DockerSandboxes, tool: str, remedy: str) -> None:
    with pytest.raises(ImageUnavailable, match=remedy):
        sandboxes.image(ImageSpec(), bytes, (tool,))
