"""CONNECT: an encrypted connection to an allowed registry, and to no other that hides behind it."""

import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress

import anyio
from anyio import CancelScope
from anyio.abc import SocketStream

from integrations.gateway.registries.caller import GONE, Caller
from integrations.gateway.registries.refusals import Refused
from integrations.gateway.registries.targets import Target

_HELLO_BYTES = 64 * 1024
_CHUNK_BYTES = 64 * 1024


class Greeting:
    """The beginning of a TLS connection, read by OpenSSL as a server would read it.

    The handshake is never answered: it ends in the callback that is told the name.
    """

    def __init__(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sni_callback = self._told
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self.understood = False
        self.name: str | None = None
        """The server that the client asks for (SNI), if it names one."""

    def feed(self, data: bytes) -> bool:
        """Whether it is complete, or can never be."""
        self._incoming.write(data)
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError:
            pass
        return True

    def alert(self) -> bytes:
        """What a server would answer that does not know the name."""
        return self._outgoing.read()

    def _told(self, _tls: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> int:
        self.understood, self.name = True, name
        return int(ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME)


async def tunnel(
    caller: Caller, target: Target, upstream: SocketStream, idle_seconds: float
) -> None:
    """Carry bytes to and fro until one side ends or nothing moves for ``idle_seconds``.

    Raises Refused, GONE.
    """
    early = await caller.open_tunnel()
    with anyio.fail_after(idle_seconds):
        hello = await _greeting(caller, target, early)
        await upstream.send(hello)
    await _carry(caller, upstream, idle_seconds)


async def _greeting(caller: Caller, target: Target, data: bytes) -> bytes:
    """The bytes of the client's first message, once it is known to ask for the target."""
    greeting = Greeting()
    whole = data
    while not greeting.feed(data):
        data = await caller.receive()
        whole += data
        if not data or len(whole) > _HELLO_BYTES:
            raise Refused(str(target), "only TLS is allowed in a CONNECT, and this was none")
    if not greeting.understood:
        raise Refused(str(target), "only TLS is allowed in a CONNECT, and this was none")
    named = None if greeting.name is None else greeting.name.lower().removesuffix(".")
    if named == target.host or (named is None and target.address is not None):
        return whole
    await caller.send_bytes(greeting.alert())
    if named is None:
        raise Refused(str(target), "a TLS connection that names no server (SNI) is refused")
    raise Refused(str(target), f"its TLS connection asked for another server, {named}")


async def _carry(caller: Caller, upstream: SocketStream, idle_seconds: float) -> None:
    refusals: list[Refused] = []
    async with anyio.create_task_group() as group:

        async def up() -> None:
            try:
                await _pump(caller.receive, upstream.send, group.cancel_scope, idle_seconds)
                await upstream.send_eof()
            except Refused as refusal:
                refusals.append(refusal)
                group.cancel_scope.cancel()
            except GONE:
                group.cancel_scope.cancel()

        async def received() -> bytes:
            try:
                return await upstream.receive(_CHUNK_BYTES)
            except GONE:
                return b""

        group.start_soon(up)
        with suppress(*GONE):
            await _pump(received, caller.send_bytes, group.cancel_scope, idle_seconds)
        group.cancel_scope.cancel()
    if refusals:
        raise refusals[0]


async def _pump(
    receive: Callable[[], Awaitable[bytes]],
    send: Callable[[bytes], Awaitable[None]],
    scope: CancelScope,
    idle_seconds: float,
) -> None:
    while data := await receive():
        scope.deadline = anyio.current_time() + idle_seconds
        await send(data)
