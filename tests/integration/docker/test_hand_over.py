"""What comes out of a sandbox, whatever an agent did to the repository in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.docker import DockerSandboxes
from integrations.docker.sandbox import DockerSandbox
from integrations.git import GitRepositories
from integrations.git.checkout import GitCheckout
from integrations.stubs.repositories import seed_repository
from tests.integration.docker import engine
from tests.integration.docker.engine import FILES, MIB, did
from worker.domain.errors import HandOverRefused
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec, Limits
from worker.domain.sandbox import SandboxSpec

pytestmark = pytest.mark.integration

SLUG = "acme/shop"
WORK = "echo 1 >made.txt; "
DEEDS = {
    "nothing else": "",
    "commits": "git add -A; git commit -qm mine; echo 1 >made.txt",
    "commits elsewhere": "git checkout -qb other; git add -A; git commit -qm mine",
    "detaches": "git checkout -q --detach; git add -A; git commit -qm mine",
    "rewrites history": "git add -A; git commit -q --amend -m mine; git reflog expire --expire=now"
    " --all; git update-ref -d refs/heads/other; git gc -q --prune=now",
    "begins anew": "rm -rf .git; git init -q; git add -A; git commit -qm mine",
    "begins anew, empty": "rm -rf .git; git init -q",
    "breaks the index": "echo garbage >.git/index",
    "leaves a lock": "touch .git/index.lock",
    "leaves a conflict": "git commit -qam a --allow-empty; git checkout -q HEAD -- .",
    "deletes all refs": "rm -rf .git/refs/heads/*",
    "plants hooks": "mkdir -p .git/hooks; printf '#!/bin/sh\\nexit 1' >.git/hooks/pre-commit;"
    " chmod +x .git/hooks/*; git config core.fsmonitor false; git config core.hooksPath .git/hooks",
    "plants a filter": "git config filter.f.clean 'echo bad'; git config filter.f.required true;"
    " mkdir -p .git/info; echo '* filter=f' >.git/info/attributes",
    "ignores everything of its own": "git config --global core.excludesFile /tmp/x;"
    " echo '*' >/tmp/x",
    "fills /tmp": "dd if=/dev/zero of=/tmp/big bs=1M 2>/dev/null || true",
    "leaves something running": "(setsid sh -c 'while :; do touch .git/index.lock; done' &)",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[GitCheckout]:
    """The fleet's own checkout, on the real git adapter."""
    (tmp_path / "server").mkdir()
    seed_repository(tmp_path / "server", SLUG, FILES)
    fleet = GitRepositories(tmp_path / "fleet", lambda s: str(tmp_path / "server" / f"{s}.git"))
    with fleet.open(SLUG, RunId("run-1")) as opened:
        yield opened


@pytest.fixture
def base(checkout: GitCheckout) -> str:
    return checkout.resolve("main")


@pytest.fixture
def handed_in(checkout: GitCheckout, base: str) -> bytes:
    return checkout.bundle(base)


def test_the_checkout_is_the_commit(sandbox: DockerSandbox, base: str) -> None:
    state = did(sandbox, "git rev-parse HEAD; git branch --show-current; git status --porcelain")

    assert state.output == f"{base}\nwork\n"
    assert did(sandbox, "git commit -q --allow-empty -m x && git log -1 --format=%an").ok
    assert did(sandbox, "git remote; git config --get-regexp 'credential|http|url'").output == ""


@pytest.mark.parametrize("deed", DEEDS)
def test_the_files_come_out(
    sandbox: DockerSandbox, checkout: GitCheckout, base: str, deed: str
) -> None:
    did(sandbox, WORK + DEEDS[deed])

    commit = checkout.accept(sandbox.hand_out(), base, "round 1")

    assert checkout.diff(base, commit).files == ("made.txt",)
    assert checkout.read(commit, "made.txt") == "1\n"


def test_only_what_is_new_is_handed_out(sandbox: DockerSandbox, base: str) -> None:
    did(sandbox, WORK)

    assert f"\n-{base}".encode() in sandbox.hand_out()


def test_ignored_files_stay_behind_and_removed_ones_go(
    sandbox: DockerSandbox, checkout: GitCheckout, base: str
) -> None:
    did(sandbox, "echo 1 >noise.log; rm README.md; git rm -q src/app.py; echo 2 >kept")
    did(sandbox, "echo 3 >forced.log; git add -f forced.log")

    commit = checkout.accept(sandbox.hand_out(), base, "round 1")

    assert list(checkout.files(commit)) == [".gitignore", "forced.log", "kept"]


@pytest.mark.parametrize(
    "litter",
    ["src/__pycache__/app.pyc", "node_modules/a/index.js", ".venv/bin/x", "src/shop.egg-info/x"],
)
def test_what_tools_leave_behind_stays_behind_unless_the_base_has_it(
    sandboxes: DockerSandboxes, tmp_path: Path, litter: str
) -> None:
    leave = f"mkdir -p $(dirname {litter}); echo 2 >{litter}; echo 2 >{litter}.pyc; echo 1 >kept"
    for base, left in ((FILES, {}), ({**FILES, litter: "1\n"}, {litter: "2\n"})):
        handed_in = engine.bundle(tmp_path, base)
        with engine.sandbox(sandboxes, handed_in) as sandbox:
            assert did(sandbox, leave).ok
            out = engine.handed_out(tmp_path, handed_in, sandbox.hand_out())
        assert out == {**FILES, **left, "kept": "1\n"}


WITHIN_ONE_SECOND = """
while :; do
  rm src/app.py
  git checkout -q HEAD -- src/app.py
  second=$(stat -c %Z src/app.py)
  echo "print('HELLO')" >src/app.py
  [ "$second $second" != "$(stat -c %Z src/app.py) $(stat -c %Y .git/index)" ] || break
done
sleep 1.1
"""


def test_a_change_within_the_second_of_the_checkout(
    sandbox: DockerSandbox, checkout: GitCheckout, base: str
) -> None:
    """Its size and its time say nothing: only the index's own time tells git to look."""
    assert did(sandbox, WITHIN_ONE_SECOND).ok

    commit = checkout.accept(sandbox.hand_out(), base, "round 1")

    assert checkout.read(commit, "src/app.py") == "print('HELLO')\n"


def test_nothing_done_is_the_base(sandbox: DockerSandbox, checkout: GitCheckout, base: str) -> None:
    assert checkout.accept(sandbox.hand_out(), base, "round 1") == base


def test_no_repository_left(sandbox: DockerSandbox) -> None:
    did(sandbox, "rm -rf .git")

    with pytest.raises(HandOverRefused, match="no git repository left"):
        sandbox.hand_out()


def test_too_large(handed_in: bytes) -> None:
    small = DockerSandboxes(engine.IMAGE, hand_out_bytes=MIB, fleet=engine.FLEET)
    with engine.sandbox(small, handed_in) as sandbox:
        did(sandbox, "dd if=/dev/urandom of=big bs=1M count=4")
        with pytest.raises(HandOverRefused, match="too large"):
            sandbox.hand_out()


def test_a_repository_within_is_refused_clearly(sandbox: DockerSandbox) -> None:
    did(sandbox, "mkdir inner; cd inner; git init -q; echo 1 >a")

    with pytest.raises(HandOverRefused, match="inner"):
        sandbox.hand_out()


def test_writing_through_a_link_that_leads_outside(sandbox: DockerSandbox) -> None:
    did(sandbox, "ln -s /tmp out; ln -s /tmp/x link; ln -s README.md alias")

    for path in ("out/x", "link", "out/deep/x"):
        with pytest.raises(HandOverRefused, match="outside"):
            sandbox.write(path, "x")
    sandbox.write("alias", "through\n")
    assert sandbox.read("README.md") == "through\n"


def test_a_file_too_large_to_read(sandboxes: DockerSandboxes, handed_in: bytes) -> None:
    with engine.sandbox(sandboxes, handed_in, Limits(256 * MIB, 1.0, 64, 64 * MIB)) as sandbox:
        did(sandbox, "dd if=/dev/zero of=big bs=1M count=20")
        with pytest.raises(HandOverRefused, match="larger"):
            sandbox.read("big")


def test_an_execution_sandbox_is_a_fresh_one(
    sandboxes: DockerSandboxes, sandbox: DockerSandbox, checkout: GitCheckout, base: str
) -> None:
    did(sandbox, "echo 1 >made.txt; echo 1 >noise.log; echo 1 >/tmp/left; git config x.y z")
    commit = checkout.accept(sandbox.hand_out(), base, "round 1")

    image = sandboxes.image(ImageSpec(), bytes)
    spec = SandboxSpec(engine.new_run(), 1, "execution", image, engine.SMALL)
    with sandboxes.open(spec, checkout.bundle(commit)) as clean:
        assert did(clean, "ls; ls /tmp; git config x.y").output == "README.md\nmade.txt\nsrc\n"
