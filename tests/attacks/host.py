"""This machine as an attacker would like it: secrets in files, a service, another container."""

import base64
import hashlib
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from docker import APIClient

from tests.attacks.canaries import ENVIRONMENT, PLACES
from tests.integration.docker import engine

_NEIGHBOUR = """import http.server, pathlib
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(pathlib.Path("/tmp/secret").read_bytes())
pathlib.Path("/tmp/secret").write_text("@SECRET@")
http.server.HTTPServer(("0.0.0.0", 8000), Answer).serve_forever()
"""
_SLEEP = "import time; time.sleep(86400)"


@dataclass
class Host:
    """What can be attacked, and whether it was."""

    directory: Path
    addresses: tuple[str, ...]
    """Of this machine, in the order of how near they are to a container."""
    port: int
    """Of a service that listens at all of them."""
    neighbour: Mapping[str, Any]
    """Another container: ``address``, ``name``, ``port``."""
    sentinel: int
    """Process id of a child of the worker, which has all its variables."""
    visits: list[str] = field(default_factory=list)
    """Who called the service."""

    @property
    def pwned(self) -> Path:
        """Made by a payload that runs here."""
        return self.directory / "pwned" / "here"

    @property
    def secrets(self) -> list[str]:
        """Paths of files that are nobody's business."""
        found = (str(p) for p in sorted(self.directory.rglob("*")) if p.is_file())
        return [path for path in found if not path.startswith(self.work)]

    @property
    def work(self) -> str:
        """Where the worker itself writes."""
        return str(self.directory / "data" / "git")

    def fingerprint(self) -> dict[str, str]:
        """Every file with its mode and content."""
        return {
            name: f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
            for name, path in ((name, Path(name)) for name in self.secrets)
        }

    def facts(self) -> dict[str, Any]:
        """All that an attacker could guess, so that no attack fails for want of it."""
        return {
            "addresses": list(self.addresses),
            "port": self.port,
            "neighbour": dict(self.neighbour),
            "secrets": self.secrets,
            "sentinel": self.sentinel,
            "pwned": str(self.pwned),
        }

    def environment(self) -> dict[str, str]:
        """Of the worker's process."""
        return {**ENVIRONMENT, "DOCKER_CONFIG": str(self.directory / "docker")}


@contextmanager
def host(directory: Path) -> Iterator[Host]:
    """A machine with everything in its place."""
    _plant(directory)
    service = ThreadingHTTPServer(("0.0.0.0", 0), _Service)
    service.daemon_threads = True
    thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    child = [sys.executable, "-S", "-c", _SLEEP, PLACES["argument of a process"]]
    try:
        with (
            engine.api() as api,
            _neighbour(api) as (neighbour, gateway),
            subprocess.Popen(child, env={"PATH": os.defpath, **ENVIRONMENT}) as sentinel,
        ):
            made = Host(
                *(directory, _addresses(gateway), int(service.server_address[1]), neighbour),
                sentinel=sentinel.pid,
            )
            service.visits = made.visits  # type: ignore[attr-defined]
            try:
                yield made
                assert sentinel.poll() is None, "a process of this machine was ended"
            finally:
                sentinel.kill()
    finally:
        service.shutdown()
        service.server_close()
        thread.join()


class _Service(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.visits.append(str(self.client_address))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(PLACES["service of this machine"].encode())

    do_POST = do_GET  # noqa: N815 - the library's name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Nothing."""


def _plant(directory: Path) -> None:
    password = base64.b64encode(f"u:{PLACES['docker login']}".encode()).decode()
    login = {
        "auths": {"registry.invalid": {"auth": password}},
        "proxies": {"default": {"httpProxy": f"http://u:{PLACES['docker proxy']}@proxy.invalid"}},
    }
    contents = {
        "ssh/id_ed25519": PLACES["ssh key"],
        "data/fleet.db": PLACES["data directory"],
        "docker/config.json": json.dumps(login),
    }
    for name, text in contents.items():
        path = directory / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
        path.chmod(0o666)  # nothing but the wall between protects them
    for place in (directory, *directory.iterdir()):
        place.chmod(0o777)


def _addresses(gateway: str) -> tuple[str, ...]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
            own = str(probe.getsockname()[0])
        except OSError:
            own = gateway
    return (gateway, own, "127.0.0.1", "172.17.0.1")


@contextmanager
def _neighbour(api: APIClient) -> Iterator[tuple[Mapping[str, Any], str]]:
    """A container on the usual network, and the address that this machine has there."""
    name = f"attacked-neighbour-{secrets.token_hex(4)}"
    secret = PLACES["other container"]
    command = ["python3", "-c", _NEIGHBOUR.replace("@SECRET@", secret)]
    api.create_container(engine.IMAGE, command, name=name, environment={"SECRET": secret})
    try:
        api.start(name)
        network = api.inspect_container(name)["NetworkSettings"]["Networks"]["bridge"]
        reached = {"address": network["IPAddress"], "name": name, "port": 8000}
        yield reached, str(network["Gateway"])
    finally:
        api.remove_container(name, v=True, force=True)
