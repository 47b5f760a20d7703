"""An environment made anew for changed manifests: through the registries' proxy alone."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
import trustme
from docker import APIClient

from integrations.docker import DockerSandboxes
from integrations.docker.connection import Connection
from integrations.docker.environment import UNTRUSTED_LABEL, UntrustedEnvironments
from integrations.docker.hardening import Terms
from integrations.gateway.registries import RegistryProxy
from tests.integration.docker import engine
from tests.integration.docker.engine import MIB, did
from tests.integration.docker.test_images import archive
from tests.integration.registries.asking import TOKEN, Names
from tests.integration.registries.conftest import authority, names, path, secure
from tests.integration.registries.registry import Registry
from tests.integration.registries.test_pip import WHEEL, wheel
from worker.domain.errors import HandOverRefused
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import SandboxSpec

pytestmark = pytest.mark.integration

__all__ = ["authority", "names", "path", "secure"]
FILES = archive({"requirements.txt": "tiny\n", "src/app.py": "import tiny\n"})
INSTALL = "pip install -q --break-system-packages --no-cache-dir --no-deps"

Make = Callable[..., str]


@pytest.fixture
def proxy(path: Path, names: Names, secure: Registry) -> Iterator[RegistryProxy]:
    link = f'<a href="/files/{WHEEL}">{WHEEL}</a>'.encode()
    secure.files |= {"/simple/tiny/": link, f"/files/{WHEEL}": wheel()}
    path.parent.chmod(0o755)
    allowed = [f"packages.example:{secure.port}"]
    with RegistryProxy(
        path, TOKEN, allowed, resolver=names, private=[ip_network("127.0.0.1/32")]
    ) as made:
        yield made


@pytest.fixture
def spec(sandboxes: DockerSandboxes, proxy: RegistryProxy, path: Path, run: RunId) -> SandboxSpec:
    image = sandboxes.image(ImageSpec(), bytes, ("forward",))
    return SandboxSpec(run, 1, "environment", image, engine.SMALL, door=str(path.parent))


@pytest.fixture
def make(
    client: APIClient, spec: SandboxSpec, authority: trustme.CA, tmp_path: Path
) -> Iterator[Make]:
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    runs = []

    def make_one(*commands: str, of: SandboxSpec = spec, **terms: int) -> str:
        environments = UntrustedEnvironments(
            Connection(None), Terms(engine.FLEET, None, 600), bundle, **terms
        )
        runs.append((environments, of.run_id))
        return environments.ensure(of, commands, FILES, TOKEN)

    yield make_one
    with ExitStack() as stack:
        for environments, run in runs:
            stack.callback(environments.forget, run)


def test_what_the_proxy_allows_is_installed_for_the_clean_room_of_this_run(
    client: APIClient,
    sandboxes: DockerSandboxes,
    make: Make,
    spec: SandboxSpec,
    secure: Registry,
    proxy: RegistryProxy,
    handed_in: bytes,
) -> None:
    command = f"{INSTALL} -i https://packages.example:{secure.port}/simple -r requirements.txt"
    image = make(command)
    assert proxy.refusals() == ()
    with sandboxes.open(replace(spec, image=image, door=None), handed_in) as room:
        said = did(room, "python3 -c 'import tiny; print(tiny.GREETING)'; ls -A /opt/storyfleet")
        assert said.output.split("\n")[:2] == ["from the registry", "checkout"], said.output
    asked = len(secure.asked)
    assert make(command) == image, "once in a run"
    assert len(secure.asked) == asked
    other = make(command, of=replace(spec, run_id=engine.new_run()))
    assert other != image
    assert len(secure.asked) > asked
    details = client.inspect_image(image)  # type: ignore[no-untyped-call]
    assert details["Config"]["Labels"][UNTRUSTED_LABEL] == "true"
    assert [tag.split(":")[0] for tag in details["RepoTags"]] == [
        *("storyfleet/untrusted", "storyfleet/used")
    ]
    assert TOKEN not in json.dumps([details, client.history(image)])  # type: ignore[no-untyped-call]


def test_there_is_no_other_way(
    client: APIClient, make: Make, proxy: RegistryProxy, run: RunId
) -> None:
    direct = "import socket; socket.create_connection(('1.1.1.1', 443), 5)"
    # The first thing that is done finds the proxy ready.
    make("bash -c 'exec 3<>/dev/tcp/127.0.0.1/8081'")
    make(f'! python3 -c "{direct}"', "! getent hosts pypi.org", "! ping -c1 127.0.0.1 2>/dev/null")
    with pytest.raises(HandOverRefused, match=r"exit code 1(.|\n)*files\.example:443: is not amo"):
        make(f"{INSTALL} https://files.example/{WHEEL} --retries 0")
    assert proxy.refusals() == (
        "files.example:443: is not among the registries that the settings allow",
    )
    assert engine.containers(client, run) == []


@pytest.mark.parametrize(
    ("command", "terms", "why"),
    [
        ("sleep 100", {"timeout_seconds": 3}, "took longer than 3 s"),
        ("yes", {"timeout_seconds": 3}, "took longer than 3 s"),
        (
            "dd if=/dev/zero of=/f bs=1M count=200; sleep 100",
            {"disk_bytes": 100 * MIB},
            "wrote more",
        ),
        ("python3 -c 'x = bytearray(10**9)'", {}, "exit code 137"),
        ("kill -9 -1", {}, "failed with exit code"),
        ("mount -t tmpfs x /mnt", {}, "failed with exit code"),
        ("mknod /dev/sda b 8 0", {}, "failed with exit code"),
    ],
)
def test_what_takes_too_much_ends_and_says_so(
    client: APIClient, make: Make, run: RunId, command: str, terms: dict[str, int], why: str
) -> None:
    with pytest.raises(HandOverRefused, match=why):
        make(command, **terms)
    assert engine.containers(client, run) == []
    assert client.images(filters={"label": f"storyfleet.run={run}"}) == []


def test_a_runs_environments_can_be_forgotten(client: APIClient, make: Make, run: RunId) -> None:
    make("true")
    environments = UntrustedEnvironments(Connection(None), Terms(engine.FLEET, None, 600))
    assert environments.forget(engine.new_run()) == 0
    assert environments.forget(run) == 1
    assert client.images(filters={"label": f"storyfleet.run={run}"}) == []
