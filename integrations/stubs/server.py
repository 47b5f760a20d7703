"""All stubs on one port: `/linear`, `/github`, `/git`, `/openai`, …, and `/_stub`."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from dataclasses import replace
from typing import Self

import uvicorn
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from integrations.stubs.control import control
from integrations.stubs.git_http import GitHttp
from integrations.stubs.github.api import GithubApi
from integrations.stubs.github.records import GithubError
from integrations.stubs.linear.api import LinearApi
from integrations.stubs.misbehaving import MischiefMiddleware
from integrations.stubs.mischief import Vendor
from integrations.stubs.pages import pull_request_page, ticket_page
from integrations.stubs.parts import Parts, StubsConfig


class Stubs:
    """Running stubs, in a thread of this process; a context manager.

    The parts can be used directly: `linear` (the workspace), `person` (acts in it), `webhooks`,
    `github`, `maintainer` (acts on it), `github_webhooks`, `models`, and `mischief[vendor]`.
    """

    def __init__(self, config: StubsConfig) -> None:
        self.parts = Parts(config)
        self.linear = self.parts.linear
        self.person = self.parts.person
        self.webhooks = self.parts.webhooks
        self.github = self.parts.github
        self.maintainer = self.parts.maintainer
        self.github_webhooks = self.parts.github_webhooks
        self.models = self.parts.models
        self.mischief = self.parts.mischief
        self._socket = socket.create_server((config.host, config.port))
        # For its connections, too: asyncio sets it only where a socket names its protocol, and
        # without it the second small piece of an answer waits 40 ms for the client.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        host, port = self._socket.getsockname()[:2]
        self.url = config.public_url or f"http://{host}:{port}"
        """base of all addresses, without a slash at the end"""
        self.parts.place(self.url)
        self._server = _server(self.parts)
        self._thread = threading.Thread(target=self._serve, name="stubs", daemon=True)

    def start(self) -> Self:
        """The socket listens already, so requests that come early wait instead of failing."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop serving and sending; requests under way get a second to end."""
        self.parts.close()
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join()
        self._socket.close()

    def send_webhooks_to(self, url: str | None) -> None:
        """Where Linear's webhooks go from now on; None: nowhere."""
        self.webhooks.target = replace(self.webhooks.target, url=url)

    def join(self) -> None:
        """Block until the server stops."""
        self._thread.join()

    def _serve(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def start_stubs(config: StubsConfig) -> Stubs:
    """Serve in the background. Raises OSError if the port is taken."""
    return Stubs(config).start()


def run_stubs(config: StubsConfig) -> None:
    """Serve until interrupted. Raises OSError if the port is taken."""
    with start_stubs(config) as stubs, suppress(KeyboardInterrupt):
        stubs.join()


def application(parts: Parts) -> Starlette:
    config = parts.config
    linear = LinearApi(
        parts.linear,
        {config.linear_key: parts.linear.fleet, config.person_key: parts.linear.person},
    )
    linear_routes = [Route("/graphql", linear.endpoint, methods=["POST"])]
    git = GitHttp(config.git_root, lambda: parts.github.tokens)
    return Starlette(
        routes=[
            *_pages(parts),
            Mount("/linear", _mischievous(parts, "linear", Starlette(routes=linear_routes))),
            Mount("/github", _mischievous(parts, "github", GithubApi(parts.github).application)),
            Mount("/openai", _mischievous(parts, "models", parts.models.openai())),
            Mount("/anthropic", _mischievous(parts, "models", parts.models.anthropic())),
            Mount("/gemini", _mischievous(parts, "models", parts.models.gemini())),
            Mount("/git", _mischievous(parts, "git", git)),
            Mount("/_stub", control(parts)),
        ]
    )


def _mischievous(parts: Parts, vendor: Vendor, app: ASGIApp) -> ASGIApp:
    return MischiefMiddleware(app, parts.mischief[vendor])


def _pages(parts: Parts) -> list[Route]:
    def ticket(request: Request) -> Response:
        try:
            with parts.linear.lock:
                issue = parts.linear.find_issue(request.path_params["ticket"])
                return HTMLResponse(ticket_page(issue))
        except GraphQLError:
            return PlainTextResponse("There is no such ticket.", 404)

    def pull_request(request: Request) -> Response:
        path = request.path_params
        try:
            with parts.github.lock:
                repository = parts.github.repository(f"{path['owner']}/{path['name']}")
                pull = repository.pull(path["number"])
                return HTMLResponse(pull_request_page(repository, pull))
        except GithubError:
            return PlainTextResponse("There is no such pull request.", 404)

    return [
        Route("/linear/issue/{ticket}", ticket),
        Route("/linear/issue/{ticket}/{slug}", ticket),
        Route("/github/{owner}/{name}/pull/{number:int}", pull_request),
    ]


class _CuttableProtocol(H11Protocol):
    """Puts the connection where mischief can reach it, to cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def _server(parts: Parts) -> uvicorn.Server:
    config = uvicorn.Config(
        application(parts),
        http=_CuttableProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)
