"""Real worker processes with the configuration as shipped, and a real broker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from integrations.broker import CeleryBell
from tests.integration.broker.servers import PASSWORD, Server
from worker.celery import WORKER_ARGUMENTS, WORKER_ENVIRONMENT
from worker.health import check_health
from worker.settings import Role, Settings

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
SECRETS = {"LINEAR_API_KEY": "lin_api_not_for_logs", "GITHUB_TOKEN": "ghp_not_for_logs"}


class Worker:
    def __init__(self, process: subprocess.Popen[bytes], data: Path, output: Path) -> None:
        self.process = process
        self._data = data
        self._output = output

    def log(self) -> list[str]:
        file = self._data / "log"
        return file.read_text().splitlines() if file.exists() else []

    def begun(self) -> list[int]:
        """Process ids of the children that began a job."""
        return [int(line.split()[1]) for line in self.log() if line.startswith("begun")]

    def let_go(self) -> None:
        (self._data / "go").touch()

    def output(self) -> str:
        return self._output.read_text()


@contextmanager
def started(server: Server, data: Path) -> Iterator[Worker]:
    data.mkdir()
    output = data / "output"
    environment = {**SECRETS, **WORKER_ENVIRONMENT, "REDIS_URL": server.url, "DATA_DIR": str(data),
                   "PATH": os.defpath}  # fmt: skip
    argv = [sys.executable, "-m", "celery", "-A", "tests.integration.broker.ringing",
            *WORKER_ARGUMENTS, "-l", "INFO"]  # fmt: skip
    with output.open("wb") as out:
        process = subprocess.Popen(argv, cwd=ROOT, env=environment, stdout=out, stderr=out)
    worker = Worker(process, data, output)
    try:
        yield worker
    finally:
        process.kill()
        process.wait()


def until(true: Callable[[], object], worker: Worker) -> None:
    """Wait for it; pytest's own time limit ends a wait in vain."""
    while not true():
        assert worker.process.poll() is None, worker.output()
        time.sleep(0.02)


def test_a_ring_is_heard_and_sigterm_lets_the_job_end(server: Server, tmp_path: Path) -> None:
    bell = CeleryBell(server.url)
    with started(server, tmp_path / "data") as worker:
        bell.ring()
        until(worker.begun, worker)
        bell.ring()
        worker.process.terminate()
        time.sleep(0.5)
        assert worker.process.poll() is None
        assert worker.log()[1:] == []
        worker.let_go()
        assert worker.process.wait() == 0, worker.output()
        assert [line.split()[0] for line in worker.log()] == ["begun", "done"]
    # The second ring was left for another worker, and nothing hangs between the two.
    assert server.queued() == 1
    assert all(key.startswith("storyfleet:") for key in server.names())
    assert not [key for key in server.names() if "unacked" in key]
    bell.close()


def test_an_idle_worker_is_healthy_quiet_about_secrets_and_ends_at_once(
    server: Server, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with started(server, data) as worker:
        settings = Settings.load(Role.LOCAL, variables={"DATA_DIR": str(data)}, directory=tmp_path)
        until(lambda: check_health(settings, Role.WORKER), worker)
        until(lambda: "ready" in worker.output(), worker)
        worker.process.terminate()
        assert worker.process.wait() == 0
        for secret in (*SECRETS.values(), PASSWORD):
            assert secret not in worker.output()


def test_a_dead_child_is_replaced_and_told_to_look_again(server: Server, tmp_path: Path) -> None:
    bell = CeleryBell(server.url)
    with started(server, tmp_path / "data") as worker:
        bell.ring()
        until(worker.begun, worker)
        os.kill(worker.begun()[0], signal.SIGKILL)
        until(lambda: len(worker.begun()) == 2, worker)
        worker.let_go()
        until(lambda: worker.log()[-1] == "done", worker)
    assert server.queued() == 0
    bell.close()


def test_a_broker_that_is_killed_disturbs_no_job_and_is_heard_again(
    server: Server, tmp_path: Path
) -> None:
    bell = CeleryBell(server.url)
    with started(server, tmp_path / "data") as worker:
        bell.ring()
        until(worker.begun, worker)
        server.kill()
        server.start()
        bell.ring()
        worker.let_go()
        until(lambda: worker.log().count("done") == 2, worker)
        assert len(set(worker.begun())) == 1
    bell.close()


def test_settings_that_are_wrong_are_listed_without_a_traceback(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "celery", "-A", "worker.celery", *WORKER_ARGUMENTS]
    ended = subprocess.run(
        argv, cwd=tmp_path, env={"PATH": os.defpath}, capture_output=True, text=True, check=False
    )
    assert ended.returncode != 0
    assert "REDIS_URL is missing" in ended.stderr
    assert "GITHUB_TOKEN is missing" in ended.stderr
    assert "Traceback" not in ended.stderr
