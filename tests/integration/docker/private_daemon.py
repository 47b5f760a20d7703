"""A second Docker daemon of a test's own, to be killed, stopped and hung as it likes.

It shares nothing with the machine's daemon but the kernel: its own data, socket and containerd, no
bridge, no firewall rules. Needs root. Its containers have no network but ``none``.
"""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from docker import APIClient
from docker.errors import DockerException

from integrations.docker.connection import Connection
from tests.integration.docker import engine
from worker.domain.errors import Unavailable

READY_SECONDS = 180
END_SECONDS = 60
_TAIL = 2000
_PREFIX = "storyfleet-dockerd-"
"""Of the directory's name; then the test's process, which tells what a killed test has left."""


class PrivateDaemon:
    """One daemon in ``directory``; it can be killed and started any number of times."""

    def __init__(self, directory: Path, storage_driver: str) -> None:
        self.directory = directory
        self.socket = directory / "docker.sock"
        self._storage_driver = storage_driver
        self._log = directory / "dockerd.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def docker_host(self) -> str:
        return f"unix://{self.socket}"

    def api(self, timeout_seconds: int = 60) -> APIClient:
        return APIClient(self.docker_host, version="auto", timeout=timeout_seconds)

    def start(self) -> None:
        """Start it, unless it runs, and wait until it answers."""
        if self._process is None:
            # Where nobody reaps orphans, a killed daemon's containerd would be taken for alive.
            for left in ("dockerd.pid", "run/containerd/containerd.pid"):
                (self.directory / left).unlink(missing_ok=True)
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    self._command(), stdout=log, stderr=log, start_new_session=True
                )
        self.resume()
        _until(self._answers, READY_SECONDS, "the private dockerd does not answer")

    def kill(self) -> None:
        """As by ``kill -9``: its containers run on until it is started again."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As at a shutdown of the machine: it stops its containers first."""
        self._end(signal.SIGTERM)

    def pause(self) -> None:
        """It hangs: its socket is there, and nobody answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def remove_containers(self) -> None:
        """All of them, in whatever state."""
        with self.api() as client:
            for container in client.containers(all=True):
                with suppress(DockerException):
                    client.remove_container(container["Id"], v=True, force=True)

    def load(self, image: str) -> None:
        """Take an image over from the machine's daemon."""
        with engine.api() as source, self.api(300) as target:
            for step in target.load_image(source.get_image(image)):  # type: ignore[no-untyped-call]
                assert "error" not in step, step

    def close(self) -> None:
        """Leave nothing: no process, no mount, no file."""
        try:
            if self._process is not None:
                with suppress(AssertionError, DockerException, OSError):
                    self.start()
                    self.remove_containers()
                self.stop()
        finally:
            self.kill()
            self.clear()

    def clear(self) -> None:
        """End and remove what there is of it, whoever started it."""
        containers = self._containers()
        _kill(self._left_running())
        _until(lambda: not self._left_running(), END_SECONDS, "its processes do not end")
        _unmount(self.directory)
        shutil.rmtree(self.directory)
        for container in containers:
            for group in Path("/sys/fs/cgroup").glob(f"**/docker/{container}"):
                group.rmdir()

    def _command(self) -> list[str]:
        at = self.directory
        (at / "daemon.json").write_text("{}", encoding="utf-8")
        return [
            # A network of its own: without a bridge, a daemon removes the one that it finds.
            *("unshare", "--net"),
            *("dockerd", f"--config-file={at}/daemon.json", f"--host={self.docker_host}"),
            *(f"--data-root={at}/data", f"--exec-root={at}/run", f"--pidfile={at}/dockerd.pid"),
            *("--bridge=none", "--iptables=false", "--ip-masq=false", "--ip-forward=false"),
            *("--userland-proxy=false", f"--storage-driver={self._storage_driver}"),
            # Where a machine has one containerd for all, ours are kept apart in it.
            f"--containerd-namespace={at.name}",
            f"--containerd-plugins-namespace={at.name}-plugins",
        ]

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            self._process = None
            said = self._log.read_text(encoding="utf-8", errors="replace")[-_TAIL:]
            raise AssertionError(f"the private dockerd ended: {said}")
        try:
            Connection(self.docker_host, 5).check()
        except Unavailable:
            return False
        return True

    def _signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _end(self, number: int) -> None:
        if self._process is None:
            return
        self.resume()
        self._process.send_signal(number)
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _containers(self) -> list[str]:
        try:
            return [each.name for each in (self.directory / "data" / "containers").iterdir()]
        except FileNotFoundError:
            return []

    def _left_running(self) -> list[int]:
        """Its containerd and shims, which name its directory, and what is in its containers."""
        ours = [str(self.directory), *(f"/{container}" for container in self._containers())]
        marks = [each.encode() for each in ours]
        return [
            int(process.name)
            for process in Path("/proc").iterdir()
            if process.name.isdigit() and int(process.name) != os.getpid()
            # A zombie's is empty.
            if (arguments := _told(process / "cmdline"))
            if any(mark in arguments + _told(process / "cgroup") for mark in marks)
        ]


@contextmanager
def private_daemon(*images: str) -> Iterator[PrivateDaemon]:
    """A running daemon with these images of the machine's; skips or fails the test without one."""
    with engine.api() as machine:
        driver = str(machine.info()["Driver"])
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        engine.missing("a private dockerd needs root, and dockerd on the PATH")
    # Short: the path of a socket has at most 107 bytes.
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if not Path(f"/proc/{left.name.split('-')[-2]}").exists():
            PrivateDaemon(left, driver).clear()
    directory = Path(tempfile.gettempdir(), f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}")
    directory.mkdir(mode=0o700)
    daemon = PrivateDaemon(directory, driver)
    try:
        try:
            daemon.start()
        except AssertionError as fault:
            engine.missing(f"no private dockerd: {fault}")
        for image in images or (engine.IMAGE,):
            daemon.load(image)
        yield daemon
    finally:
        daemon.close()


def _until(ready: Callable[[], bool], seconds: float, otherwise: str) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.1)


def _told(file: Path) -> bytes:
    """A file of /proc; nothing where the process has ended meanwhile."""
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _kill(processes: list[int]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _unmount(directory: Path) -> None:
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    points = [line.split()[4] for line in lines]
    for point in reversed([each for each in points if each.startswith(f"{directory}/")]):
        subprocess.run(["umount", "--lazy", point], check=True)
