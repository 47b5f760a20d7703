"""A real git remote over smart HTTP: an ASGI application around `git http-backend`."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import hmac
import os
import re
import signal
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from .repositories import git_environment, repository_path

_SMART_REQUEST = re.compile(
    r"/(?P<repository>[^/]+/[^/]+?)(\.git)?/(?P<service>info/refs|git-upload-pack|git-receive-pack)"
)
_CHUNK_BYTES = 64 * 1024
_END_SECONDS = 5.0


@dataclass(frozen=True)
class GitHttp:
    """Serves `owner/name.git` (or without `.git`) below `git_root` for fetch and push.

    Every request needs HTTP Basic with one of `tokens()` as the password, whatever the user name,
    as on GitHub (`x-access-token` by convention); GitHub asks it for private repositories only.
    """

    git_root: Path
    tokens: Callable[[], Collection[str]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        user = self._user(request.headers.get("authorization", ""))
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        match = _SMART_REQUEST.fullmatch(path)
        repository = repository_path(self.git_root, match["repository"]) if match else None
        if user is None:
            challenge = {"WWW-Authenticate": 'Basic realm="stub"'}
            refusal = PlainTextResponse("Authentication required\n", 401, challenge)
            await refusal(scope, receive, send)
        elif match is None or repository is None:
            await PlainTextResponse("Repository not found.\n", 404)(scope, receive, send)
        else:
            path_info = f"/{match['repository']}.git/{match['service']}"
            await _run_backend(request, self._environment(request, user, path_info), send)

    def _user(self, authorization: str) -> str | None:
        scheme, _, encoded = authorization.partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        known = [hmac.compare_digest(password.encode(), t.encode()) for t in self.tokens()]
        return user if user and any(known) else None

    def _environment(self, request: Request, user: str, path_info: str) -> dict[str, str]:
        """The CGI variables of git-http-backend(1).

        Without CONTENT_LENGTH, so that it reads to the end of its input: where it is told a length,
        and the input ends before that (we were killed), git 2.39 reads the end for ever.
        """
        headers = request.headers
        return {
            **git_environment(),
            "GIT_PROJECT_ROOT": str(self.git_root.resolve()),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path_info,
            "QUERY_STRING": request.url.query,
            "REQUEST_METHOD": request.method,
            "REMOTE_USER": user,
            "REMOTE_ADDR": request.client.host if request.client else "",
            "CONTENT_TYPE": headers.get("content-type", ""),
            "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
            "GIT_PROTOCOL": headers.get("git-protocol", ""),
        }


async def _run_backend(request: Request, environment: dict[str, str], send: Send) -> None:
    """One CGI run: the request's body in, status, headers and body out, both streamed."""
    backend = await asyncio.create_subprocess_exec(
        *("git", "-c", "http.receivepack=true", "http-backend"),
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    if backend.stdin is None or backend.stdout is None:
        raise RuntimeError("git http-backend was started without pipes")
    feeding = asyncio.create_task(_feed(request, backend.stdin))
    patience_seconds = 0.0
    try:
        await _relay(backend.stdout, send)
        patience_seconds = _END_SECONDS
    finally:
        feeding.cancel()
        await asyncio.wait([feeding])
        backend.stdin.close()
        await _end(backend, patience_seconds)


async def _end(backend: asyncio.subprocess.Process, patience_seconds: float) -> None:
    """Wait for the process, and kill it where it takes longer.

    Not by its own `kill`, which looks whether the process has ended and so takes the news from the
    thread that waits for it.
    """
    try:
        async with asyncio.timeout(patience_seconds):
            await backend.wait()
    except TimeoutError:
        if backend.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(backend.pid, signal.SIGKILL)
        await backend.wait()


async def _feed(request: Request, stdin: asyncio.StreamWriter) -> None:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError, ClientDisconnect):
        async for chunk in request.stream():
            stdin.write(chunk)
            await stdin.drain()
    stdin.close()


async def _relay(stdout: asyncio.StreamReader, send: Send) -> None:
    status, headers = 200, []
    while line := (await stdout.readline()).strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"status":
            status = int(value.split()[0])
        else:
            headers.append((name.lower(), value.strip()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    while chunk := await stdout.read(_CHUNK_BYTES):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
