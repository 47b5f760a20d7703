"""What a sandbox costs beside a bare, equally hardened ``docker run`` of the same image, and what a
scripted one costs that stands in for it under load.

Run by hand, where nothing else runs: ``python -m tests.benchmarks.bench_sandbox [TIMES]``. Promised
is that the start of the container, without the checkout, is at most 1.3 x bare.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from statistics import median

from docker import APIClient

from integrations.docker import DockerSandboxes
from integrations.docker.connection import Connection
from integrations.docker.hardening import Terms, create
from integrations.docker.processes import MIB, Processes
from integrations.stubs.sandboxes import ScriptedSandboxes
from tests.integration.docker import engine
from worker.domain.command import Command
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import SandboxSpec

HARDENED = (
    *("--network=none", "--read-only", "--cap-drop=ALL", "--init"),
    *("--security-opt=no-new-privileges", "--user=10001:10001", "--memory=256m", "--pids-limit=64"),
    *("--memory-swap=256m", "--cpus=1", "--tmpfs=/tmp", "--tmpfs=/workspace"),
)
TRUE = Command(("true",), 60)
Use = Callable[[], AbstractContextManager[object]]


def main(times: int) -> None:
    """Print medians in milliseconds, and as a multiple of the bare start."""
    with tempfile.TemporaryDirectory() as scratch, engine.api() as client:
        bundle = engine.bundle(Path(scratch))
        docker = DockerSandboxes(engine.IMAGE, fleet=engine.FLEET)
        scripted = ScriptedSandboxes(Path(scratch) / "scripted")
        closed = _spec(docker.image(ImageSpec(), bytes))
        forward = docker.image(ImageSpec(), bytes, ("forward",))
        uses: dict[str, Use] = {
            "bare docker run": bare,
            "bare, and docker exec": lambda: bare(("exec", "true")),
            "container alone": lambda: container(client, closed),
            "and its first exec": lambda: container(client, closed, ready=True),
            "sandbox, checkout in it": lambda: docker.open(_new(closed), bundle),
            "the same with a door": lambda: docker.open(
                replace(_new(closed), image=forward, door=scratch), bundle
            ),
            "scripted": lambda: scripted.open(_spec(scripted.image(ImageSpec(), bytes)), bundle),
        }
        measured = _medians(times, uses)
        floor = next(iter(measured.values()))[0]
        for name, (start, end) in measured.items():
            _tell(f"{name:<28}{_ms(start)}{start / floor:>8.2f} x bare, end {_ms(end)}")
        with docker.open(_new(closed), bundle) as sandbox:
            calls: dict[str, Use] = {
                "one more command": lambda: nullcontext(sandbox.run(TRUE)),
                "hand out": lambda: nullcontext(sandbox.hand_out()),
            }
            for name, (took, _) in _medians(times, calls).items():
                _tell(f"{name:<28}{_ms(took)}")


@contextmanager
def bare(*then: tuple[str, str]) -> Iterator[None]:
    """A container by the command line; ``true`` alone, or one that waits for what comes ``then``:
    a docker command, and its argument.
    """
    name = str(engine.new_run())
    run = ("run", f"--name={name}", *HARDENED)
    if then:
        _docker(*run, "--detach", "--entrypoint=sleep", engine.IMAGE, "60")
    else:
        _docker(*run, "--entrypoint=true", engine.IMAGE)
    for command, argument in then:
        _docker(command, name, argument)
    yield
    _docker("rm", "--force", name)


@contextmanager
def container(client: APIClient, spec: SandboxSpec, *, ready: bool = False) -> Iterator[None]:
    """A sandbox's, without a checkout."""
    name = f"storyfleet-{engine.new_run()}"
    create(client, spec, name, Terms(engine.FLEET, None, 60))
    client.start(name)
    if ready:
        processes = Processes(Connection(None), name, spec.limits.memory_bytes)
        processes.collect("read", "nothing", seconds=60, limit_bytes=MIB)
    yield
    client.remove_container(name, v=True, force=True)


def _docker(*arguments: str) -> None:
    subprocess.run(["docker", *arguments], check=True, stdout=subprocess.DEVNULL)


def _spec(image: str) -> SandboxSpec:
    return SandboxSpec(engine.new_run(), 1, "agent", image, engine.SMALL)


def _new(spec: SandboxSpec) -> SandboxSpec:
    return replace(spec, run_id=engine.new_run())


def _medians(times: int, uses: dict[str, Use]) -> dict[str, tuple[float, float]]:
    """Seconds to begin and to end, taken in turns, so that a busy moment of the machine hits all
    alike.
    """
    begun: dict[str, list[float]] = {name: [] for name in uses}
    ended: dict[str, list[float]] = {name: [] for name in uses}
    for _ in range(times):
        for name, use in uses.items():
            at = time.perf_counter()
            with use():
                begun[name].append(time.perf_counter() - at)
                at = time.perf_counter()
            ended[name].append(time.perf_counter() - at)
    return {name: (median(begun[name]), median(ended[name])) for name in uses}


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:>8.0f} ms"


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25)
