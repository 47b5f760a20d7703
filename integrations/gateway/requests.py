"""Reads a request from the sandbox and decides whether it may be passed on."""

import json
import math
import re
import secrets
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request

from integrations.gateway.call import Asked
from integrations.gateway.refusals import Refused, not_allowed
from integrations.gateway.session import Line, Session
from integrations.gateway.upstreams import ANTHROPIC
from integrations.gateway.wires.wire import Wire

_BEARER = re.compile(r"\s*bearer\s+(\S+)\s*", re.IGNORECASE)
_KEY_HEADERS = ("x-api-key", "x-goog-api-key")
_PASSED_HEADERS = ("anthropic-version", "anthropic-beta", "openai-beta")
_PLAIN = re.compile(r"[\x20-\x7e]{1,1000}")
_GEMINI_VERBS = frozenset({"generateContent", "streamGenerateContent"})
_ANTHROPIC_VERSION = "2023-06-01"


def may_enter(request: Request, token: str) -> bool:
    """Whether the request carries the door's token, in any way that an SDK sends a key."""
    bearer = _BEARER.fullmatch(request.headers.get("authorization", ""))
    given = [bearer.group(1) if bearer else "", request.query_params.get("key", "")]
    given += [request.headers.get(name, "") for name in _KEY_HEADERS]
    matches = [secrets.compare_digest(each.encode(), token.encode()) for each in given]
    return any(matches)


async def read_body(request: Request, limit_bytes: int) -> bytes:
    """Raises Refused for one that is too large, when all of it has come, so that the client sees
    the answer.
    """
    content = bytearray()
    size = 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size <= limit_bytes:
                content += piece
    except ClientDisconnect as gone:
        raise Refused(400, "The request broke off.") from gone
    if size > limit_bytes:
        raise Refused(413, f"A request may have {limit_bytes} bytes.")
    return bytes(content)


def asked(session: Session, wire: Wire, path: str, request: Request, content: bytes) -> Asked:
    """What is to be passed on, with the model's name in the body. Raises Refused."""
    body = _parsed(request, content)
    line, model = _allowed(session, wire.provider, body.get("model"))
    named = {**body, "model": model}
    return _checked(Asked(wire, line, model, path, named, len(content), _headers(wire, request)))


def asked_of_gemini(session: Session, wire: Wire, request: Request, content: bytes) -> Asked:
    """What is to be passed on, with the model's name in the path. Raises Refused."""
    body = _parsed(request, content)
    name, _, verb = request.path_params["call"].rpartition(":")
    if verb not in _GEMINI_VERBS:
        raise Refused(404, f"There is no {verb[:200]!r} here.")
    line, model = _allowed(session, wire.provider, name)
    path = f"/v1beta/models/{quote(model, safe='')}:{verb}"
    if request.query_params.get("alt") == "sse":
        path += "?alt=sse"
    return _checked(Asked(wire, line, model, path, body, len(content), _headers(wire, request)))


def _checked(ask: Asked) -> Asked:
    """Raises Refused."""
    try:
        ask.wire.check(ask.body)
    except RecursionError as fault:
        raise Refused(400, "The request is nested too deeply.") from fault
    if ask.body.get("stream"):
        ask.hides_usage = ask.wire.ask_for_usage(ask.body)
    return ask


def _parsed(request: Request, content: bytes) -> dict[str, Any]:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise not_allowed("content-encoding", "a request must not be compressed")
    try:
        body = json.loads(content, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as fault:
        raise Refused(400, "The request is not JSON.") from fault
    if not isinstance(body, dict):
        raise Refused(400, "The request is not an object in JSON.")
    return body


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


def _refuse(text: str) -> NoReturn:
    """Of ``NaN``, ``1e999`` and the like each parser makes what it likes."""
    raise ValueError(text)


def _allowed(session: Session, provider: str, name: object) -> tuple[Line, str]:
    """The way to the model; the first allowed one where none is named. Raises Refused."""
    line = session.lines.get(provider)
    models = line.models if line else ()
    if line is not None and name in (None, ""):
        return line, models[0]
    if line is None or not isinstance(name, str) or name not in models:
        only = ", ".join(models) or "none of this provider"
        message = f"The model {str(name)[:200]!r} is not allowed here, only: {only}."
        raise Refused(404, message, "model")
    return line, name


def _headers(wire: Wire, request: Request) -> dict[str, str]:
    """Nothing of the client's but what changes the protocol."""
    given: Mapping[str, str] = request.headers
    passed = {
        name: given[name] for name in _PASSED_HEADERS if _PLAIN.fullmatch(given.get(name, ""))
    }
    if wire.provider == ANTHROPIC:
        passed.setdefault("anthropic-version", _ANTHROPIC_VERSION)
    return {
        **passed,
        "content-type": "application/json",
        "accept": "application/json, text/event-stream",
        "accept-encoding": "identity",
        "user-agent": "storyfleet",
    }
