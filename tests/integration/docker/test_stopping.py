"""Sandboxes that end otherwise than by their stage: stopped, removed, left by a dead worker."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from docker import APIClient

from integrations.docker import DockerSandboxes
from integrations.docker.sandbox import DockerSandbox
from tests.integration.docker import engine
from tests.integration.docker.engine import did, meanwhile, shell
from worker.domain.command import Breach
from worker.domain.errors import SandboxGone, Unavailable
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec

pytestmark = pytest.mark.integration

WORKER = """
import sys
from pathlib import Path
from integrations.docker import DockerSandboxes
from tests.integration.docker import engine
from worker.domain.lease import RunId
fleet, run, bundle = sys.argv[1:]
sandboxes = DockerSandboxes(engine.IMAGE, fleet=fleet)
with engine.sandbox(sandboxes, Path(bundle).read_bytes(), run=RunId(run)) as sandbox:
    print("opened", flush=True)
    sandbox.run(engine.shell("sleep 600", 600))
"""
ROOT = Path(__file__).resolve().parents[3]


def test_stopping_from_another_thread_ends_a_running_command(
    client: APIClient, sandboxes: DockerSandboxes, sandbox: DockerSandbox, run: RunId
) -> None:
    thread = meanwhile(lambda: sandboxes.stop(run), lambda: engine.busy(client, run))
    with pytest.raises(SandboxGone):
        did(sandbox, "sleep 600", timeout_seconds=600)
    thread.join()
    assert engine.containers(client, run) == []


@pytest.mark.parametrize("text", ["sleep 600", "while :; do echo more; sleep 0.1; done"])
def test_a_command_that_there_is_no_reason_to_wait_for(
    client: APIClient, sandbox: DockerSandbox, run: RunId, text: str
) -> None:
    answers = iter([False, False])
    result = sandbox.run(shell(f"echo begun; {text}", 600), lambda: next(answers, True))

    assert (result.breach, result.ok) == (Breach.STOPPED, False)
    assert result.output.startswith("begun\n")
    assert engine.processes_of_the_agent(client, run) == []
    assert did(sandbox, "echo alive").output == "alive\n"


@pytest.mark.parametrize("how", ["stop", "kill", "remove"])
def test_an_operator_s_hand(
    client: APIClient, sandbox: DockerSandbox, run: RunId, how: str
) -> None:
    (container,) = engine.containers(client, run)
    acts: dict[str, Callable[[], object]] = {
        "stop": lambda: client.stop(container, timeout=1),
        "kill": lambda: client.kill(container),
        "remove": lambda: client.remove_container(container, force=True),
    }
    thread = meanwhile(acts[how], lambda: engine.busy(client, run))
    with pytest.raises(SandboxGone):
        did(sandbox, "sleep 600", timeout_seconds=600)
    thread.join()


def test_a_paused_sandbox_is_stopped_too(
    client: APIClient, sandboxes: DockerSandboxes, sandbox: DockerSandbox, run: RunId
) -> None:
    (container,) = engine.containers(client, run)

    def pause_and_stop() -> None:
        client.pause(container)
        assert sandboxes.found()
        assert sandboxes.stop(run) == 1

    thread = meanwhile(pause_and_stop, lambda: engine.busy(client, run))
    with pytest.raises(SandboxGone):
        did(sandbox, "sleep 600", timeout_seconds=600)
    thread.join()


def test_a_sandbox_whose_main_process_runs_out_of_memory(
    client: APIClient, sandbox: DockerSandbox, run: RunId
) -> None:
    """The kernel is told to take that one: as a rule it takes the command."""
    (container,) = engine.containers(client, run)
    offer = ["sh", "-c", "echo 1000 >/proc/1/oom_score_adj && echo done"]
    offered = client.exec_start(client.exec_create(container, offer, user="10002:10002")["Id"])
    assert offered == b"done\n"
    spare = "for p in /proc/[0-9]*; do echo 0 >$p/oom_score_adj; done 2>/dev/null"
    third = "python3 -c 'import time; x = bytearray(120 * 2**20); time.sleep(600)'"
    eat = f"{spare}; {third} & {third} & {third}"

    with pytest.raises(SandboxGone):
        did(sandbox, eat, timeout_seconds=600)


def test_a_kill_after_a_command_ran_out_of_memory_is_no_result(
    client: APIClient, sandbox: DockerSandbox, run: RunId
) -> None:
    assert did(sandbox, "python3 -c 'x = bytearray(10**9)'").breach is Breach.OUT_OF_MEMORY
    (container,) = engine.containers(client, run)
    thread = meanwhile(lambda: client.kill(container), lambda: engine.busy(client, run))
    with pytest.raises(SandboxGone):
        did(sandbox, "sleep 600", timeout_seconds=600)
    thread.join()


def test_what_a_killed_worker_left_is_ended_by_the_next(
    client: APIClient, sandboxes: DockerSandboxes, handed_in: bytes, run: RunId, tmp_path: Path
) -> None:
    (tmp_path / "in.bundle").write_bytes(handed_in)
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, engine.FLEET, run, str(tmp_path / "in.bundle")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
    )
    with worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"opened\n"
        worker.send_signal(signal.SIGKILL)
    assert len(engine.containers(client, run)) == 1

    assert sandboxes.stop(run, below_fence=2) == 1
    assert engine.containers(client, run) == []


def test_an_interrupted_stage_leaves_nothing(
    client: APIClient, sandboxes: DockerSandboxes, handed_in: bytes, run: RunId
) -> None:
    def stage(interruption: BaseException) -> None:
        with engine.sandbox(sandboxes, handed_in, run=run) as sandbox:
            sandbox.run(shell("true"))
            raise interruption

    for interruption in (KeyboardInterrupt(), SystemExit()):
        with pytest.raises(type(interruption)):
            stage(interruption)
        assert engine.containers(client, run) == []


def test_it_works_on_both_sides_of_a_fork(sandboxes: DockerSandboxes) -> None:
    image = sandboxes.image(ImageSpec(), bytes)
    child = os.fork()
    if child == 0:
        same = False
        try:
            same = sandboxes.image(ImageSpec(), bytes) == image
        finally:
            os._exit(0 if same else 1)
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert sandboxes.image(ImageSpec(), bytes) == image


@pytest.mark.parametrize("host", ["unix:///nowhere/docker.sock", "tcp://127.0.0.1:1"])
def test_an_engine_that_does_not_answer_is_explained(host: str) -> None:
    with pytest.raises(Unavailable, match="Is dockerd running, and may this user use it"):
        DockerSandboxes(engine.IMAGE, host).stop(engine.new_run())
