"""A sandbox's side of the proxy: plain sockets, so that anything at all can be sent."""

import socket
import ssl
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPResponse
from pathlib import Path
from typing import Self

import anyio
import trustme
from anyio.abc import SocketAttribute, SocketStream
from anyio.from_thread import start_blocking_portal

TOKEN = "one-session"
PATIENCE_SECONDS = 20.0


def credentials(token: str = TOKEN) -> str:
    encoded = b64encode(f"storyfleet:{token}".encode()).decode()
    return f"Proxy-Authorization: Basic {encoded}\r\n"


@dataclass
class Names:
    """A resolver that a test writes: each look-up takes the next answer, the last one stays."""

    answers: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def point(self, host: str, *answers: Sequence[str]) -> None:
        self.answers[host] = [list(answer) for answer in answers]

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        answers = self.answers.get(host)
        if not answers:
            raise OSError("no such host")
        return answers.pop(0) if len(answers) > 1 else answers[0]


@dataclass
class Answer:
    status: int
    reason: str
    headers: dict[str, str]
    body: bytes


class Line:
    """One connection to the proxy."""

    def __init__(self, path: Path) -> None:
        self.socket: socket.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.connect(str(path))

    def send(self, text: str | bytes) -> None:
        self.socket.sendall(text.encode() if isinstance(text, str) else text)

    def answer(self, method: str = "GET") -> Answer:
        """The next answer, and not a byte of what comes after it, if that has a length."""
        with _Byte(self.socket) as unbuffered:
            response = HTTPResponse(unbuffered, method=method)  # type: ignore[arg-type]
            response.begin()
            headers = {name.lower(): value for name, value in response.getheaders()}
            body = b"" if method == "CONNECT" and response.status == 200 else response.read()
            answer = Answer(response.status, response.reason, headers, body)
            response.close()
        return answer

    def get(self, url: str, headers: str = "", method: str = "GET") -> Answer:
        self.send(f"{method} {url} HTTP/1.1\r\nHost: whoever\r\n{credentials()}{headers}\r\n")
        return self.answer(method)

    def connect(self, target: str, headers: str = "") -> Answer:
        self.send(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{credentials()}{headers}\r\n")
        return self.answer("CONNECT")

    def secure(self, authority: trustme.CA, name: str | None) -> None:
        """Begin TLS with the server behind the tunnel."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        authority.configure_trust(context)
        plain = self.socket
        try:
            self.socket = context.wrap_socket(plain, server_hostname=name)
        finally:
            plain.close()

    def ended(self) -> bool:
        """Wait for the other side to close."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionError:
            pass
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


class _Byte:
    """Reads an answer without reading ahead, so that a tunnel can follow it."""

    def __init__(self, connection: socket.socket) -> None:
        self._file = connection.makefile("rb", buffering=0)

    def makefile(self, *_: object) -> "_Byte":
        return self

    def readline(self, limit: int = -1) -> bytes:
        line = b""
        while not line.endswith(b"\n") and (byte := self._file.read(1)):
            line += byte
        return line

    def read(self, size: int = -1) -> bytes:
        whole = b""
        while (size < 0 or len(whole) < size) and (
            part := self._file.read(size - len(whole) if size >= 0 else 65536)
        ):
            whole += part
        return whole

    def readinto(self, buffer: memoryview) -> int:
        return self._file.readinto(buffer) or 0

    def flush(self) -> None: ...

    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


@contextmanager
def forwarded(path: Path) -> Iterator[int]:
    """A TCP port of this machine that leads to the socket, as the forwarder makes one."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(_forwarding(path)) as port,
    ):
        yield port


@asynccontextmanager
async def _forwarding(path: Path) -> AsyncIterator[int]:
    async def join(near: SocketStream) -> None:
        async with near, await anyio.connect_unix(path) as far, anyio.create_task_group() as group:
            group.start_soon(_copy, near, far)
            group.start_soon(_copy, far, near)

    async with (
        await anyio.create_tcp_listener(local_host="127.0.0.1") as listener,
        anyio.create_task_group() as group,
    ):
        group.start_soon(listener.serve, join)
        yield listener.extra(SocketAttribute.local_port)  # noqa: S610 - this is not Django's
        group.cancel_scope.cancel()


async def _copy(source: SocketStream, sink: SocketStream) -> None:
    with suppress(OSError, anyio.BrokenResourceError, anyio.ClosedResourceError):
        async for data in source:
            await sink.send(data)
        await sink.send_eof()
