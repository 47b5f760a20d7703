"""A private Redis with its appended log on disk, which can be killed, stopped and flushed."""

import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from integrations.broker.embedded import server_binary
from tests.chaos.engine.supervisor import Command, Supervisor
from worker import bootstrap

SERVICE = "redis"
START_SECONDS = 30.0


@dataclass
class Broker:
    """Runs as a service of the supervisor, on one port for as long as the world lasts."""

    directory: Path
    supervisor: Supervisor

    def __post_init__(self) -> None:
        self.port = bootstrap.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.directory.mkdir(parents=True)
        argv = [server_binary(), "--port", str(self.port), "--bind", "127.0.0.1"]
        argv += ["--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
        argv += ["--dir", str(self.directory), "--maxmemory-policy", "noeviction"]
        environment = bootstrap.child_environment({})
        self.supervisor.start(SERVICE, Command(argv, environment, self.directory, foundation=True))
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline:
                raise TimeoutError(self.supervisor.log(SERVICE).read_text(encoding="utf-8"))
            time.sleep(0.05)

    def kill(self) -> bool:
        return self.supervisor.kill(SERVICE)

    def freeze(self) -> bool:
        return self.supervisor.kill(SERVICE, signal.SIGSTOP)

    def thaw(self) -> None:
        self.supervisor.kill(SERVICE, signal.SIGCONT)

    def flush(self) -> bool:
        """Forget every message; False where the server does not answer."""
        with suppress(RedisError), self._client() as client:
            return bool(client.flushall())
        return False

    def all_keys(self) -> list[str]:
        """All keys. Raises RedisError."""
        with self._client() as client:
            return sorted(key.decode() for key in client.scan_iter())

    def _answers(self) -> bool:
        with suppress(RedisError), self._client() as client:
            return bool(client.ping())
        return False

    def _client(self) -> Redis:
        quick = Retry(NoBackoff(), 0)
        return Redis(port=self.port, socket_timeout=2.0, socket_connect_timeout=2.0, retry=quick)
