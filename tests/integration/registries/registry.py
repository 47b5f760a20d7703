"""A package registry on this machine, over TLS and without, that remembers what it was asked."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme


class Registry(ThreadingHTTPServer):
    """Serves ``files`` by path; a text that begins with ``http`` is where it redirects to."""

    daemon_threads = True

    def __init__(self, files: dict[str, bytes], context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = files
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        """Method, path and headers (names in lower case) of each request."""
        self.connections = 0
        self.broken = 0
        """Connections that ended in the middle of an answer."""
        self.posted = 0
        """Bytes of all bodies."""
        if context is not None:
            # In the connection's own thread, so that one client cannot hold up the others.
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that break off are what is tested."""
        self.broken += 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Registry

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.command, self.path, headers))
        body = self.server.files.get(self.path)
        if body is None:
            self.send_error(404)
            return
        self.send_response(302 if body.startswith(b"http") else 200)
        if body.startswith(b"http"):
            self.send_header("Location", body.decode())
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "text/html")
        self.send_header("Proxy-Authenticate", "Basic realm=other")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the library's name

    def do_POST(self) -> None:
        left = int(self.headers["Content-Length"])
        while left and (data := self.rfile.read(min(left, 1024))):
            left -= len(data)
            self.server.posted += len(data)
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Nothing."""


@contextmanager
def serving(registry: Registry) -> Iterator[Registry]:
    thread = threading.Thread(target=registry.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield registry
    finally:
        registry.shutdown()
        registry.server_close()
        thread.join()


def tls(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    """A server's context with a certificate for these names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


@contextmanager
def answering(data: bytes, *, stay: bool = False) -> Iterator[int]:
    """The port of a server that sends these bytes to whoever asks, and closes, or does not."""
    kept: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                near, _ = server.accept()
            except OSError:
                return
            kept.append(near)
            near.recv(65536)
            with suppress(OSError):
                near.sendall(data)
                if not stay:
                    near.shutdown(socket.SHUT_RDWR)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            for near in kept:
                near.close()
