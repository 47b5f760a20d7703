"""A server on loopback that gives the answers it was told to give, in turn."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: Any = None
    """JSON; text is sent as it is."""
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    """Say nothing until the server ends."""


@dataclass
class Canned:
    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    """The last one is given again and again."""
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> Answer:
        with self.lock:
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def canned(*answers: Answer) -> Iterator[Canned]:
    state = Canned(answers=list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = f"{self.command} {self.path}"
            state.asked.append((request, dict(self.headers), json.loads(raw or b"null")))
            answer = state.next()
            if answer.hangs:
                state.ended.wait()
                return
            text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            # Without a Date of its own: what time it is there, the answer says.
            self.send_response_only(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_POST = do_PATCH = do_PUT = do_DELETE = do_GET  # noqa: N815 - its names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        state.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield state
        finally:
            state.ended.set()
            server.shutdown()
            thread.join()
