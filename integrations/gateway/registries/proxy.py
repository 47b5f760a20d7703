"""The proxy of one session: a Unix socket, a thread, and an end to both."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio
from anyio.abc import SocketListener, SocketStream
from anyio.from_thread import start_blocking_portal

from integrations.gateway.registries.addresses import Network, Resolver, resolve
from integrations.gateway.registries.allowlist import Allowlist
from integrations.gateway.registries.conversation import converse
from integrations.gateway.registries.refusals import Refusals
from integrations.gateway.registries.rules import Rules, Upward
from worker.domain.errors import Unavailable

_log = logging.getLogger(__name__)
MIB = 1024 * 1024
_AT_ONCE = 64
"""Connections that are served; others wait in the kernel, so that the worker keeps its files."""
_BREATH_SECONDS = 0.2


class RegistryProxy:
    """An HTTP and CONNECT proxy that lets through only what the allowlist names.

    Serves for the time of its block, in a thread of its own.
    """

    def __init__(
        self,
        socket_path: Path,
        token: str,
        registries: Sequence[str],
        *,
        resolver: Resolver | None = None,
        private: Sequence[Network] = (),
        connect_timeout_seconds: float = 10,
        idle_timeout_seconds: float = 120,
        limit_bytes: int = MIB,
        session_limit_bytes: int = 32 * MIB,
    ) -> None:
        """``token``: the password that requests must carry; ``registries``: see ``Access``;
        ``private``: networks that names may lead to although they are not public, for a team's own
        registry; ``limit_bytes`` and ``session_limit_bytes``: what the sandbox may send, over one
        connection and over all of them. Raises ConfigurationError for a registry that is no name.
        """
        self._socket_path = socket_path
        self._refusals = Refusals()
        self._stack = ExitStack()
        self._rules = Rules(
            token=token,
            allowlist=Allowlist(registries),
            resolver=resolver or resolve,
            private=tuple(private),
            connect_timeout_seconds=connect_timeout_seconds,
            idle_timeout_seconds=idle_timeout_seconds,
            limit_bytes=limit_bytes,
            upward=Upward(session_limit_bytes),
            refusals=self._refusals,
        )

    def refusals(self) -> tuple[str, ...]:
        """``host:port: why``, each once, in order; printable ASCII, bounded in number and length.

        May be called at any time, from any thread.
        """
        return self._refusals.all()

    def __enter__(self) -> Self:
        """Raises Unavailable where the socket cannot be made."""
        with ExitStack() as stack:
            portal = stack.enter_context(start_blocking_portal(name="registry-proxy"))
            stack.callback(self._socket_path.unlink, missing_ok=True)
            stack.enter_context(portal.wrap_async_context_manager(self._serving()))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @asynccontextmanager
    async def _serving(self) -> AsyncIterator[None]:
        try:
            listener = await anyio.create_unix_listener(self._socket_path, mode=0o666)
        except OSError as fault:
            raise Unavailable(f"No socket can be made at {self._socket_path}: {fault}") from fault
        async with listener, anyio.create_task_group() as group:
            group.start_soon(self._accept, listener)
            yield
            group.cancel_scope.cancel()

    async def _accept(self, listener: SocketListener) -> None:
        free = anyio.Semaphore(_AT_ONCE)

        async def meet(stream: SocketStream) -> None:
            try:
                async with stream:
                    await converse(stream, self._rules)
            except Exception:  # noqa: BLE001 - an edge: one connection must not end the others
                _log.exception("a connection to the registries' proxy failed")
            finally:
                free.release()

        async with anyio.create_task_group() as group:
            while True:
                await free.acquire()
                try:
                    stream = await listener.accept()
                except OSError as fault:
                    _log.warning("registries' proxy: not accepting: reason=%s", fault)
                    free.release()
                    await anyio.sleep(_BREATH_SECONDS)
                    continue
                group.start_soon(meet, stream)
