"""Redis and PostgreSQL servers of a scenario's own: down for a while, emptied, brought back."""

import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from redis import Redis as Client
from redis.exceptions import RedisError

from tests.chaos.engine import broker, databases
from tests.chaos.engine.broker import Broker
from tests.chaos.engine.databases import PostgreSQL
from tests.chaos.engine.supervisor import Supervisor
from tests.chaos.scenarios.disks import unmet
from tests.contracts.run_store.postgres_server import binaries

START_SECONDS = 60.0


@contextmanager
def supervised() -> Iterator[Supervisor]:
    """A supervisor with a directory that PostgreSQL's own user can get to."""
    directory = Path(tempfile.mkdtemp(prefix="storyfleet-servers-"))
    directory.chmod(0o755)
    try:
        with Supervisor(directory) as supervisor:
            yield supervisor
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@dataclass
class Redis:
    """A server with its appended file; it stays down until it is told to come back."""

    broker: Broker

    @property
    def url(self) -> str:
        return self.broker.url

    def kill(self) -> None:
        """kill -9."""
        self.broker.supervisor.hold(broker.SERVICE)
        self.broker.kill()

    def come_back(self, *, empty: bool = False) -> float:
        """Start it again, if asked without its data; when it answered, by the monotonic clock."""
        if empty:
            for each in self.broker.directory.iterdir():
                shutil.rmtree(each, ignore_errors=True)
        self.broker.supervisor.let(broker.SERVICE)
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            assert time.monotonic() < deadline, "Redis does not come back"
            time.sleep(0.02)
        return time.monotonic()

    def answers(self) -> bool:
        with suppress(RedisError), Client(port=self.broker.port, socket_timeout=2) as client:
            return bool(client.ping())
        return False


@contextmanager
def redis(directory: Path | None = None) -> Iterator[Redis]:
    """A Redis as compose starts it; its data in ``directory``, which must not be there yet."""
    with supervised() as supervisor:
        server = Broker(directory or supervisor.directory / "redis", supervisor)
        server.start()
        yield Redis(server)


@dataclass
class Postgres:
    """A server whose commits wait for the disk."""

    server: PostgreSQL

    @property
    def url(self) -> str:
        return self.server.url

    def execute(self, sql: str, database: str = "postgres") -> None:
        """Outside any transaction, as an operator at the prompt. Raises psycopg.Error."""
        url = self.url.replace("+psycopg", "").rpartition("/")[0]
        with psycopg.connect(f"{url}/{database}", autocommit=True, connect_timeout=5) as session:
            session.execute(sql.encode())

    def kill(self) -> None:
        """kill -9 of the server and all of its sessions; it stays down."""
        self.server.supervisor.hold(databases.SERVICE)
        self.server.supervisor.kill_tree(databases.SERVICE)

    def come_back(self) -> float:
        """Start it again; when it answered, by the monotonic clock."""
        self.server.supervisor.let(databases.SERVICE)
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            assert time.monotonic() < deadline, "PostgreSQL does not come back"
            time.sleep(0.05)
        return time.monotonic()

    def answers(self) -> bool:
        with suppress(psycopg.Error):
            self.execute("select 1")
            return True
        return False

    def gone(self) -> bool:
        """Whether its process has ended."""
        return self.server.supervisor.pid(databases.SERVICE) is None

    def freeze(self) -> None:
        self.server.freeze()

    def thaw(self) -> None:
        self.server.thaw()


@contextmanager
def postgres(directory: Path | None = None) -> Iterator[Postgres]:
    """A PostgreSQL; its data in ``directory``, which must not be there yet."""
    if binaries() is None:
        unmet("no PostgreSQL on this machine; its tests did not run")
    with supervised() as supervisor:
        server = PostgreSQL(directory or supervisor.directory / "postgres", supervisor)
        server.start()
        try:
            yield Postgres(server)
        finally:
            # A stopped process does not hear that it is to end.
            supervisor.kill_tree(databases.SERVICE, signal.SIGCONT)
