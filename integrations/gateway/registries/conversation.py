"""One connection from the sandbox: each request on it is checked by itself, then served."""

import base64
import binascii
import hmac

import h11
from anyio.abc import SocketStream

from integrations.gateway.registries.addresses import Unreachable, connect
from integrations.gateway.registries.allowlist import HTTP_PORT, HTTPS_PORT
from integrations.gateway.registries.caller import GONE, Caller
from integrations.gateway.registries.fetching import check_framing, fetch, wanted
from integrations.gateway.registries.refusals import Refused, shown
from integrations.gateway.registries.rules import Rules
from integrations.gateway.registries.targets import read_target
from integrations.gateway.registries.tunnel import tunnel

USER = "storyfleet"
_FORBIDDEN, _TOKEN_NEEDED, _NOT_REACHED = 403, 407, 502
_CHALLENGE = [("Proxy-Authenticate", f'Basic realm="{USER}"')]


async def converse(stream: SocketStream, rules: Rules) -> None:
    """Serve requests until one side has had enough."""
    caller = Caller(stream, rules)
    try:
        while (request := await caller.request()) is not None:
            await _serve(caller, request, rules)
            if not caller.ready():
                return
    except Refused as refusal:
        rules.refusals.add(refusal)
    except h11.RemoteProtocolError as fault:
        await _answer_nonsense(caller, fault, rules)
    except (h11.LocalProtocolError, *GONE):
        return


async def _serve(caller: Caller, request: h11.Request, rules: Rules) -> None:
    """Answer one request, whatever becomes of it. Raises GONE."""
    body = request.method != b"HEAD"
    try:
        if not _has_token(request, rules):
            why = "A proxy token is needed: the one of this session."
            await caller.answer(_TOKEN_NEEDED, why, _CHALLENGE, body=body)
            return
        await _reach(caller, request, rules)
    except Refused as refusal:
        rules.refusals.add(refusal)
        if caller.unanswered:
            await caller.answer(_FORBIDDEN, f"Refused by the fleet's proxy: {refusal}", body=body)
    except (Unreachable, h11.RemoteProtocolError, *GONE) as fault:
        if caller.unanswered:
            why = shown(f"Not reached by the fleet's proxy: {caller.target} ({fault})")
            await caller.answer(_NOT_REACHED, why, body=body)


async def _reach(caller: Caller, request: h11.Request, rules: Rules) -> None:
    path = ""
    if request.method == b"CONNECT":
        target, port = read_target(request.target.decode("ascii"), None), HTTPS_PORT
    else:
        (target, path), port = wanted(request), HTTP_PORT
    caller.target = str(target)
    rules.allowlist.check(target, port)
    check_framing(request, target)
    # Only now, so that no name is looked up that is not allowed: a look-up carries a message too.
    upstream = await connect(target, rules.resolver, rules.private, rules.connect_timeout_seconds)
    async with upstream:
        if request.method == b"CONNECT":
            await tunnel(caller, target, upstream, rules.idle_timeout_seconds)
        else:
            await fetch(caller, request, target, path, upstream, rules.idle_timeout_seconds)


def _has_token(request: h11.Request, rules: Rules) -> bool:
    """Whether it carries the session's token; a wrong one is remembered, since none is normal:
    many clients wait to be asked.
    """
    given = [value for name, value in request.headers if name == b"proxy-authorization"]
    if not given:
        return False
    scheme, _, credentials = given[0].partition(b" ")
    try:
        told = base64.b64decode(credentials.strip(), validate=True)
    except binascii.Error:
        told = b""
    right = hmac.compare_digest(told, f"{USER}:{rules.token}".encode())
    if right and scheme.lower() == b"basic" and len(given) == 1:
        return True
    asked = request.target.decode("ascii")
    rules.refusals.add(Refused(asked, "was asked for with a token that is not this session's"))
    return False


async def _answer_nonsense(caller: Caller, fault: h11.RemoteProtocolError, rules: Rules) -> None:
    rules.refusals.add(Refused(caller.target, f"a request that is not HTTP ({fault})"))
    if caller.unanswered:
        why = shown(f"Refused by the fleet's proxy: not HTTP ({fault})")
        try:
            await caller.answer(fault.error_status_hint, why)
        except (h11.LocalProtocolError, *GONE):
            return
