"""What a sandbox cannot do, tried from inside, in the default image and in an unruly one."""

import io
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from docker import APIClient

from integrations.docker import DockerSandboxes, hardening, untrusted
from integrations.docker.sandbox import DockerSandbox
from tests.integration.docker import engine
from tests.integration.docker.engine import did
from worker.domain.lease import RunId
from worker.domain.sandbox import SandboxSpec

pytestmark = pytest.mark.integration

UNRULY = f"""FROM {engine.IMAGE}
USER root
RUN mkdir -p /data && chmod 777 /data
ENV SHOP_MODE=test
ENTRYPOINT ["false"]
CMD ["false"]
WORKDIR /srv
VOLUME /data
HEALTHCHECK CMD true
LABEL storyfleet.run=forged
"""


@pytest.fixture
def unruly(client: APIClient) -> Iterator[str]:
    tag = f"storyfleet/test-unruly:{engine.new_run()}"
    for step in client.build(fileobj=io.BytesIO(UNRULY.encode()), tag=tag, rm=True, decode=True):
        assert "error" not in step, step
    yield tag
    client.remove_image(tag)


def test_it_is_nobody_with_no_rights(sandbox: DockerSandbox) -> None:
    status = did(sandbox, "cat /proc/self/status").output.split("\n")
    told = {line.split(":")[0]: line.split(":")[1].split() for line in status if ":" in line}

    assert told["Uid"] == ["10001"] * 4
    assert told["Gid"] == ["10001"] * 4
    assert told["NoNewPrivs"] == ["1"]
    assert {told[f"Cap{kind}"][0] for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}


def test_it_reaches_no_network(sandbox: DockerSandbox) -> None:
    interfaces = did(sandbox, "ls /sys/class/net").output.split()
    tries = """
import socket
for host, port in (("1.1.1.1", 53), ("172.17.0.1", 2375), ("example.com", 80)):
    try:
        socket.create_connection((host, port), 3)
    except OSError:
        continue
    print("reached", host)
"""
    assert interfaces == ["lo"]
    assert did(sandbox, f"python3 -c '{tries}'").output == ""
    assert did(sandbox, "cat /etc/resolv.conf").output.split() == ["nameserver", "127.0.0.1"]


def test_only_its_own_places_can_be_written(sandbox: DockerSandbox) -> None:
    for path in ("/x", "/etc/x", "/usr/bin/x", "/opt/x", "/var/tmp/x", "/root/x", "/home/x"):
        assert not did(sandbox, f"touch {path}").ok, path
    for path in ("/workspace/x", "/tmp/x", "/home/agent/x", "/dev/shm/x"):
        assert did(sandbox, f"printf '#!/bin/sh' >{path} && chmod +x {path}").ok, path
    for path in ("/workspace/x", "/tmp/x", "/home/agent/x"):
        assert did(sandbox, path).ok, path


def test_its_environment_is_its_own(sandbox: DockerSandbox) -> None:
    variables = dict(line.split("=", 1) for line in did(sandbox, "env").output.splitlines())

    shell_s_own = {"PWD", "OLDPWD", "SHLVL", "_"}
    assert set(variables) - shell_s_own == {"HOME", "HOSTNAME", "LANG", "PATH", "USER"}
    assert (variables["HOME"], variables["USER"]) == ("/home/agent", "agent")


def test_nothing_of_the_host_is_mounted(client: APIClient, run: RunId, sandbox: object) -> None:
    (container,) = engine.containers(client, run)
    details = client.inspect_container(container)

    assert details["Mounts"] == []
    assert details["HostConfig"]["Binds"] is None
    assert details["HostConfig"]["Privileged"] is False
    assert (
        details["Config"]["Labels"] | {"storyfleet.fence": "1", "storyfleet.purpose": "agent"}
        == (details["Config"]["Labels"])
    )


def test_it_can_do_nothing_to_the_main_process(sandbox: DockerSandbox) -> None:
    assert did(sandbox, "kill -9 1; kill -9 -1").exit_code == 137
    for _ in range(2):
        assert did(sandbox, "for p in /proc/[0-9]*; do kill -9 ${p#/proc/}; done").exit_code == 137

    assert did(sandbox, "echo alive").output == "alive\n"


def test_an_image_s_own_habits_do_not_count(
    client: APIClient, sandboxes: DockerSandboxes, handed_in: bytes, run: RunId, unruly: str
) -> None:
    with sandboxes.open(SandboxSpec(run, 1, "agent", unruly, engine.SMALL), handed_in) as sandbox:
        assert did(sandbox, "id -u; pwd").output == "10001\n/workspace\n"
        assert did(sandbox, "echo $SHOP_MODE").output == "test\n"
        (container,) = engine.containers(client, run)
        details = client.inspect_container(container)
        assert details["Mounts"] == [], "a volume would lie on the host's disk without a limit"
        assert "Health" not in details["State"]
        assert did(sandbox, "df -P /data | tail -1").output.startswith("tmpfs")


def test_an_environment_that_is_made_anew_is_no_less_isolated(
    client: APIClient, run: RunId, tmp_path: Path
) -> None:
    """But that it can be written to, and that packages can be installed in it as root."""
    spec = SandboxSpec(run, 1, "environment", engine.IMAGE, engine.SMALL, door=str(tmp_path))
    terms = hardening.Terms(engine.FLEET, None, 600)
    with ExitStack() as stack:
        told = []
        for made in (
            hardening.create(client, spec, f"test-{run}", terms),
            untrusted.create(client, spec, terms),
        ):
            stack.callback(client.remove_container, made, force=True)
            told.append(client.inspect_container(made)["HostConfig"])
    sandbox, environment = told

    names = sandbox.keys() | environment.keys()
    differing = {name for name in names if sandbox.get(name) != environment.get(name)}
    assert differing == {"ReadonlyRootfs", "Tmpfs", "CapAdd"}
    assert environment["Mounts"][0]["BindOptions"] == {"Propagation": "rprivate"}
