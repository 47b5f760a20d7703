"""Plain HTTP: one request to an allowed registry, written anew, and its answer."""

import re

import anyio
import h11
from anyio.abc import SocketStream

from integrations.gateway.registries.allowlist import HTTP_PORT
from integrations.gateway.registries.caller import Caller
from integrations.gateway.registries.refusals import Refused
from integrations.gateway.registries.targets import Target, read_target

_ABSOLUTE = re.compile(r"http://(?P<authority>[^/?#\\]+)(?P<path>/[^#]*|\?[^#]*)?", re.IGNORECASE)
_CHUNK_BYTES = 64 * 1024
_HEAD_BYTES = 64 * 1024
_NOT_PASSED_ON = frozenset(
    {
        *(b"host", b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization"),
        *(b"proxy-authenticate", b"proxy-authentication-info", b"te", b"trailer", b"expect"),
        *(b"transfer-encoding", b"content-length", b"upgrade", b"http2-settings"),
    }
)


def wanted(request: h11.Request) -> tuple[Target, str]:
    """The target and the path of a request for ``http://…``. Raises Refused."""
    url = request.target.decode("ascii")
    parts = _ABSOLUTE.fullmatch(url)
    if parts is None:
        raise Refused(url, "is not asked for as a proxy is asked: http://host/path, or CONNECT")
    target = read_target(parts["authority"], HTTP_PORT)
    if request.method not in {b"GET", b"HEAD"}:
        raise Refused(str(target), "only GET and HEAD are allowed without encryption")
    path = parts["path"] or "/"
    return target, path if path.startswith("/") else f"/{path}"


def check_framing(request: h11.Request, target: Target) -> None:
    """No body, no other protocol: nothing whose end two servers could see at different places.

    Raises Refused.
    """
    headers = dict(request.headers)
    if b"transfer-encoding" in headers or headers.get(b"content-length", b"0").strip(b"0"):
        raise Refused(str(target), "a request with a body is refused")
    if b"upgrade" in headers:
        raise Refused(str(target), "a change to another protocol (Upgrade) is refused")


async def fetch(
    caller: Caller,
    request: h11.Request,
    target: Target,
    path: str,
    upstream: SocketStream,
    idle_seconds: float,
) -> None:
    """Raises h11.ProtocolError, GONE: the answer is then cut off, or not begun."""
    http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_BYTES)
    host = target.host_in_url if target.port == HTTP_PORT else str(target)
    asked = h11.Request(
        method=request.method,
        target=path,
        headers=[(b"Host", host.encode()), *_passed_on(request), (b"Connection", b"close")],
    )
    question = (http.send(asked) or b"") + (http.send(h11.EndOfMessage()) or b"")
    with anyio.fail_after(idle_seconds):
        await upstream.send(question)
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await _received(upstream, idle_seconds))
        elif isinstance(event, h11.Response):
            await caller.send(_answer(event))
        elif isinstance(event, h11.Data):
            await caller.send(h11.Data(data=event.data))
        elif isinstance(event, h11.EndOfMessage):
            await caller.send(h11.EndOfMessage())
            return
        elif not isinstance(event, h11.InformationalResponse):
            raise h11.RemoteProtocolError("the registry ended without an answer")


async def _received(upstream: SocketStream, idle_seconds: float) -> bytes:
    with anyio.fail_after(idle_seconds):
        try:
            return await upstream.receive(_CHUNK_BYTES)
        except anyio.EndOfStream:
            return b""


def _answer(response: h11.Response) -> h11.Response:
    headers = _passed_on(response)
    length = [pair for pair in response.headers if pair[0] == b"content-length"]
    if not any(name == b"transfer-encoding" for name, _ in response.headers):
        headers += length
    return h11.Response(status_code=response.status_code, headers=headers, reason=response.reason)


def _passed_on(message: h11.Request | h11.Response) -> list[tuple[bytes, bytes]]:
    """The headers that are meant for the other end, not for this hop (RFC 9110, section 7.6.1)."""
    own = {
        option.strip().lower()
        for name, value in message.headers
        if name == b"connection"
        for option in value.split(b",")
    }
    return [
        (raw, value)
        for raw, value in message.headers.raw_items()
        if raw.lower() not in _NOT_PASSED_ON | own
    ]
