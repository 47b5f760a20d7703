"""Running stubs, a receiver for their webhooks, and a GraphQL client, for the tests beside."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from integrations.stubs import Stubs, StubsConfig, seed_repository, start_stubs

SECRET = "a-webhook-secret"
FILES = {"README.md": "# Demo\n", "check.sh": "#!/bin/sh\ntrue\n", "src/app.py": "print(1)\n"}


@dataclass
class Received:
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.raw)
        return body


@dataclass
class Receiver:
    """Answers `answers` in turn, then 200."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            with state.lock:
                state.received.append(Received(dict(self.headers), raw))
                status = state.answers.pop(0) if state.answers else 200
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        state.url = f"http://127.0.0.1:{server.server_address[1]}/webhooks/linear"
        yield state
        server.shutdown()
        thread.join()


@pytest.fixture
def stubs(tmp_path: Path, receiver: Receiver) -> Iterator[Stubs]:
    seed_repository(tmp_path / "git", "acme/demo", FILES)
    config = StubsConfig(
        git_root=tmp_path / "git",
        webhook_url=receiver.url,
        webhook_secret=SECRET,
        retry_scale=0.0001,
        linear_key="fleet-key",
        person_key="person-key",
        github_token="gh-token",
    )
    with start_stubs(config) as running:
        yield running


@pytest.fixture
def client(stubs: Stubs) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stubs.url, trust_env=False) as client:
        yield client


Query = Callable[..., dict[str, Any]]


@pytest.fixture
def query(client: httpx.Client) -> Query:
    """Runs a document as the fleet's user; `ask("...", key="person-key", **variables)`."""

    def ask(document: str, key: str = "fleet-key", **variables: object) -> dict[str, Any]:
        answer = client.post(
            "/linear/graphql",
            json={"query": document, "variables": variables},
            headers={"Authorization": key},
        )
        body: dict[str, Any] = answer.json()
        return body

    return ask
