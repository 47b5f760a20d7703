"""The way to one Docker daemon: connected when first needed, and again in a forked process."""

import os
import socket
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from docker import APIClient

from integrations.docker.failures import DEFAULT_HOST, translated

ANSWER_SECONDS = 60
_Clients = dict[int, APIClient]


class Connection:
    """Safe to share between threads, and to carry over a fork before or after its first use."""

    def __init__(self, docker_host: str | None, answer_seconds: int = ANSWER_SECONDS) -> None:
        """``docker_host``: ``unix://…`` or ``tcp://…``; None is the local daemon's socket;
        ``answer_seconds``: after what time a daemon that does not answer counts as not there.
        """
        self.host = docker_host or DEFAULT_HOST
        self._answer_seconds = answer_seconds
        self._clients: _Clients = {}
        # The SDK leaves its pooled sockets open for the garbage collector to complain about.
        weakref.finalize(self, _close, self._clients)

    def api(self) -> APIClient:
        """The SDK's client. Raises Unavailable."""
        # A client made before a fork shares its sockets with the parent, so it is never used here.
        process = os.getpid()
        with translated(self.host):
            self._knock()
            client = self._clients.get(process)
            if client is None:
                client = self._clients.setdefault(process, self._client())
        return client

    @contextmanager
    def streaming(self, silence_seconds: int) -> Iterator[APIClient]:
        """A client whose answers may be silent for so long, and are cut off at the end of the block
        wherever they are. Raises Unavailable.
        """
        answers: list[Any] = []
        with translated(self.host):
            self._knock()
            client = self._client()
        client.timeout = silence_seconds
        client.hooks["response"].append(lambda answer, **_: answers.append(answer))
        try:
            yield client
        finally:
            for answer in answers:
                answer.close()
            client.close()

    def check(self) -> None:
        """Make sure that the daemon is there and answers. Raises Unavailable."""
        with translated(self.host):
            self.api().ping()

    def _client(self) -> APIClient:
        return APIClient(base_url=self.host, version="auto", timeout=self._answer_seconds)

    def _knock(self) -> None:
        """Try a local daemon's door: the SDK forgets to close a socket that cannot connect, and a
        daemon that shuts down closes its door first, and still answers those inside.
        """
        if self.host.startswith("unix://"):
            with socket.socket(socket.AF_UNIX) as door:
                door.settimeout(self._answer_seconds)
                door.connect("/" + self.host.removeprefix("unix://").lstrip("/"))


def _close(clients: _Clients) -> None:
    for process, client in clients.items():
        if process == os.getpid():
            client.close()
