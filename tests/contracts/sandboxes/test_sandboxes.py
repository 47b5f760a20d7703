"""What every machine that runs sandboxes promises."""

from collections.abc import Callable

import pytest

from tests.contracts.sandboxes import worlds
from tests.contracts.sandboxes.worlds import FILES, World, spec
from tests.integration.docker import engine
from worker.domain.command import Breach, Command
from worker.domain.errors import HandOverRefused, ImageUnavailable, SandboxGone, Unavailable
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import FoundSandbox, SandboxSpec
from worker.ports import Sandbox, Sandboxes


def test_a_command_ends_with_its_code(sandbox: Sandbox) -> None:
    codes = [
        sandbox.run(Command(argv, 30)).exit_code
        for argv in (worlds.NOTHING, worlds.FAIL, worlds.FIND, worlds.MISS)
    ]
    failed = sandbox.run(Command(worlds.FAIL, 30))

    assert codes == [0, 3, 0, 1]
    assert (failed.output, failed.breach, failed.ok) == ("", None, False)


def test_a_command_ends_with_its_output(shell: Sandbox) -> None:
    result = shell.run(Command(worlds.SAY, 30))

    assert (result.exit_code, result.output, result.breach) == (3, "said\n", None)
    assert not result.ok


def test_a_command_gets_its_input_and_environment(shell: Sandbox) -> None:
    told = shell.run(Command(worlds.TELL, 30, env={"WORD": "a b  'c' $d"}))
    read = shell.run(Command(worlds.READ_INPUT, 30, stdin=b"one\ntwo"))
    nothing = shell.run(Command(worlds.READ_INPUT, 30))

    assert (told.output, read.output) == ("a b  'c' $d\n", "one\ntwo")
    assert (nothing.output, nothing.ok) == ("", True)


def test_a_command_is_stopped_when_there_is_nothing_more_to_wait_for(sandbox: Sandbox) -> None:
    stopped = sandbox.run(Command(worlds.WAIT, 600), lambda: True)
    another = sandbox.run(Command(worlds.NOTHING, 30), lambda: False)

    assert (stopped.exit_code, stopped.breach, stopped.ok) == (137, Breach.STOPPED, False)
    assert another.ok


def test_a_program_that_is_not_there_is_a_result(sandbox: Sandbox) -> None:
    assert sandbox.run(Command(("no-such-program",), 30)).exit_code == 127


def test_files_are_read_and_written(sandbox: Sandbox) -> None:
    sandbox.write("docs/deep/new.md", "ü\n")
    sandbox.write("README.md", "")

    assert sandbox.read("docs/deep/new.md") == "ü\n"
    assert sandbox.read("README.md") == ""
    assert sandbox.read("./src/ünï.py") == FILES["src/ünï.py"]


@pytest.mark.parametrize("path", ["nothing.md", "src", "../etc/passwd", "/etc/passwd", "", "."])
def test_what_is_no_file_of_the_checkout_has_no_text(sandbox: Sandbox, path: str) -> None:
    assert sandbox.read(path) is None


@pytest.mark.parametrize(
    "path", ["../x", "/tmp/x", "a/../../x", ".git/config", "a/.GIT/x", "", "."]
)
def test_nothing_is_written_outside(sandbox: Sandbox, path: str) -> None:
    with pytest.raises(HandOverRefused, match="inside the checkout"):
        sandbox.write(path, "x")


def test_what_was_written_is_handed_out(world: World, sandbox: Sandbox, base: bytes) -> None:
    sandbox.write("src/app.py", "1\n")
    sandbox.write("README.md", "# Another\n")

    handed_out = world.handed_out(base, sandbox.hand_out())

    assert handed_out == {**FILES, "README.md": "# Another\n", "src/app.py": "1\n"}
    sandbox.write("src/app.py", "2\n")
    again = world.handed_out(base, sandbox.hand_out())
    assert again == {**handed_out, "src/app.py": "2\n"}


def test_what_a_command_did_is_handed_out(
    shell_world: World, shell: Sandbox, shell_base: bytes
) -> None:
    shell.write("src/app.py", "1\n")
    assert shell.run(Command(worlds.CHANGE, 30)).ok

    handed_out = shell_world.handed_out(shell_base, shell.hand_out())

    unchanged = {"src/ünï.py": FILES["src/ünï.py"]}
    assert handed_out == {**unchanged, "src/app.py": "1\n", "made.txt": "new\n"}


def test_nothing_done_is_handed_out_too(world: World, sandbox: Sandbox, base: bytes) -> None:
    assert world.handed_out(base, sandbox.hand_out()) == FILES
    assert world.handed_out(base, sandbox.hand_out()) == FILES


def test_a_home_with_nothing_in_it_has_nothing_to_remember(sandbox: Sandbox) -> None:
    assert sandbox.pack_home((".mine",), 1000, 10) is None
    assert not sandbox.unpack_home(b"no archive", (".mine",))
    assert sandbox.pack_home((".mine",), 1000, 10) is None


def test_what_was_remembered_goes_to_another_sandbox(
    shell_world: World, shell: Sandbox, run_id: RunId, shell_base: bytes
) -> None:
    shell_world.remember(shell, ".mine/a", "1\n")
    archive = shell.pack_home((".mine",), 1000, 10)
    assert archive is not None
    assert shell.pack_home((".min", ".mine/b"), 1000, 10) is None
    assert shell.pack_home((".mine",), 1, 10) is None
    assert shell.pack_home((".mine",), 1000, 0) is None
    with shell_world.sandboxes.open(spec(shell_world, run_id), shell_base) as another:
        assert another.unpack_home(archive, (".mine",))
        assert shell_world.remembered(another, ".mine/a") == "1\n"
        assert shell_world.handed_out(shell_base, another.hand_out()) == FILES


def test_a_sandbox_ends_with_its_stage(world: World, run_id: RunId, base: bytes) -> None:
    with world.sandboxes.open(spec(world, run_id), base):
        pass
    with pytest.raises(KeyboardInterrupt), world.sandboxes.open(spec(world, run_id), base):
        raise KeyboardInterrupt

    assert world.sandboxes.stop(run_id) == 0


def test_a_stopped_sandbox_is_gone(world: World, run_id: RunId, sandbox: Sandbox) -> None:
    assert world.sandboxes.stop(RunId("another")) == 0
    assert world.sandboxes.stop(run_id) == 1
    assert world.sandboxes.stop(run_id) == 0

    uses: list[Callable[[], object]] = [
        lambda: sandbox.run(Command(worlds.NOTHING, 30)),
        lambda: sandbox.read("README.md"),
        lambda: sandbox.write("README.md", ""),
        sandbox.hand_out,
        lambda: sandbox.pack_home((".mine",), 1000, 10),
        lambda: sandbox.unpack_home(b"x", (".mine",)),
    ]
    for use in uses:
        with pytest.raises(SandboxGone):
            use()


def test_only_lower_fences_are_stopped(world: World, run_id: RunId, base: bytes) -> None:
    with world.sandboxes.open(spec(world, run_id, 5), base) as sandbox:
        assert world.sandboxes.stop(run_id, below_fence=5) == 0
        assert sandbox.run(Command(worlds.NOTHING, 30)).ok
        assert world.sandboxes.stop(run_id, below_fence=6) == 1


def test_a_newer_lease_ends_the_sandbox_of_an_older(
    world: World, run_id: RunId, base: bytes
) -> None:
    with (
        world.sandboxes.open(spec(world, run_id, 1), base) as older,
        world.sandboxes.open(spec(world, run_id, 2), base) as newer,
    ):
        assert newer.run(Command(worlds.NOTHING, 30)).ok
        with pytest.raises(SandboxGone):
            older.run(Command(worlds.NOTHING, 30))


def test_what_is_open_is_found(world: World, run_id: RunId, base: bytes) -> None:
    sandboxes = world.sandboxes
    assert sandboxes.found() == []
    with (
        sandboxes.open(spec(world, run_id, 3), base),
        sandboxes.open(spec(world, RunId("another"), 4), base),
    ):
        found = {(each.run_id, each.fence) for each in sandboxes.found()}
        assert found == {(run_id, 3), (RunId("another"), 4)}
    assert sandboxes.found() == []


def test_what_was_left_behind_is_found_until_it_is_stopped(
    world: World, run_id: RunId, base: bytes
) -> None:
    with world.left_behind(spec(world, run_id, 2), base):
        assert list(world.sandboxes.found()) == [FoundSandbox(run_id, 2)]
        assert world.sandboxes.stop(run_id, below_fence=2) == 0
        assert world.sandboxes.stop(run_id, below_fence=3) == 1
        assert world.sandboxes.found() == []


def test_another_fleet_s_are_neither_found_nor_stopped(
    world: World, run_id: RunId, base: bytes
) -> None:
    another = world.another_fleet()
    with world.sandboxes.open(spec(world, run_id, 1), base) as sandbox:
        assert another.found() == []
        assert another.stop(run_id) == 0
        with another.open(spec(world, run_id, 2), base):
            assert sandbox.run(Command(worlds.NOTHING, 30)).ok
            assert list(another.found()) == [FoundSandbox(run_id, 2)]
            assert list(world.sandboxes.found()) == [FoundSandbox(run_id, 1)]


def test_an_image_that_is_not_there(world: World, run_id: RunId, base: bytes) -> None:
    with pytest.raises(ImageUnavailable):
        world.sandboxes.image(ImageSpec(image="storyfleet/no-such-image:1"), bytes)
    missing = SandboxSpec(run_id, 1, "agent", "storyfleet/no-such-image:1", engine.SMALL)
    with pytest.raises(ImageUnavailable), world.sandboxes.open(missing, base):
        pass


def test_a_machine_that_does_not_answer(world: World, run_id: RunId, base: bytes) -> None:
    broken: Sandboxes = world.broken()
    wanted = spec(world, run_id)
    with pytest.raises(Unavailable):
        broken.image(ImageSpec(), bytes)
    with pytest.raises(Unavailable):
        broken.stop(run_id)
    with pytest.raises(Unavailable):
        broken.found()
    with (
        pytest.raises(Unavailable),
        broken.open(wanted, base),
    ):
        pass
