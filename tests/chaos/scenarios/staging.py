"""A staged fleet for one fault at a time: real processes, short timings, scripted models."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.playing import Fleet
from worker.demo.play import Cast, staged
from worker.demo.scene import FILES, Scene

LEASE_SECONDS = 6
QUICK = {
    "LEASE_SECONDS": str(LEASE_SECONDS),
    "HEARTBEAT_SECONDS": "1",
    "RECONCILE_SECONDS": "1",
    "TRACKER_SECONDS": "3",
    "TIDY_SECONDS": "10",
    "TIDY_REPOSITORIES_SECONDS": "20",
    "GRACE_SECONDS": "1",
    "SHUTDOWN_SECONDS": "3",
}
SCRIPTED, DOCKER = {"SANDBOXES": "scripted"}, {"SANDBOXES": "docker"}
SELDOM_TIDY = {"TIDY_SECONDS": "600"}
"""Where nothing is to be tidied: each look is a process of its own."""

AT_ONCE, STEADY, SLOW = "acme/at-once", "acme/steady", "acme/slow"
PICKY, HUNGRY = "acme/picky", "acme/hungry"
REPOSITORIES = {
    AT_ONCE: {".storyfleet.toml": 'execution_command = "grep -q done work.txt"\n'},
    STEADY: {".storyfleet.toml": 'execution_command = "sleep 4 && grep -q done work.txt"\n'},
    SLOW: {".storyfleet.toml": 'execution_command = "sleep 300"\nmax_iterations = 2\n'},
    PICKY: {
        ".storyfleet.toml": "execution_command = "
        '"grep -q slow work.txt && sleep 300; grep -q done work.txt"\n'
    },
    HUNGRY: {".storyfleet.toml": 'execution_command = "tail /dev/zero"\nmax_iterations = 1\n'},
}
"""By how long their execution command takes, in ``PICKY`` by what work.txt says; each but ``SLOW``
is green where work.txt says done. ``HUNGRY`` takes all the memory it can get.
"""


@contextmanager
def playing(
    directory: Path,
    *,
    workers: int = 1,
    settings: Mapping[str, str] = SCRIPTED,
    repositories: Mapping[str, dict[str, str]] = REPOSITORIES,
) -> Iterator["Troupe"]:
    """A fleet with that many workers, called ``worker``, ``worker-2``, …

    ``settings`` go over ``QUICK``; REDIS_URL and DATABASE_URL may be among them.
    """
    scene = Scene("", "", FILES, [], dict(repositories))
    values = {**QUICK, **settings}
    cast = Cast("openai:coder", "openai:judge", "native-tools", settings=values)
    with staged(directory, scene, cast) as stage:
        troupe = Troupe(stage)
        for number in range(2, workers + 1):
            troupe.start(f"worker-{number}")
        yield troupe


@dataclass
class Troupe(Fleet):
    """A staged fleet whose processes can be killed, frozen and started again."""

    def start(self, name: str) -> None:
        """Start a process by its name: what stands before the dash is the command."""
        self.stage.start(name)

    def kill(self, name: str) -> None:
        """kill -9 of the process and all its children."""
        process = self.stage.processes.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def signal(self, name: str, number: signal.Signals) -> subprocess.Popen[bytes]:
        """Send a signal to the process and all its children."""
        process = self.stage.processes.running[name]
        os.killpg(process.pid, number)
        return process

    def children(self, name: str) -> list[int]:
        """The pids that a process has forked, as Linux tells it."""
        pid = self.stage.processes.running[name].pid
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [int(child) for child in listed.split()]
