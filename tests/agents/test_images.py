"""An agent runs in the image of any project: it brings all it needs but a shell and a C library."""

import io
import tarfile
from collections.abc import Iterable, Iterator

import pytest
from docker import APIClient

from integrations.agents.installed import InstalledAgent
from integrations.agents.recipe import recipes
from integrations.docker.tools_layer import tool_image
from tests.integration.docker import engine

pytestmark = [pytest.mark.agents, pytest.mark.timeout(900)]

BASE = "storyfleet/base:bookworm"
BARE = r"""FROM {base}
RUN mkdir -p /bare/usr/bin /bare/usr/lib /bare/usr/lib64 \
 && for file in $(dpkg -L libc6 dash); do [ ! -e $file ] || echo $file; done \
  | tar --no-recursion -c -T - | tar -x -C /bare
FROM scratch
COPY --from=0 /bare /
COPY --from={agent} /opt/storyfleet/ /opt/storyfleet/
"""
SECONDS = 300


@pytest.fixture
def api() -> Iterator[APIClient]:
    with engine.api() as made:
        yield made


@pytest.fixture
def bare(api: APIClient, agent: InstalledAgent, name: str) -> Iterator[str]:
    """The agent on an image that holds nothing but a shell and a C library."""
    (tool,) = agent.needs.tools
    tag = f"storyfleet/test-bare-{name}:latest"
    text = BARE.format(base=BASE, agent=tool_image(tool)).encode()
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as tar:
        member = tarfile.TarInfo("Dockerfile")
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text))
    context.seek(0)
    build: Iterable[dict[str, str]] = api.build(
        fileobj=context,
        custom_context=True,
        tag=tag,
        rm=True,
        forcerm=True,
        decode=True,
        timeout=SECONDS,
    )
    errors = [message["error"] for message in build if "error" in message]
    assert errors == []
    yield tag
    api.remove_image(tag)


def test_it_starts_where_there_is_nothing_else(api: APIClient, bare: str, name: str) -> None:
    command = [f"/opt/storyfleet/agents/{name}/bin/{name}"]
    asks = "--help" if name == "mini-swe-agent" else "--version"
    limits = api.create_host_config(network_mode="none", read_only=True, tmpfs={"/tmp": ""})
    made = api.create_container(
        bare, [*command, asks], user="10001", environment={"HOME": "/tmp"}, host_config=limits
    )
    try:
        api.start(made)
        ended = api.wait(made, timeout=SECONDS)
        said = api.logs(made).decode()
    finally:
        api.remove_container(made, force=True)
    assert ended["StatusCode"] == 0, said
    assert ("Usage" if asks == "--help" else recipes()[name].version) in said


def test_its_image_holds_its_tree_alone(api: APIClient, agent: InstalledAgent, name: str) -> None:
    (tool,) = agent.needs.tools
    made = api.create_container(tool_image(tool), ["none"])
    try:
        stream, _ = api.get_archive(made["Id"], "/opt/storyfleet")
        with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as tar:
            members = tar.getmembers()
        top = {member.name.split("/")[2] for member in members if member.name.count("/") >= 2}
        assert top == {name}
        writable = [m.name for m in members if m.mode & 0o022 and not m.issym()]
        assert writable == [], "nobody but root may change an agent"
        assert [m.name for m in members if m.mode & 0o6000] == []
    finally:
        api.remove_container(made, force=True)
