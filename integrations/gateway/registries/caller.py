"""The sandbox's end of one connection: its requests, its answers, and how much it has sent."""

from collections.abc import Sequence

import anyio
import h11
from anyio.abc import SocketStream

from integrations.gateway.registries.refusals import Refused
from integrations.gateway.registries.rules import Rules

_CHUNK_BYTES = 16 * 1024
_HEAD_BYTES = 16 * 1024
GONE = (OSError, anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError)
"""What a connection raises that has broken, or on which nothing moves."""


class Caller:
    """Reading raises Refused where too much was sent, sending one of GONE."""

    def __init__(self, stream: SocketStream, rules: Rules) -> None:
        self._stream = stream
        self._rules = rules
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD_BYTES)
        self._sent_bytes = 0
        self.target = "?"
        """What it last asked for."""

    async def request(self) -> h11.Request | None:
        """The next one, None where there is none. Raises h11.RemoteProtocolError, GONE."""
        with anyio.fail_after(self._rules.idle_timeout_seconds):
            while True:
                event = self._http.next_event()
                if isinstance(event, h11.Request):
                    return event
                if event is not h11.NEED_DATA:
                    return None
                self._http.receive_data(await self.receive())

    def ready(self) -> bool:
        """Whether the last request is dealt with and another one may follow."""
        if self._http.their_state is h11.SEND_BODY:
            self._http.next_event()
        done = self._http.states == {h11.CLIENT: h11.DONE, h11.SERVER: h11.DONE}
        if done:
            self._http.start_next_cycle()
        return done

    @property
    def unanswered(self) -> bool:
        """Whether an answer can be sent yet."""
        return self._http.our_state in {h11.IDLE, h11.SEND_RESPONSE}

    async def answer(
        self, status: int, text: str, headers: Sequence[tuple[str, str]] = (), *, body: bool = True
    ) -> None:
        """A plain sentence, also as the reason, which is all that most clients show of CONNECT."""
        content = f"{text}\n".encode()
        fields = [
            *(("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")),
            *(("Content-Length", str(len(content))), *headers),
        ]
        await self.send(h11.Response(status_code=status, headers=fields, reason=text.encode()))
        if body:
            await self.send(h11.Data(data=content))
        await self.send(h11.EndOfMessage())

    async def open_tunnel(self) -> bytes:
        """Say yes to CONNECT; what has arrived for the other side already."""
        self._http.next_event()
        established = h11.Response(status_code=200, headers=[], reason=b"Connection established")
        await self.send(established)
        return bytes(self._http.trailing_data[0])

    async def send(self, event: h11.Event) -> None:
        await self.send_bytes(self._http.send(event) or b"")

    async def send_bytes(self, data: bytes) -> None:
        with anyio.fail_after(self._rules.idle_timeout_seconds):
            await self._stream.send(data)

    async def receive(self) -> bytes:
        """What it sends next, however long that takes; empty at the end."""
        try:
            data = await self._stream.receive(_CHUNK_BYTES)
        except anyio.EndOfStream:
            return b""
        self._count(len(data))
        return data

    def _count(self, size: int) -> None:
        upward = self._rules.upward
        self._sent_bytes += size
        upward.sent_bytes += size
        if self._sent_bytes > self._rules.limit_bytes:
            limit = f"{self._rules.limit_bytes} bytes of one connection"
        elif upward.sent_bytes > upward.limit_bytes:
            limit = f"{upward.limit_bytes} bytes of all connections together"
        else:
            return
        raise Refused(self.target, f"was sent more than the {limit} that are allowed")
