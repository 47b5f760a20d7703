"""A private database that can be killed, stopped and started again."""

import getpass
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from tests.chaos.engine.supervisor import Command, Supervisor
from tests.contracts.run_store.postgres_server import ACCOUNT, binaries
from worker import bootstrap

SERVICE = "postgres"
START_SECONDS = 60.0


class Database(Protocol):
    """Where the runs live."""

    url: str

    def start(self) -> None:
        """Create it and wait until it answers."""
        ...

    def kill(self, *, immediate: bool = False) -> bool:
        """Kill the server, with -9 or by its immediate shutdown; False where there is none."""
        ...

    def freeze(self) -> bool:
        """Stop the server and all of its sessions; False where there is none to stop."""
        ...

    def thaw(self) -> None: ...


@dataclass
class Sqlite:
    """A file; there is no server to hurt."""

    directory: Path

    def __post_init__(self) -> None:
        self.url = f"sqlite:///{self.directory / 'storyfleet.db'}"

    def start(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        bootstrap.database(self.url)

    def kill(self, *, immediate: bool = False) -> bool:
        return False

    def freeze(self) -> bool:
        return False

    def thaw(self) -> None:
        """There is nothing to go on."""


@dataclass
class PostgreSQL:
    """A server of our own on loopback, whose commits wait for the disk."""

    directory: Path
    supervisor: Supervisor

    def __post_init__(self) -> None:
        self.port = bootstrap.free_port()
        self.url = f"postgresql+psycopg://fleet:canary-password@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        programs = binaries()
        if programs is None:
            raise FileNotFoundError("PostgreSQL is not installed")
        self.directory.mkdir(parents=True)
        user = ACCOUNT if getpass.getuser() == "root" else None
        if user:
            shutil.chown(self.directory, user)
        data = self.directory / "data"
        environment = bootstrap.child_environment({})
        initdb = (str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "fleet")
        subprocess.run(
            [*initdb, "-E", "UTF8", "--no-sync", "--locale=C"],
            check=True,
            stdout=subprocess.DEVNULL,
            env=environment,
            cwd=self.directory,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
        argv = [str(programs / "postgres"), "-D", str(data), "-p", str(self.port)]
        argv += ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
        argv += ["-c", "shared_buffers=32MB", "-c", "max_connections=100"]
        command = Command(argv, environment, self.directory, user, signal.SIGINT, foundation=True)
        self.supervisor.start(SERVICE, command)
        self._wait()
        bootstrap.database(self.url)

    def kill(self, *, immediate: bool = False) -> bool:
        return self.supervisor.kill(SERVICE, signal.SIGQUIT if immediate else signal.SIGKILL)

    def freeze(self) -> bool:
        return self.supervisor.kill_tree(SERVICE, signal.SIGSTOP)

    def thaw(self) -> None:
        self.supervisor.kill_tree(SERVICE, signal.SIGCONT)

    def _wait(self) -> None:
        engine = create_engine(self.url, poolclass=NullPool)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with suppress(OperationalError), engine.connect() as connection:
                connection.execute(text("select 1"))
                return
            time.sleep(0.1)
        raise TimeoutError(self.supervisor.log(SERVICE).read_text(encoding="utf-8")[-2000:])
