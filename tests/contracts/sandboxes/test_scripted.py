"""What only scripted sandboxes promise: few words, no process of the sandbox's, and any worker's
``stop`` is heard."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.git import GitRepositories
from integrations.git.checkout import GitCheckout
from integrations.stubs.repositories import seed_repository
from integrations.stubs.sandboxes import ScriptedSandboxes
from integrations.stubs.sandboxes.sandbox import ScriptedSandbox
from tests.contracts.sandboxes.worlds import ROOT
from tests.integration.docker import engine
from tests.integration.git import workshop
from worker.domain.command import Breach, Command
from worker.domain.errors import HandOverRefused, SandboxGone, Unavailable
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import FoundSandbox, SandboxSpec

RUN = RunId("eng-1/../odd, id")
FILES = {"README.md": "# The shop\nis open\n", "bin/go.sh": "#!/bin/sh\n", 'a "b".txt': "1\n"}
SLUG = "acme/shop"

SLEEP = """
import sys
from pathlib import Path
from integrations.stubs.sandboxes import ScriptedSandboxes
from worker.domain.command import Command
from worker.domain.errors import SandboxGone
from worker.domain.lease import RunId
from worker.domain.plan import Limits
from worker.ports import SandboxSpec
directory, bundle, run_id = sys.argv[1:]
spec = SandboxSpec(RunId(run_id), 1, "agent", "scripted", Limits())
try:
    with ScriptedSandboxes(Path(directory)).open(spec, Path(bundle).read_bytes()) as sandbox:
        print("opened", flush=True)
        sandbox.run(Command(("sleep", "600"), 600))
except SandboxGone:
    print("gone", flush=True)
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "sandboxes"


@pytest.fixture
def sandboxes(directory: Path) -> ScriptedSandboxes:
    return ScriptedSandboxes(directory)


def spec(fence: int = 1) -> SandboxSpec:
    return SandboxSpec(RUN, fence, "agent", "scripted", engine.SMALL)


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[GitCheckout]:
    (tmp_path / "server").mkdir()
    seed_repository(tmp_path / "server", SLUG, FILES)
    fleet = GitRepositories(tmp_path / "fleet", lambda s: str(tmp_path / "server" / f"{s}.git"))
    with fleet.open(SLUG, RUN) as opened:
        yield opened


@pytest.fixture
def base(checkout: GitCheckout) -> str:
    return checkout.resolve("main")


@pytest.fixture
def sandbox(
    sandboxes: ScriptedSandboxes, checkout: GitCheckout, base: str
) -> Iterator[ScriptedSandbox]:
    with sandboxes.open(spec(), checkout.bundle(base)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("true", 0),
        ("false", 1),
        ("exit 7", 7),
        ("sleep 0.01", 0),
        ("true && false", 1),
        ("false && exit 9", 1),
        ("false && true; exit 9", 9),
        ("false && true && exit 9; true", 0),
        ("exit 3; true", 3),
        ("true;", 0),
        ("grep -q shop README.md", 0),
        ("grep -q 'The shop' ./README.md && sleep 0", 0),
        ("grep -q sh.p README.md", 0),
        ("grep -q 'shop is' README.md", 1),
        ("grep -q shop nothing.md", 2),
        ("grep -q shop bin", 2),
        ("grep -q shop ../README.md", 2),
    ],
)
def test_what_it_knows_does_as_in_a_shell(sandbox: ScriptedSandbox, line: str, code: int) -> None:
    assert sandbox.run(Command(("sh", "-c", line), 30)).exit_code == code


@pytest.mark.parametrize(
    "line",
    [
        *("", ";", "&&", "true &&", "&& true", "true || false", "true & false", "true | false"),
        *("touch made", "true; touch made", "true > made", "true;;true", "(true)", "! true"),
        *("exit", "exit 256", "exit -1", "sleep", "sleep x", "sleep 1 2", "sleep -1", "sleep inf"),
        *("grep shop README.md", "grep -q s* README.md", "grep -q shop *.md", "grep -q -v x y"),
        *("grep -q $HOME README.md", "grep -q `id` README.md", "grep -q 'shop README.md"),
        *("true\nfalse", "A=1 true", "echo true", "true # false"),
    ],
)
def test_of_what_it_does_not_know_nothing_is_done(sandbox: ScriptedSandbox, line: str) -> None:
    assert sandbox.run(Command(("sh", "-c", f"{line}"), 30)).exit_code == 127
    assert sandbox.read("made") is None


def test_without_a_shell_there_is_no_line(sandbox: ScriptedSandbox) -> None:
    assert sandbox.run(Command(("exit", "4"), 30)).exit_code == 4
    assert sandbox.run(Command(("true;", "true"), 30)).exit_code == 127
    assert sandbox.run(Command(("bash", "-c", "exit 5"), 30)).exit_code == 5
    assert sandbox.run(Command(("sh", "-c", "true", "sh"), 30)).exit_code == 127
    assert sandbox.run(Command((), 30)).exit_code == 127


def test_a_sleep_over_its_time(sandbox: ScriptedSandbox) -> None:
    result = sandbox.run(Command(("sh", "-c", "sleep 600; true"), 0.2))

    assert (result.exit_code, result.breach, result.ok) == (124, Breach.TIMEOUT, False)


def test_the_real_git_adapter_takes_its_work(
    sandbox: ScriptedSandbox, checkout: GitCheckout, base: str
) -> None:
    sandbox.write("bin/go.sh", "#!/bin/sh\ntrue\n")
    sandbox.write('new "dir"/ünï.txt', "2\n")
    handed_out = sandbox.hand_out()

    commit = checkout.accept(handed_out, base, "round 1")

    assert checkout.diff(base, commit).files == ("bin/go.sh", 'new "dir"/ünï.txt')
    assert checkout.read(commit, "bin/go.sh") == "#!/bin/sh\ntrue\n"
    assert checkout.read(commit, 'a "b".txt') == "1\n"
    listed = workshop.git(checkout.git.git_dir, "ls-tree", commit, "bin/go.sh")
    assert listed.startswith("100755 ")
    assert f"\n-{base}".encode() in handed_out


def test_nothing_written_is_the_base(
    sandbox: ScriptedSandbox, checkout: GitCheckout, base: str
) -> None:
    sandbox.write("README.md", FILES["README.md"])

    assert checkout.accept(sandbox.hand_out(), base, "round 1") == base


@pytest.mark.parametrize("path", ["bin", "README.md/x", "bin/go.sh/x/y"])
def test_a_file_is_no_directory(sandbox: ScriptedSandbox, path: str) -> None:
    with pytest.raises(HandOverRefused, match="in its way"):
        sandbox.write(path, "x")


def test_a_sleeper_of_another_process_hears_the_stop(
    sandboxes: ScriptedSandboxes, directory: Path, checkout: GitCheckout, base: str, tmp_path: Path
) -> None:
    (tmp_path / "bundle").write_bytes(checkout.bundle(base))
    worker = subprocess.Popen(
        [sys.executable, "-c", SLEEP, str(directory), str(tmp_path / "bundle"), RUN],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    with worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"opened\n"
        assert list(sandboxes.found()) == [FoundSandbox(RUN, 1)]
        assert sandboxes.stop(RUN) == 1
        assert worker.stdout.readline() == b"gone\n"
    assert worker.returncode == 0
    assert sandboxes.found() == []


def test_a_sleeper_of_another_thread_hears_the_stop(
    sandboxes: ScriptedSandboxes, sandbox: ScriptedSandbox
) -> None:
    stopper = threading.Timer(0.2, sandboxes.stop, (RUN,))
    stopper.start()
    with pytest.raises(SandboxGone):
        sandbox.run(Command(("sleep", "600"), 600))
    stopper.join()


def test_nothing_is_left_of_any_end(
    sandboxes: ScriptedSandboxes, directory: Path, checkout: GitCheckout, base: str
) -> None:
    bundle = checkout.bundle(base)
    with sandboxes.open(spec(), bundle) as sandbox:
        sandbox.hand_out()
    with sandboxes.open(spec(), bundle), sandboxes.open(spec(2), bundle):
        pass
    with pytest.raises(Unavailable), sandboxes.open(spec(), b"no bundle"):
        pass

    assert [path for path in directory.rglob("*") if path.name not in ("open", "removed")] == [
        directory / "storyfleet"
    ]


def test_a_removal_that_was_cut_short_is_finished(
    sandboxes: ScriptedSandboxes, directory: Path
) -> None:
    sandboxes.found()
    left = directory / "storyfleet" / "removed" / "left"
    left.mkdir()
    (left / "file").write_text("")

    sandboxes.found()

    assert not left.exists()


def test_one_image_stands_for_all_that_are_built(sandboxes: ScriptedSandboxes) -> None:
    archived: list[int] = []

    def archive() -> bytes:
        archived.append(1)
        return b""

    specs = (ImageSpec(), ImageSpec(dockerfile="Dockerfile"), ImageSpec(setup=("make",)))
    assert {sandboxes.image(each, archive) for each in specs} == {"scripted"}
    assert len(archived) == 2
