"""A whole fleet in a directory of its own, every part of it a real process that may be hurt."""

import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from tests.chaos.engine import environment as env
from tests.chaos.engine import procfs
from tests.chaos.engine.broker import Broker
from tests.chaos.engine.databases import Database, PostgreSQL, Sqlite
from tests.chaos.engine.sandboxes import Containers, Sandboxes, ScriptedPlaces
from tests.chaos.engine.stubs import Stubs
from tests.chaos.engine.supervisor import Command, Supervisor
from tests.chaos.engine.watching import RunRow, Watch
from worker import bootstrap

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 90.0


class World:
    """A context manager; leaving it ends every process and container that belongs to it.

    ``supervisor`` runs the services ``postgres``, ``redis``, ``stubs``, ``receiver``,
    ``worker-N`` and ``reconciler-N``; ``stubs`` is the person at play; ``watch`` reads the
    database; ``database`` and ``broker`` can be killed, frozen and thawed, ``sandboxes`` killed
    and paused.
    """

    def __init__(self, wishes: env.Wishes, *, keep: bool = False) -> None:
        """``keep`` leaves the directory where it is."""
        self.wishes = wishes
        self.keep = keep
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.directory = Path(tempfile.mkdtemp(prefix="storyfleet-chaos-"))
            stack.callback(self._clean_up)
            # PostgreSQL's own user has to get to its data.
            self.directory.chmod(0o711)
            self.name = f"chaos-{secrets.token_hex(4)}"
            self.sandboxes = self._sandboxes()
            stack.callback(self.sandboxes.remove)
            self.supervisor = stack.enter_context(Supervisor(self.directory))
            self.broker = Broker(self.directory / "broker", self.supervisor)
            self.database = self._database()
            self.places = env.Places(
                directory=self.directory,
                stubs_port=bootstrap.free_port(),
                receiver_port=bootstrap.free_port(),
                database_url=self.database.url,
                redis_url=self.broker.url,
                fleet_name=self.name,
            )
            self.stubs = Stubs(self.places.stubs_url)
            self.watch = Watch(self.database.url)
            self.environment = env.environment(self.wishes, self.places)
            self._start()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def fleet(self, *arguments: str) -> Command:
        """The command ``fleet ARGUMENTS``."""
        argv = [sys.executable, "-m", "worker", *arguments]
        return Command(argv, self.environment, ROOT)

    def workers(self) -> list[str]:
        """The workers' names."""
        return self.supervisor.names("worker-")

    def jobs(self, worker: str) -> list[int]:
        """The processes in which a worker drives runs: those that it has forked."""
        pid = self.supervisor.pid(worker)
        return procfs.forked(pid) if pid else []

    def driven_by(self, worker: str, runs: Sequence[RunRow]) -> list[RunRow]:
        """Those of the runs that a worker drives."""
        jobs = self.jobs(worker)
        return [row for row in runs if any(row.held_by(pid) for pid in jobs)]

    def kill_jobs(self, worker: str) -> bool:
        """kill -9 of the processes in which a worker drives runs, while it lives on."""
        jobs = self.jobs(worker)
        for pid in jobs:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return bool(jobs)

    def _database(self) -> Database:
        directory = self.directory / "database"
        if self.wishes.database == "sqlite":
            return Sqlite(directory)
        return PostgreSQL(directory, self.supervisor)

    def _sandboxes(self) -> Sandboxes:
        if self.wishes.sandboxes == "docker":
            return Containers(self.name)
        return ScriptedPlaces(self.directory / "data")

    def _start(self) -> None:
        for slug, files in self.wishes.repositories.items():
            bootstrap.seed_repository(self.places.git_root, slug, files)
        self.database.start()
        self.broker.start()
        self.supervisor.start("stubs", self._stubs())
        self._wait_for("stubs", f"{self.places.stubs_url}/_stub/mischief")
        port = str(self.places.receiver_port)
        self.supervisor.start("receiver", self.fleet("receiver", "--port", port))
        for number in range(1, self.wishes.workers + 1):
            self.supervisor.start(f"worker-{number}", self.fleet("worker"))
        for number in range(1, self.wishes.reconcilers + 1):
            self.supervisor.start(f"reconciler-{number}", self.fleet("reconciler"))
        self._wait_for("receiver", f"{self.places.receiver_url}/readyz")

    def _stubs(self) -> Command:
        places = self.places
        words = ["stubs", "--port", str(places.stubs_port), "--git-root", str(places.git_root)]
        words += ["--webhook-url", f"{places.receiver_url}/webhooks/linear"]
        words += ["--webhook-secret", env.WEBHOOK_SECRET, "--linear-key", env.LINEAR_KEY]
        words += ["--github-token", env.GITHUB_TOKEN]
        words += ["--retry-scale", str(self.wishes.retry_scale)]
        words += [w for slug in self.wishes.repositories for w in ("--project", slug)]
        script = self.directory / "script.json"
        script.write_text('{"rules": []}', encoding="utf-8")
        command = self.fleet(*words, "--script", str(script))
        return Command(command.argv, command.environment, ROOT, foundation=True)

    def _wait_for(self, name: str, url: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                if httpx.get(url, timeout=5, trust_env=False).is_success:
                    return
            time.sleep(0.1)
        end = self.supervisor.log(name).read_text(encoding="utf-8", errors="replace")[-3000:]
        raise TimeoutError(f"{name} does not answer at {url}:\n{end}")

    def remove(self) -> None:
        """Remove the directory; only when the world is over."""
        shutil.rmtree(self.directory, ignore_errors=True)

    def _clean_up(self) -> None:
        if not self.keep:
            self.remove()
