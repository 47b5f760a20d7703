"""A TCP proxy whose connections can go dead without anybody being told, as behind a lost NAT."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

CHUNK_BYTES = 65_536


class _Link:
    """One connection and its other half."""

    def __init__(self, client: socket.socket, server: socket.socket, gate: threading.Event) -> None:
        self.ends = (client, server)
        self.dead = threading.Event()
        self._gate = gate
        self._threads = [
            threading.Thread(target=self._pump, args=pair, daemon=True)
            for pair in ((client, server), (server, client))
        ]
        for thread in self._threads:
            thread.start()

    def reset(self) -> None:
        """End both halves now."""
        for end in self.ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.reset()
        for thread in self._threads:
            thread.join()
        for end in self.ends:
            end.close()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK_BYTES):
                self._gate.wait()
                if not self.dead.is_set():
                    target.sendall(data)
        self._gate.wait()
        # Nobody is told of the end of a dead connection either.
        if not self.dead.is_set():
            self.reset()


class Proxy:
    """Forwards to a port of loopback. A context manager."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._links: list[_Link] = []
        self._gate = threading.Event()
        self._gate.set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._gate.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        for link in self._links:
            link.close()

    def freeze(self) -> None:
        """From now on nothing arrives, on old connections or on new ones."""
        self._gate.clear()

    def thaw(self) -> None:
        """Everything that was held back arrives."""
        self._gate.set()

    def strand(self) -> int:
        """The connections of now are dead for ever, and neither side hears of it; new ones work.

        How many were alive.
        """
        living = [link for link in self._links if not link.dead.is_set()]
        for link in living:
            link.dead.set()
        self._gate.set()
        return len(living)

    def cut(self) -> None:
        """End every connection of now, so that both sides hear of it."""
        for link in self._links:
            link.dead.set()
            link.reset()
        self._gate.set()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._gate.wait()
            try:
                server = socket.create_connection(("127.0.0.1", self._upstream))
            except OSError:
                client.close()
                continue
            self._links.append(_Link(client, server, self._gate))
