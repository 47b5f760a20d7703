"""Images: local, missing, built from a Dockerfile, and with a set-up layer that is kept."""

import io
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import certifi
import pytest
from docker import APIClient

from integrations.docker import DockerSandboxes
from integrations.docker.certificates import as_build_argument, extra_certificates
from tests.integration.docker import engine
from tests.integration.docker.engine import did
from worker.domain.errors import ConfigurationError, ImageUnavailable
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import SandboxSpec

pytestmark = pytest.mark.integration

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nTm90IGEgcmVhbCBvbmU=\n-----END CERTIFICATE-----\n"


def archive(files: Mapping[str, str]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        for path, text in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return target.getvalue()


@pytest.fixture
def built(client: APIClient) -> Iterator[list[str]]:
    """Images that a test made, to be removed after it."""
    made: list[str] = []
    yield made
    for image in reversed(made):
        engine.untag(client, image)


@pytest.fixture
def unique(run: RunId) -> dict[str, str]:
    """Files that no other test has, so that nothing is found in a cache."""
    return {"requirements.txt": f"# {run}\n", "README.md": "# Shop\n", "src/a b'c.py": "1\n"}


def test_an_image_that_nobody_has(sandboxes: DockerSandboxes) -> None:
    missing = ImageSpec(image="localhost:1/storyfleet/missing:9")
    with pytest.raises(ImageUnavailable, match=r"cannot be pulled.*docker load"):
        sandboxes.image(missing, bytes)


def test_an_empty_image_is_named(
    client: APIClient, sandboxes: DockerSandboxes, built: list[str], handed_in: bytes, run: RunId
) -> None:
    name = f"storyfleet/test-empty:{run}"
    client.import_image_from_data(archive({"hello": "x"}), repository=name)
    built.append(name)
    image = sandboxes.image(ImageSpec(image=name), bytes)
    with (
        pytest.raises(ImageUnavailable, match="sh, git and coreutils"),
        sandboxes.open(SandboxSpec(run, 1, "agent", image, engine.SMALL), handed_in),
    ):
        pass
    assert engine.containers(client, run) == []


def test_what_an_image_lacks_is_named(
    sandboxes: DockerSandboxes,
    built: list[str],
    handed_in: bytes,
    run: RunId,
    unique: dict[str, str],
) -> None:
    lacking = f"FROM {engine.IMAGE}\nUSER root\nRUN rm /usr/bin/git /usr/bin/head\n"
    built.append(
        sandboxes.image(ImageSpec(dockerfile="D"), lambda: archive({**unique, "D": lacking}))
    )
    spec = SandboxSpec(run, 1, "agent", built[0], engine.SMALL)
    with pytest.raises(ImageUnavailable, match="lacks: git head"), sandboxes.open(spec, handed_in):
        pass


def test_a_dockerfile_is_built_from_the_base(
    sandboxes: DockerSandboxes,
    built: list[str],
    handed_in: bytes,
    run: RunId,
    unique: dict[str, str],
) -> None:
    files = {
        **unique,
        "ci/Dockerfile": f"FROM {engine.IMAGE}\nUSER root\nCOPY README.md /opt/readme\n",
    }
    spec = ImageSpec(dockerfile="./ci/Dockerfile")
    built.append(sandboxes.image(spec, lambda: archive(files)))

    assert sandboxes.image(spec, lambda: archive(files)) == built[0]
    with sandboxes.open(SandboxSpec(run, 1, "agent", built[0], engine.SMALL), handed_in) as sandbox:
        assert did(sandbox, "cat /opt/readme").output == "# Shop\n"


def test_a_dockerfile_that_is_missing_or_broken(
    sandboxes: DockerSandboxes, unique: dict[str, str]
) -> None:
    with pytest.raises(ImageUnavailable, match="no Dockerfile at 'ci/Dockerfile'"):
        sandboxes.image(ImageSpec(dockerfile="ci/Dockerfile"), lambda: archive(unique))
    broken = {**unique, "D": f"FROM {engine.IMAGE}\nRUN echo about to fail && exit 7\n"}
    with pytest.raises(ImageUnavailable, match=r"(?s)returned a non-zero code: 7.*about to fail"):
        sandboxes.image(ImageSpec(dockerfile="D"), lambda: archive(broken))


def test_a_set_up_is_baked_in_and_kept(
    sandboxes: DockerSandboxes,
    built: list[str],
    handed_in: bytes,
    run: RunId,
    unique: dict[str, str],
    tmp_path: Path,
) -> None:
    setup = (
        "id -u >/opt/who && cp requirements.txt /opt/",
        "mkdir -p node_modules/a .venv && echo 1 >node_modules/a/index.js",
        "echo changed >README.md; echo 1 >src/made.o; chmod 600 src/made.o",
    )
    spec = ImageSpec(setup=setup)
    built.append(sandboxes.image(spec, lambda: archive(unique)))
    other_code = {**unique, "README.md": "# Another\n"}
    other_needs = {**unique, "requirements.txt": "# other\n"}

    assert sandboxes.image(spec, lambda: archive(other_code)) == built[0]
    built.append(sandboxes.image(spec, lambda: archive(other_needs)))
    assert built[1] != built[0]
    with sandboxes.open(SandboxSpec(run, 1, "agent", built[0], engine.SMALL), handed_in) as sandbox:
        assert did(sandbox, "cat /opt/who /opt/requirements.txt").output == f"0\n# {run}\n"
        assert did(sandbox, "cat node_modules/a/index.js src/made.o README.md").output == (
            "1\n1\n# Shop\n"
        )
        assert did(sandbox, "ls -A; git status --porcelain; ls /opt/storyfleet").output.split() == [
            *(".git", ".gitignore", ".venv", "README.md", "node_modules", "src", "checkout"),
        ]
        assert did(sandbox, "echo 2 >node_modules/a/index.js && echo 3 >src/new.py").ok
        out = engine.handed_out(tmp_path, handed_in, sandbox.hand_out())
    assert out == {**engine.FILES, "src/new.py": "3\n"}


def test_a_set_up_that_fails_shows_the_end_of_its_log(
    sandboxes: DockerSandboxes, unique: dict[str, str]
) -> None:
    spec = ImageSpec(setup=("true", "echo no such package; exit 9", "echo never reached"))
    with pytest.raises(
        ImageUnavailable, match=r"(?s)The set-up does not build.*no such package"
    ) as e:
        sandboxes.image(spec, lambda: archive(unique))
    assert "never reached" not in str(e.value)


def test_extra_certificates_are_trusted_in_the_set_up_only(
    built: list[str], handed_in: bytes, run: RunId, unique: dict[str, str], tmp_path: Path
) -> None:
    bundle = tmp_path / "extra.pem"
    bundle.write_text(CERTIFICATE)
    sandboxes = DockerSandboxes(engine.IMAGE, extra_ca_bundle=bundle, fleet=engine.FLEET)
    setup = (
        'tail -n 3 "$PIP_CERT" >/opt/pip && cat "$NODE_EXTRA_CA_CERTS" >/opt/node',
        'test "$SSL_CERT_FILE" = "$PIP_CERT" && grep -c BEGIN "$PIP_CERT" >/opt/count',
    )
    built.append(sandboxes.image(ImageSpec(setup=setup), lambda: archive(unique)))
    dockerfile = (
        f'FROM {engine.IMAGE}\nUSER root\nARG EXTRA_CA_B64=\nRUN echo "$EXTRA_CA_B64" >/opt/b\n'
    )
    made = sandboxes.image(ImageSpec(dockerfile="D"), lambda: archive({**unique, "D": dockerfile}))
    built.append(made)

    with sandboxes.open(SandboxSpec(run, 1, "agent", built[0], engine.SMALL), handed_in) as sandbox:
        assert did(sandbox, "cat /opt/pip").output == CERTIFICATE
        assert did(sandbox, "cat /opt/node").output == CERTIFICATE
        assert int(did(sandbox, "cat /opt/count").output) > 1, "the public ones are kept"
        assert did(sandbox, "env | grep -i cert; ls /opt/storyfleet").output == "checkout\n"
    with sandboxes.open(SandboxSpec(run, 2, "agent", built[1], engine.SMALL), handed_in) as sandbox:
        assert did(sandbox, "base64 -d /opt/b").output == CERTIFICATE


def test_public_certificates_are_not_passed_on(tmp_path: Path) -> None:
    bundle = tmp_path / "all.pem"
    bundle.write_text(Path(certifi.where()).read_text(encoding="utf-8") + CERTIFICATE)

    assert extra_certificates(bundle) == CERTIFICATE
    assert extra_certificates(None) == ""
    with pytest.raises(ConfigurationError, match=r"cannot be read"):
        extra_certificates(tmp_path / "missing.pem")
    with pytest.raises(ConfigurationError, match="too many"):
        as_build_argument(CERTIFICATE * 2000)
