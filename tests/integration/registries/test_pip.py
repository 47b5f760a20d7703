"""pip in a real sandbox: it gets a package through the proxy, and through nothing else."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest
import trustme

from integrations.docker import DockerSandboxes
from integrations.docker.sandbox import DockerSandbox
from integrations.gateway.registries import RegistryProxy
from tests.integration.docker import engine
from tests.integration.registries.asking import TOKEN, Names
from tests.integration.registries.registry import Registry
from worker.domain.command import Command, CommandResult
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import SandboxSpec

pytestmark = pytest.mark.integration

WHEEL = "tiny-1.0-py3-none-any.whl"
PROXY = f"http://storyfleet:{TOKEN}@127.0.0.1:8081"


def wheel() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("tiny.py", "GREETING = 'from the registry'\n")
        archive.writestr(
            "tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"
        )
        archive.writestr(
            "tiny-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr("tiny-1.0.dist-info/RECORD", "")
    return target.getvalue()


@contextmanager
def session(door: Path, handed_in: bytes) -> Iterator[DockerSandbox]:
    with engine.api():
        sandboxes = DockerSandboxes(engine.IMAGE, fleet=engine.FLEET)
        image = sandboxes.image(ImageSpec(), bytes, ("forward",))
        spec = SandboxSpec(engine.new_run(), 1, "agent", image, engine.SMALL, door=str(door))
        with sandboxes.open(spec, handed_in) as sandbox:
            yield sandbox


def install(sandbox: DockerSandbox, index: str, **env: str) -> CommandResult:
    options = ["--index-url", index, "--cert", "ca.pem", "--target", "site", "--retries", "0"]
    argv = ["python3", "-m", "pip", "install", "--no-cache-dir", "--no-deps", *options, "tiny"]
    return sandbox.run(Command(tuple(argv), 120, env))


@pytest.fixture
def door(path: Path) -> Path:
    path.parent.chmod(0o755)
    return path.parent


def test_pip_installs_through_the_proxy_only(
    door: Path, path: Path, names: Names, secure: Registry, authority: trustme.CA, tmp_path: Path
) -> None:
    base = f"https://packages.example:{secure.port}"
    link = f'<a href="{base}/files/{WHEEL}">{WHEEL}</a>'.encode()
    elsewhere = f'<a href="https://files.example/{WHEEL}">{WHEEL}</a>'.encode()
    secure.files |= {"/simple/tiny/": link, f"/files/{WHEEL}": wheel(), "/other/tiny/": elsewhere}
    with ExitStack() as stack:
        proxy = stack.enter_context(
            RegistryProxy(
                *(path, TOKEN, [f"packages.example:{secure.port}"]),
                resolver=names,
                private=[ip_network("127.0.0.1/32")],
            )
        )
        sandbox = stack.enter_context(session(door, engine.bundle(tmp_path)))
        sandbox.write("ca.pem", authority.cert_pem.bytes().decode())

        without = install(sandbox, f"{base}/simple/")
        assert not without.ok, "there is no other way"
        assert secure.asked == []

        done = install(sandbox, f"{base}/simple/", HTTPS_PROXY=PROXY)
        assert done.ok, done.output
        said = sandbox.run(
            Command(
                ("python3", "-c", "import tiny; print(tiny.GREETING)"), 30, {"PYTHONPATH": "site"}
            )
        )
        assert "from the registry" in said.output
        assert proxy.refusals() == ()

        refused = install(sandbox, f"{base}/other/", HTTPS_PROXY=PROXY)
        why = "files.example:443: is not among the registries that the settings allow"
        assert not refused.ok
        assert why in refused.output, "pip says why"
        assert proxy.refusals() == (why,)
