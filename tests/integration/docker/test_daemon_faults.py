"""A daemon that dies, restarts or hangs: Unavailable in bounded time, and never a result.

A container that is gone is another thing: see ``test_stopping``.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from docker import APIClient

from integrations.docker import DockerSandboxes
from tests.integration.docker import engine
from tests.integration.docker.engine import did, meanwhile
from tests.integration.docker.private_daemon import PrivateDaemon
from tests.integration.docker.test_images import archive
from worker.domain.command import CommandResult
from worker.domain.errors import ImageUnavailable, SandboxGone, Unavailable
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import FoundSandbox, SandboxSpec

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(180),
    # The SDK leaves a socket that could not connect to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

ANSWER_SECONDS = 10
FAULTS: dict[str, Callable[[PrivateDaemon], None]] = {
    "dies": PrivateDaemon.kill,
    "shuts down": PrivateDaemon.stop,
    "hangs": PrivateDaemon.pause,
}


@pytest.fixture
def sandboxes(daemon: PrivateDaemon) -> DockerSandboxes:
    return DockerSandboxes(engine.IMAGE, daemon.docker_host, answer_seconds=ANSWER_SECONDS)


@pytest.fixture
def waiting(
    daemon: PrivateDaemon, sandboxes: DockerSandboxes, handed_in: bytes, run: RunId
) -> Iterator[Callable[[Callable[[PrivateDaemon], None]], CommandResult]]:
    """Does something to the daemon while a command runs, and returns how that ended."""
    with engine.sandbox(sandboxes, handed_in, run=run) as sandbox, daemon.api() as client:

        def wait(fault: Callable[[PrivateDaemon], None]) -> CommandResult:
            thread = meanwhile(lambda: fault(daemon), lambda: engine.busy(client, run))
            try:
                return did(sandbox, "sleep 1800", timeout_seconds=1800)
            finally:
                thread.join()

        yield wait


def restart(daemon: PrivateDaemon) -> None:
    daemon.kill()
    daemon.start()


@pytest.mark.parametrize("how", FAULTS)
def test_under_a_command(
    daemon: PrivateDaemon,
    sandboxes: DockerSandboxes,
    waiting: Callable[[Callable[[PrivateDaemon], None]], CommandResult],
    run: RunId,
    how: str,
) -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        waiting(FAULTS[how])

    daemon.start()
    assert list(sandboxes.found()) == [FoundSandbox(run, 1)]
    assert sandboxes.stop(run) == 1
    assert sandboxes.found() == []


def test_a_restart_under_a_command(
    waiting: Callable[[Callable[[PrivateDaemon], None]], CommandResult],
) -> None:
    """Who asks after it is back is told that the container has ended, which is true."""
    with pytest.raises((Unavailable, SandboxGone)):
        waiting(restart)


@pytest.mark.parametrize("how", [*FAULTS, "vanishes"])
def test_when_it_is_asked(
    daemon: PrivateDaemon, sandboxes: DockerSandboxes, handed_in: bytes, run: RunId, how: str
) -> None:
    aside = daemon.socket.with_name("aside")
    spec = SandboxSpec(run, 1, "agent", engine.IMAGE, engine.SMALL)

    def opened() -> None:
        with sandboxes.open(spec, handed_in):
            pass

    calls: list[Callable[[], object]] = [
        *(opened, sandboxes.found, lambda: sandboxes.stop(run)),
        lambda: sandboxes.image(ImageSpec(), bytes),
    ]
    assert sandboxes.found() == []
    if how == "vanishes":
        daemon.socket.rename(aside)
    else:
        FAULTS[how](daemon)
    for call in calls:
        with pytest.raises(Unavailable):
            call()
    if how == "vanishes":
        aside.rename(daemon.socket)
    else:
        daemon.start()
    # With time enough: a busy machine is no hung daemon.
    with DockerSandboxes(engine.IMAGE, daemon.docker_host).open(spec, handed_in):
        pass


def test_between_two_commands(
    daemon: PrivateDaemon, sandboxes: DockerSandboxes, handed_in: bytes, run: RunId
) -> None:
    with engine.sandbox(sandboxes, handed_in, run=run) as sandbox:
        assert did(sandbox, "true").ok
        daemon.kill()
        uses: list[Callable[[], object]] = [
            lambda: did(sandbox, "true"),
            lambda: sandbox.read("README.md"),
            lambda: sandbox.write("README.md", "x"),
            sandbox.hand_out,
        ]
        for use in uses:
            with pytest.raises(Unavailable):
                use()
        daemon.start()
        for use in uses:
            with pytest.raises(SandboxGone):
                use()


def test_a_short_hang_is_waited_for(
    waiting: Callable[[Callable[[PrivateDaemon], None]], CommandResult],
    daemon: PrivateDaemon,
    run: RunId,
) -> None:
    def stutter(daemon: PrivateDaemon) -> None:
        daemon.pause()
        # Longer than the silence after which it is asked, shorter than it may take to answer.
        meanwhile(daemon.resume, iter([False] * 140 + [True]).__next__).join()
        with daemon.api() as client:
            (container,) = engine.containers(client, run)
            client.kill(container)

    with pytest.raises(SandboxGone):
        waiting(stutter)


@pytest.mark.parametrize("how", FAULTS)
def test_under_a_build(
    daemon: PrivateDaemon, sandboxes: DockerSandboxes, handed_in: bytes, run: RunId, how: str
) -> None:
    """Not ImageUnavailable, which would close the run; and the next build does not notice."""
    step = f"trap 'exit 9' TERM; sleep 8 & wait; echo {run} >/opt/run"
    dockerfile = f"FROM {engine.IMAGE}\nUSER root\nRUN {step}\n"
    spec = ImageSpec(dockerfile="D")

    def building() -> bool:
        with daemon.api() as client:
            return bool(client.containers())

    thread = meanwhile(lambda: FAULTS[how](daemon), building)
    with pytest.raises(Unavailable):
        sandboxes.image(spec, lambda: archive({"D": dockerfile}))
    thread.join()

    daemon.start()
    image = sandboxes.image(spec, lambda: archive({"D": dockerfile}))
    with sandboxes.open(SandboxSpec(run, 1, "agent", image, engine.SMALL), handed_in) as sandbox:
        assert did(sandbox, "cat /opt/run").output == f"{run}\n"


@contextmanager
def stuck(daemon: PrivateDaemon, run: RunId) -> Iterator[None]:
    """Docker gets no answer about the run's container, while its shim does not move."""
    with daemon.api() as client:
        (container,) = engine.containers(client, run)
        main = client.inspect_container(container)["State"]["Pid"]
    status = Path(f"/proc/{main}/status").read_text(encoding="utf-8")
    shim = int(status.partition("\nPPid:")[2].split()[0])
    os.kill(shim, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(shim, signal.SIGCONT)


def test_an_older_sandbox_that_the_daemon_is_stuck_with_is_in_nobodys_way(
    daemon: PrivateDaemon, sandboxes: DockerSandboxes, handed_in: bytes, run: RunId
) -> None:
    spec = SandboxSpec(run, 1, "agent", sandboxes.image(ImageSpec(), bytes), engine.SMALL)
    with sandboxes.open(spec, handed_in), stuck(daemon, run):
        with sandboxes.open(replace(spec, fence=2), handed_in) as newer:
            assert did(newer, "echo alive").output == "alive\n"
        assert FoundSandbox(run, 1) in sandboxes.found()
        with pytest.raises(Unavailable):
            sandboxes.stop(run)


def test_a_build_that_fails_by_itself_is_not_the_daemon_s_fault(
    daemon: PrivateDaemon, sandboxes: DockerSandboxes
) -> None:
    dockerfile = f"FROM {engine.IMAGE}\nRUN exit 7\n"
    with pytest.raises(ImageUnavailable, match="7"):
        sandboxes.image(ImageSpec(dockerfile="D"), lambda: archive({"D": dockerfile}))
    assert sandboxes.found() == []


def test_the_machine_s_own_daemon_keeps_its_bridge(
    daemon: PrivateDaemon, client: APIClient
) -> None:
    daemon.kill()
    daemon.start()

    options = client.inspect_network("bridge")["Options"] or {}
    bridge = options.get("com.docker.network.bridge.name", "docker0")
    assert Path(f"/sys/class/net/{bridge}").exists()
