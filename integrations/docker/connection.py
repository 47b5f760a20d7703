"""The way to one Docker daemon: connected when first needed, and again in a forked process."""

import os
import socket
import weakref

from docker import APIClient

from integrations.docker.failures import DEFAULT_HOST, translated

_ANSWER_SECONDS = 60
_Clients = dict[tuple[int, int], APIClient]


class Connection:
    """Safe to share between threads, and to carry over a fork before or after its first use."""

    def __init__(self, docker_host: str | None) -> None:
        """``docker_host``: ``unix://…`` or ``tcp://…``; None is the local daemon's socket."""
        self.host = docker_host or DEFAULT_HOST
        self._clients: _Clients = {}
        # The SDK leaves its pooled sockets open for the garbage collector to complain about.
        weakref.finalize(self, _close, self._clients)

    def api(self, timeout_seconds: int = _ANSWER_SECONDS) -> APIClient:
        """The SDK's client; it gives up on an answer after the time. Raises Unavailable."""
        # A client made before a fork shares its sockets with the parent, so it is never used here.
        key = (os.getpid(), timeout_seconds)
        client = self._clients.get(key)
        if client is None:
            with translated(self.host):
                _knock(self.host)
                client = APIClient(base_url=self.host, version="auto", timeout=timeout_seconds)
            client = self._clients.setdefault(key, client)
        return client


def _knock(host: str) -> None:
    """Try the local daemon's door first: the SDK forgets to close a socket that cannot connect."""
    if host.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(_ANSWER_SECONDS)
            door.connect("/" + host.removeprefix("unix://").lstrip("/"))


def _close(clients: _Clients) -> None:
    for (process, _), client in clients.items():
        if process == os.getpid():
            client.close()
