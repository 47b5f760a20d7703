"""A redis-server that a test may stop, freeze, kill and bring back on the same port."""

import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from integrations.broker.embedded import server_binary

PASSWORD = "hunter2-of-the-broker"


class Server:
    def __init__(self, directory: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"
        self._directory = directory
        self.start()

    def start(self) -> None:
        options = {"port": self.port, "bind": "127.0.0.1", "dir": self._directory,
                   "requirepass": PASSWORD, "appendonly": "yes", "save": ""}  # fmt: skip
        argv = [word for key, value in options.items() for word in (f"--{key}", str(value))]
        self._process = subprocess.Popen([server_binary(), *argv], stdout=subprocess.DEVNULL)
        while not self._answers():
            assert self._process.poll() is None

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def queued(self) -> int:
        with Redis.from_url(self.url) as redis:
            return int(redis.llen("storyfleet:celery"))

    def names(self) -> set[str]:
        with Redis.from_url(self.url, decode_responses=True) as redis:
            return set(redis.keys("*"))

    def _answers(self) -> bool:
        with suppress(RedisError), Redis.from_url(self.url) as redis:
            return bool(redis.ping())
        return False
