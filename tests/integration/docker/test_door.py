"""The door: what a sandbox reaches through it, and that nothing else has come with it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from docker import APIClient

from integrations.docker import DockerSandboxes
from integrations.docker.sandbox import DockerSandbox
from tests.integration.docker import engine
from tests.integration.docker.engine import did
from tests.integration.docker.test_images import archive
from worker.domain.errors import ConfigurationError
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import SandboxSpec

pytestmark = pytest.mark.integration

ASK = "exec 3<>/dev/tcp/127.0.0.1/{port} && echo hello >&3 && cat <&3"
"""For bash."""
WITHOUT_PYTHON = f"""FROM {engine.IMAGE}
USER root
RUN rm -rf /usr/bin/python3* /usr/lib/python3* /usr/lib/*/libssl* /usr/lib/*/libtirpc*
ENV LD_LIBRARY_PATH=/nowhere LD_PRELOAD=/nowhere/else.so
VOLUME /run/storyfleet
VOLUME /run
"""


@contextmanager
def answering(socket_path: Path, name: str) -> Iterator[None]:
    """Tells everybody who asks its name and the question, and hangs up."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                caller, _ = listener.accept()
                with caller:
                    caller.sendall(f"{name}: ".encode() + caller.recv(100))

    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(socket_path))
        socket_path.chmod(0o666)
        listener.listen()
        thread = threading.Thread(target=serve)
        thread.start()
        yield
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.fixture
def door() -> Iterator[Path]:
    """Short: the path of a socket has at most 107 bytes."""
    with TemporaryDirectory(prefix="door-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def image(sandboxes: DockerSandboxes) -> str:
    engine.forwarder()
    return sandboxes.image(ImageSpec(), bytes, ("forward",))


@pytest.fixture
def spec(image: str, run: RunId, door: Path) -> SandboxSpec:
    return SandboxSpec(run, 1, "agent", image, engine.SMALL, str(door))


def asked(sandbox: DockerSandbox, port: int = 8080) -> str:
    script = ASK.format(port=port)
    return sandbox.run(engine.bash(script)).output


def test_both_ports_lead_to_the_gateway(
    sandboxes: DockerSandboxes, handed_in: bytes, spec: SandboxSpec, door: Path
) -> None:
    with (
        answering(door / "gateway.sock", "gateway"),
        answering(door / "proxy.sock", "proxy"),
        sandboxes.open(spec, handed_in) as sandbox,
    ):
        assert [asked(sandbox) for _ in range(3)] == ["gateway: hello\n"] * 3
        assert asked(sandbox, 8081) == "proxy: hello\n"


def test_what_the_gateway_does_not_offer_is_closed(
    sandboxes: DockerSandboxes, handed_in: bytes, spec: SandboxSpec
) -> None:
    with sandboxes.open(spec, handed_in) as sandbox:
        assert asked(sandbox) == ""
        assert asked(sandbox, 8081) == ""


def test_it_is_the_only_way_out(
    sandboxes: DockerSandboxes, handed_in: bytes, spec: SandboxSpec, client: APIClient
) -> None:
    with sandboxes.open(spec, handed_in) as sandbox:
        assert did(sandbox, "ls /sys/class/net").output == "lo\n"
        (container,) = engine.containers(client, spec.run_id)
        details = client.inspect_container(container)
    mounts = [(mount["Source"], mount["Destination"], mount["RW"]) for mount in details["Mounts"]]
    assert mounts == [(spec.door, "/run/storyfleet", False)]
    assert details["HostConfig"]["NetworkMode"] == "none"
    assert details["HostConfig"]["CapDrop"] == ["ALL"]
    assert details["HostConfig"]["SecurityOpt"] == ["no-new-privileges:true"]
    assert details["HostConfig"]["ReadonlyRootfs"] is True
    assert details["Config"]["User"] == "10002:10002"


def test_without_a_door_there_is_none(
    sandboxes: DockerSandboxes, handed_in: bytes, spec: SandboxSpec
) -> None:
    with sandboxes.open(replace(spec, door=None), handed_in) as sandbox:
        assert "refused" in asked(sandbox)
        assert not did(sandbox, "ls /run/storyfleet").ok


def test_each_sandbox_has_a_door_of_its_own(
    sandboxes: DockerSandboxes, handed_in: bytes, spec: SandboxSpec, door: Path
) -> None:
    first, second = door / "first", door / "second"
    for each in (first, second):
        each.mkdir(mode=0o755)
    with (
        answering(first / "gateway.sock", "first"),
        answering(second / "proxy.sock", "second"),
        sandboxes.open(replace(spec, door=str(first)), handed_in) as one,
        sandboxes.open(replace(spec, run_id=engine.new_run(), door=str(second)), handed_in) as two,
    ):
        assert did(one, "ls /run/storyfleet").output == "gateway.sock\n"
        assert did(two, "ls /run/storyfleet").output == "proxy.sock\n"
        assert [asked(one), asked(one, 8081)] == ["first: hello\n", ""]
        assert [asked(two), asked(two, 8081)] == ["", "second: hello\n"]


def test_an_agent_can_do_nothing_to_it(
    sandboxes: DockerSandboxes, handed_in: bytes, spec: SandboxSpec, door: Path
) -> None:
    tries = (
        *("kill -9 -1", "for p in /proc/[0-9]*; do kill -9 ${p#/proc/}; done"),
        *("rm -f /run/storyfleet/gateway.sock", "touch /run/storyfleet/x", "mv /run/storyfleet /x"),
        *("rm -rf /opt/storyfleet", "chmod 777 /run/storyfleet/gateway.sock"),
    )
    bind = "python3 -c 'import socket; socket.create_server((\"127.0.0.1\", 8080))'"
    forks = "for i in $(seq 200); do sleep 20 & done"
    door.chmod(0o777)  # so that nothing but the mount itself is in the way
    with (
        answering(door / "gateway.sock", "gateway"),
        sandboxes.open(spec, handed_in) as sandbox,
    ):
        for text in (*tries, bind, forks):
            assert not did(sandbox, text).ok, text
            assert asked(sandbox) == "gateway: hello\n", text
        assert did(sandbox, "stat -c %a /run/storyfleet/gateway.sock").output == "666\n"
    assert [each.name for each in door.iterdir()] == ["gateway.sock"]


def test_it_needs_nothing_of_the_image_but_a_shell(
    client: APIClient, sandboxes: DockerSandboxes, handed_in: bytes, spec: SandboxSpec, door: Path
) -> None:
    bare = ImageSpec(dockerfile="D")
    files = archive({"D": f"{WITHOUT_PYTHON}# {spec.run_id}\n"})
    image = sandboxes.image(bare, lambda: files, ("forward",))
    try:
        with (
            answering(door / "gateway.sock", "gateway"),
            sandboxes.open(replace(spec, image=image), handed_in) as sandbox,
        ):
            assert did(sandbox, "python3 -V").exit_code == 127
            assert "gateway: hello\n" in asked(sandbox)
    finally:
        engine.untag(client, image)
        engine.untag(client, sandboxes.image(bare, lambda: files))


def test_a_daemon_that_does_not_see_it(
    client: APIClient, sandboxes: DockerSandboxes, handed_in: bytes, spec: SandboxSpec, door: Path
) -> None:
    elsewhere = replace(spec, door=str(door / "on another machine"))
    with (
        pytest.raises(ConfigurationError, match=r"another machine.*native"),
        sandboxes.open(elsewhere, handed_in),
    ):
        pass
    assert engine.containers(client, spec.run_id) == []
