"""What set-up made in the checkout, and a commit that has files in the same places."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from docker import APIClient

from integrations.docker import DockerSandboxes
from integrations.docker.sandbox import DockerSandbox
from integrations.git import GitLimits, GitRepositories
from integrations.git.checkout import GitCheckout
from tests.integration.docker import engine
from tests.integration.docker.engine import FILES, did
from tests.integration.git import workshop
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import SandboxSpec

pytestmark = pytest.mark.integration

SLUG = "acme/shop"
SET_UP = (
    "mkdir -p out/deep real node_modules 'odd \"$name'",
    "ln -s real link; ln -s real stale; echo set-up >'a b'; echo set-up >'odd \"$name/ü'",
    "echo set-up | tee version.py out/tool out/deep/x node_modules/x real/tool later",
)
BASE = {**FILES, "later": "base\n", "stale/old": "base\n"}
"""``later`` and ``stale`` came after the image was made: set-up made a file and a link there."""
FORGED = {
    "version.py": "agent\n",
    "out": "agent\n",
    "link/tool": "agent\n",
    "a b/c": "agent\n",
    'odd "$name/ü': "agent\n",
    "later": "agent\n",
    "stale/new": "agent\n",
    "src/new.py": "agent\n",
}
READ = "cat version.py out/tool out/deep/x link/tool 'a b' 'odd \"$name/ü'"


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """The server's repository; ``main`` has the base, ``agent`` what an agent made of it."""
    made = tmp_path / "server" / f"{SLUG}.git"
    made.mkdir(parents=True)
    workshop.git(made, "init", "-q", "--bare", "--initial-branch=main")
    workshop.commit_as_person(made, "main", BASE)
    workshop.git(made, "branch", "agent", "main")
    workshop.commit_as_person(made, "agent", {**BASE, **FORGED})
    return made


@pytest.fixture
def checkout(tmp_path: Path, bare: Path) -> Iterator[GitCheckout]:
    fleet = GitRepositories(tmp_path / "fleet", lambda _: str(bare))
    with fleet.open(SLUG, RunId("run-1")) as opened:
        yield opened


@pytest.fixture
def image(client: APIClient, sandboxes: DockerSandboxes, run: RunId) -> Iterator[str]:
    spec = ImageSpec(setup=(*SET_UP, f": {run}"))
    made = sandboxes.image(spec, lambda: b"\0" * 10240)
    yield made
    engine.untag(client, made)


@contextmanager
def opened(sandboxes: DockerSandboxes, image: str, bundle: bytes) -> Iterator[DockerSandbox]:
    spec = SandboxSpec(engine.new_run(), 1, "execution", image, engine.SMALL)
    with sandboxes.open(spec, bundle) as room:
        yield room


def test_in_a_clean_room_no_new_file_takes_the_place_of_what_set_up_made(
    sandboxes: DockerSandboxes, checkout: GitCheckout, image: str
) -> None:
    base, commit = checkout.resolve("main"), checkout.resolve("agent")
    with opened(sandboxes, image, checkout.bundle(commit, base)) as room:
        assert did(room, READ).output == "set-up\n" * 6
        assert did(room, "readlink link; git rev-parse HEAD").output == f"real\n{commit}\n"
        assert did(room, "cat src/new.py later stale/old stale/new").output == (
            "agent\nagent\nbase\nagent\n"
        )
        assert did(room, "ls -A ~").output == ".gitconfig\n"


def test_in_an_agent_s_sandbox_the_commit_is_as_it_is(
    sandboxes: DockerSandboxes, checkout: GitCheckout, image: str
) -> None:
    commit = checkout.resolve("agent")
    with opened(sandboxes, image, checkout.bundle(commit)) as sandbox:
        assert did(sandbox, "git status --porcelain").output == ""
        assert did(sandbox, "cat version.py out later node_modules/x").output == (
            "agent\nagent\nagent\nset-up\n"
        )


def test_so_it_is_where_the_history_is_too_large(
    sandboxes: DockerSandboxes, tmp_path: Path, bare: Path, image: str
) -> None:
    workshop.commit_as_person(
        bare, "main", {**BASE, "noise": "".join(f"{n * n}\n" for n in range(9000))}
    )
    base = workshop.commit_as_person(bare, "main", BASE)
    workshop.git(bare, "branch", "-f", "agent", base)
    commit = workshop.commit_as_person(bare, "agent", {**BASE, **FORGED})
    fleet = GitRepositories(
        tmp_path / "small", lambda _: str(bare), limits=GitLimits(bundle_bytes=5_000)
    )
    with fleet.open(SLUG, RunId("run-1")) as checkout:
        bundle = checkout.bundle(checkout.resolve("agent"), checkout.resolve("main"))
    with opened(sandboxes, image, bundle) as room:
        assert did(room, "git rev-parse HEAD").output != f"{commit}\n"
        assert did(room, READ).output == "set-up\n" * 6
        assert did(room, "cat src/new.py later").output == "agent\nagent\n"
