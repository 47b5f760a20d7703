"""A provider on a real port that does what a test says, and remembers what it was asked."""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import uvicorn
from starlette.requests import Request
from starlette.types import Receive, Scope, Send


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Reply:
    """Pieces of a body; ``cut`` drops the connection after them, ``hold`` waits before the last."""

    pieces: Sequence[bytes]
    status: int = 200
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    hold: threading.Event | None = None


def plain(body: object, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply([json.dumps(body).encode()], status, headers=named)


def stream(events: Sequence[bytes], **more: Any) -> Reply:
    return Reply(events, kind="text/event-stream", **more)


Answers = Callable[[Asked], Reply]


class Provider:
    """Answers ``replies`` in order, the last one again and again; a context manager."""

    def __init__(self) -> None:
        self.replies: list[Reply | Answers] = []
        self.asked: list[Asked] = []
        self.gone = threading.Event()
        """Whether a client has hung up while it was answered."""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            self._serve,
            interface="asgi3",
            ws="none",
            lifespan="off",
            log_config=None,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def answers(self, *replies: Reply | Answers) -> None:
        self.asked.clear()
        self.gone.clear()
        self.replies = list(replies)

    def let_go(self) -> None:
        """End whatever is held."""
        for reply in self.replies:
            if isinstance(reply, Reply) and reply.hold is not None:
                reply.hold.set()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        content = await request.body()
        asked = Asked(
            request.method,
            request.url.path,
            request.url.query,
            dict(request.headers),
            json.loads(content) if content else None,
        )
        self.asked.append(asked)
        reply = self.replies[min(len(self.asked), len(self.replies)) - 1]
        if callable(reply):
            reply = await asyncio.to_thread(reply, asked)
        raw = [(b"content-type", reply.kind.encode())]
        raw += [(name.encode(), value.encode()) for name, value in reply.headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": raw})
        async for piece in self._pieces(reply, request):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        if not reply.cut:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _pieces(self, reply: Reply, request: Request) -> AsyncIterator[bytes]:
        for number, piece in enumerate(reply.pieces, 1):
            if reply.hold is not None and number == len(reply.pieces):
                while not reply.hold.is_set():
                    if await request.is_disconnected():
                        self.gone.set()
                        return
                    await asyncio.sleep(0.01)
            yield piece

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
