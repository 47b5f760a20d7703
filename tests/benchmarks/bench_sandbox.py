"""What a sandbox costs beside a bare, equally hardened ``docker run`` of the same image, and what a
scripted one costs that stands in for it under load.

Run by hand, where nothing else runs: ``python -m tests.benchmarks.bench_sandbox [TIMES]``.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from integrations.docker import DockerSandboxes
from integrations.stubs.sandboxes import ScriptedSandboxes
from tests.integration.docker import engine
from worker.domain.command import Command
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import SandboxSpec

BARE = (
    *("docker", "run", "--rm", "--network=none", "--read-only", "--cap-drop=ALL", "--init"),
    *("--security-opt=no-new-privileges", "--user=10001:10001", "--memory=256m", "--pids-limit=64"),
    *("--memory-swap=256m", "--cpus=1", "--tmpfs=/tmp", "--tmpfs=/workspace", "--entrypoint=true"),
    engine.IMAGE,
)
TRUE = Command(("true",), 60)


def main(times: int) -> None:
    """Print medians in milliseconds, and as a multiple of the bare start."""
    with tempfile.TemporaryDirectory() as scratch:
        bundle = engine.bundle(Path(scratch))
    sandboxes = DockerSandboxes(engine.IMAGE, fleet=engine.FLEET)
    image = sandboxes.image(ImageSpec(), bytes)

    def whole() -> None:
        spec = SandboxSpec(engine.new_run(), 1, "agent", image, engine.SMALL)
        with sandboxes.open(spec, bundle) as sandbox:
            sandbox.run(TRUE)

    def bare() -> None:
        subprocess.run(BARE, check=True)

    with tempfile.TemporaryDirectory() as directory:
        calls = {"bare docker run": bare, "open, hand in, run, close": whole}
        measured = _medians(times, calls | {"the same, scripted": _scripted(directory, bundle)})
    with engine.sandbox(sandboxes, bundle) as sandbox:
        measured |= _medians(
            times, {"one more command": lambda: sandbox.run(TRUE), "hand out": sandbox.hand_out}
        )
    floor = measured["bare docker run"]
    for name, seconds in measured.items():
        sys.stdout.write(f"{name:<28}{seconds * 1000:>9.0f} ms{seconds / floor:>8.2f} x bare\n")


def _scripted(directory: str, bundle: bytes) -> Callable[[], object]:
    sandboxes = ScriptedSandboxes(Path(directory))
    image = sandboxes.image(ImageSpec(), bytes)

    def whole() -> None:
        spec = SandboxSpec(engine.new_run(), 1, "agent", image, engine.SMALL)
        with sandboxes.open(spec, bundle) as sandbox:
            sandbox.run(TRUE)

    return whole


def _medians(times: int, calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Taken in turns, so that a busy moment of the machine hits all alike."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(times):
        for name, call in calls.items():
            began = time.perf_counter()
            call()
            taken[name].append(time.perf_counter() - began)
    return {name: statistics.median(series) for name, series in taken.items()}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25)
