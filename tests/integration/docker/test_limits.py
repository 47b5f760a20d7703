"""Limits that hold, each by trying to break it; and nothing of a command outlives it."""

from dataclasses import replace
from pathlib import Path

import pytest
from docker import APIClient

from integrations.docker import DockerSandboxes
from integrations.docker.sandbox import DockerSandbox
from tests.integration.docker import engine
from tests.integration.docker.engine import MIB, did
from worker.domain.command import Breach
from worker.domain.errors import ConfigurationError, HandOverRefused
from worker.domain.lease import RunId
from worker.domain.plan import Limits

pytestmark = pytest.mark.integration

STUBBORN = {
    "waits": "sleep 600",
    "ignores TERM": "trap '' TERM HUP INT; while :; do sleep 1; done",
    "detaches": "setsid sleep 600 & setsid sh -c 'trap \"\" TERM; sleep 600' & sleep 600",
    "daemonises": "(setsid sh -c 'sleep 600 & sleep 600' >/dev/null 2>&1 &) ; sleep 600",
    "stops its parent": "kill -STOP $PPID; sleep 600",
    "kills its parent": "(setsid sleep 600 &); kill -9 $PPID; sleep 600",
    "bombs": "sh -c 'bomb() { bomb | bomb & }; bomb' & exec sleep 600",
}


@pytest.mark.parametrize("how", STUBBORN)
def test_nothing_runs_after_a_timeout(
    client: APIClient, run: RunId, sandbox: DockerSandbox, how: str
) -> None:
    result = did(sandbox, STUBBORN[how], timeout_seconds=1)

    # Without its parent's clock, it was simply killed.
    assert result.breach is (None if how == "kills its parent" else Breach.TIMEOUT)
    assert not result.ok
    assert engine.processes_of_the_agent(client, run) == []
    assert did(sandbox, "echo alive").output == "alive\n"


def test_nothing_runs_after_a_good_end(
    client: APIClient, run: RunId, sandbox: DockerSandbox
) -> None:
    result = did(sandbox, "sleep 600 & setsid sleep 600 & (setsid sleep 600 &) ; echo done")

    assert (result.exit_code, result.output, result.breach) == (0, "done\n", None)
    assert engine.processes_of_the_agent(client, run) == []


def test_a_bomb_that_kills_its_watcher_ends_the_sandbox(sandbox: DockerSandbox) -> None:
    """With every process slot taken, nothing else than the container's end is left."""
    fork = "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass"
    result = did(sandbox, f"kill -9 $PPID; exec python3 -c '{fork}'", timeout_seconds=5)

    assert not result.ok
    if "shut down" in result.output:
        assert not did(sandbox, "echo alive").ok
        with pytest.raises(HandOverRefused, match="shut down"):
            sandbox.hand_out()


def test_out_of_memory(sandbox: DockerSandbox) -> None:
    eat = "python3 -c 'x = bytearray(10**9)'"
    result = did(sandbox, eat)
    caught = did(sandbox, f"{eat}; exit 1")
    after = did(sandbox, "exit 137")

    assert (result.exit_code, result.breach) == (137, Breach.OUT_OF_MEMORY)
    assert (caught.exit_code, caught.breach) == (1, Breach.OUT_OF_MEMORY)
    assert (after.exit_code, after.breach) == (137, None)


@pytest.mark.parametrize("place", ["/workspace", "/tmp", "/home/agent"])
def test_out_of_disk(sandbox: DockerSandbox, place: str) -> None:
    result = did(sandbox, f"dd if=/dev/zero of={place}/big.log bs=1M")

    assert (result.exit_code, result.breach) == (1, Breach.OUT_OF_DISK)
    assert sandbox.hand_out().startswith(b"# v")


def test_memory_full_of_files_still_lets_the_work_out(
    sandboxes: DockerSandboxes, handed_in: bytes
) -> None:
    limits = Limits(128 * MIB, 1.0, 64, 512 * MIB, 16 * 1024)
    with engine.sandbox(sandboxes, handed_in, limits) as sandbox:
        places = "/workspace/a.log /tmp/b.log /home/agent/c.log /dev/shm/d.log"
        result = did(sandbox, f"for f in {places}; do dd if=/dev/zero of=$f bs=1M; done")

        assert not result.ok
        assert result.breach in (Breach.OUT_OF_MEMORY, Breach.OUT_OF_DISK)
        assert sandbox.hand_out().startswith(b"# v")


@pytest.mark.parametrize("place", ["/workspace", "/tmp", "/home/agent", "/dev/shm"])
def test_out_of_files(sandboxes: DockerSandboxes, handed_in: bytes, place: str) -> None:
    limits = replace(engine.SMALL, files=500)
    with engine.sandbox(sandboxes, handed_in, limits) as sandbox:
        assert did(sandbox, f"cd {place} && touch $(seq 300)").ok
        result = did(sandbox, f"mkdir {place}/more && cd {place}/more && touch $(seq 500)")

        assert (result.exit_code, result.breach) == (1, Breach.OUT_OF_FILES)
        assert sandbox.hand_out().startswith(b"# v")


def test_out_of_processes(sandbox: DockerSandbox) -> None:
    result = did(sandbox, "for i in $(seq 200); do sleep 20 & done", timeout_seconds=60)
    alone = did(sandbox, "exit 2")

    assert "fork" in result.output
    assert (result.ok, result.breach) == (False, Breach.OUT_OF_PROCESSES)
    assert (alone.exit_code, alone.breach) == (2, None), "what was before does not count"


def test_too_much_output(client: APIClient, run: RunId, sandbox: DockerSandbox) -> None:
    result = did(sandbox, "trap '' PIPE TERM; yes")

    assert result.breach is Breach.TOO_MUCH_OUTPUT
    assert len(result.output) < 2 * engine.SMALL.output_bytes
    assert engine.processes_of_the_agent(client, run) == []
    assert did(sandbox, "echo alive").output == "alive\n"


def test_of_much_output_the_beginning_and_the_end_are_kept(sandbox: DockerSandbox) -> None:
    result = did(sandbox, "seq 1 10000; printf '\\377\\n'")

    assert (result.exit_code, result.breach) == (0, None)
    assert result.output.startswith("1\n2\n3\n")
    assert result.output.endswith("9999\n10000\n�\n")
    assert "bytes of output left out" in result.output


def test_stdout_and_stderr_come_in_their_order(sandbox: DockerSandbox) -> None:
    result = did(sandbox, "for i in 1 2 3; do echo out $i; echo err $i >&2; done")

    assert result.output == "".join(f"out {i}\nerr {i}\n" for i in (1, 2, 3))


def test_a_large_input_arrives(sandbox: DockerSandbox) -> None:
    sandbox.write("large.txt", "x" * (5 * MIB))

    assert did(sandbox, "wc -c <large.txt").output == f"{5 * MIB}\n"


def test_a_command_that_cannot_be_started_is_a_result(sandbox: DockerSandbox) -> None:
    for text in ("echo \0", "# " + "x" * (3 * MIB)):
        result = did(sandbox, text)
        assert (result.exit_code, result.breach) == (126, None)
    assert did(sandbox, "echo alive").output == "alive\n"


def test_a_checkout_that_does_not_fit(sandboxes: DockerSandboxes, handed_in: bytes) -> None:
    tiny = Limits(64 * MIB, 1.0, 64, 16 * 1024, 16 * 1024)
    with (
        pytest.raises(ConfigurationError, match="does not fit"),
        engine.sandbox(sandboxes, handed_in, tiny),
    ):
        pass


def test_a_checkout_of_too_many_files(sandboxes: DockerSandboxes, tmp_path: Path) -> None:
    many = engine.bundle(tmp_path, {f"src/{number}": f"{number}\n" for number in range(300)})
    with (
        pytest.raises(ConfigurationError, match="more files than a sandbox may have"),
        engine.sandbox(sandboxes, many, replace(engine.SMALL, files=200)),
    ):
        pass
