"""Package registries for attacks: one that is allowed, and names that lead where they must not."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

from integrations.gateway.registries import RegistryProxy
from tests.integration.registries.asking import Names

OWN = "127.77.0.1"
"""The registry's address; loopback has many. That of the host's service stays a private one."""
ALLOWED = ("registry.test", "rebind.test", "inside.test", "metadata.test", "six.test")

PROXY = """
SECRET = base64.b64encode(b"storyfleet:" + TOKEN.encode()).decode()
PORT, OWN = FACTS["port"], FACTS["registry_port"]

PROVED = "Proxy-Authorization: Basic %s\\r\\n" % SECRET

def line():
    made = socket.create_connection(("127.0.0.1", 8081), timeout=10)
    return made

def said(raw):
    "Send, and give back the whole answer if it is a good one."
    with line() as made:
        made.sendall(raw.encode("latin-1"))
        got = b""
        try:
            while b"\\r\\n\\r\\n" not in got and (more := made.recv(65536)):
                got += more
            made.settimeout(1)
            while more := made.recv(65536):
                got += more
        except OSError:
            pass
    if got.split(b" ")[1:2] not in ([b"200"], [b"302"]):
        raise OSError(got[:200])
    return got.decode("latin-1")

def url(target, host=None, more="", token=None):
    return said("GET %s HTTP/1.1\\r\\nHost: %s\\r\\nProxy-Authorization: Basic %s\\r\\n%s"
                "Connection: close\\r\\n\\r\\n" % (target, host or "x", token or SECRET, more))

def tunnel(target, name=None):
    "CONNECT and begin TLS, asking for the name; any byte that comes back is a success."
    with line() as made:
        made.sendall(("CONNECT %s HTTP/1.1\\r\\nHost: %s\\r\\n%s\\r\\n"
                      % (target, target, PROVED)).encode())
        got = made.recv(65536)
        if got.split(b" ")[1:2] != [b"200"]:
            raise OSError(got[:200])
        if name == "":
            made.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
            return made.recv(65536) or 1 / 0
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(made, server_hostname=name) as secure:
            secure.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
            return secure.recv(65536)
"""
"""A sandbox's side of the proxy, as an attack script begins."""


class Registries:
    """A registry on this machine, and the resolver that finds it."""

    def __init__(self, host_port: int) -> None:
        self.names = Names()
        self.visits: list[str] = []
        self._host_port = host_port
        self._server = ThreadingHTTPServer((OWN, 0), _Registry)
        self._server.daemon_threads = True
        self._server.visits = self.visits  # type: ignore[attr-defined]
        self._server.host_port = host_port  # type: ignore[attr-defined]
        self.port = int(self._server.server_address[1])
        self.received: list[bytes] = []
        """What came to a second server through tunnels."""
        self._raw = ThreadingTCPServer((OWN, 0), _Raw)
        self._raw.daemon_threads = True
        self._raw.received = self.received  # type: ignore[attr-defined]
        self.raw_port = int(self._raw.server_address[1])

    @property
    def allowed(self) -> tuple[str, ...]:
        """With the registry's ports and the one of the host's service."""
        ports = (self.port, self.raw_port, self._host_port)
        return tuple(f"{name}:{port}" for name in ALLOWED for port in ports)

    def facts(self) -> dict[str, Any]:
        return {"registry_port": self.port, "raw_port": self.raw_port}

    def reset(self) -> None:
        self.visits.clear()
        self.received.clear()
        self.names.asked.clear()
        self.names.point("registry.test", [OWN])
        self.names.point("rebind.test", [OWN], ["127.0.0.1"])
        self.names.point("inside.test", ["127.0.0.1"])
        self.names.point("metadata.test", ["169.254.169.254"])
        self.names.point("six.test", ["::ffff:127.0.0.1"])

    def proxy(
        self, socket: Path, token: str, hosts: Sequence[str]
    ) -> AbstractContextManager[RegistryProxy]:
        """As the gateway makes it, with a resolver of ours."""
        self.reset()
        return RegistryProxy(
            socket, token, hosts, resolver=self.names, private=(ip_network(f"{OWN}/32"),)
        )

    @contextmanager
    def serving(self) -> Iterator["Registries"]:
        servers = (self._server, self._raw)
        threads = [threading.Thread(target=each.serve_forever, args=(0.05,)) for each in servers]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            for server in servers:
                server.shutdown()
                server.server_close()
            for thread in threads:
                thread.join()


class _Raw(BaseRequestHandler):
    def handle(self) -> None:
        if said := self.request.recv(65536):
            self.server.received.append(said)  # type: ignore[attr-defined]
            self.request.sendall(b"heard")


class _Registry(BaseHTTPRequestHandler):
    """``/to?URL`` redirects there."""

    def do_GET(self) -> None:
        self.server.visits.append(f"{self.headers['Host']} {self.path}")  # type: ignore[attr-defined]
        _, asked, target = self.path.partition("/to?")
        self.send_response(302 if asked else 200)
        if asked:
            self.send_header("Location", target)
        self.end_headers()
        self.wfile.write(b"" if asked else b"a package")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Nothing."""
