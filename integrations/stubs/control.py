"""`/_stub/...`: a person's actions, the stubs' state as JSON, and mischief, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping

from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.stubs import control_github, control_linear, control_mischief
from integrations.stubs.asking import Ask, Handler
from integrations.stubs.github.records import GithubError
from integrations.stubs.models.script import script_from_json
from integrations.stubs.parts import Parts

_WRONG = (ValueError, TypeError, LookupError, AttributeError, GraphQLError, GithubError)


def control(parts: Parts) -> Starlette:
    """Not protected by any key: whoever reaches the stubs is the person at play."""
    routes = [
        Route(path, _endpoint(parts, handler), methods=[method])
        for (method, path), handler in _HANDLERS.items()
    ]
    return Starlette(routes=routes)


def _endpoint(parts: Parts, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            body = json.loads(await request.body() or b"{}")
            ask = Ask(parts, request.path_params, body)
            answer = await run_in_threadpool(handler, ask)
        except _WRONG as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)
        return JSONResponse(answer)

    return endpoint


def _state(ask: Ask) -> object:
    return {
        "tickets": control_linear.list_tickets(ask),
        "deliveries": control_linear.list_deliveries(ask),
        "pulls": control_github.list_pulls(ask),
        "requests": _list_requests(ask),
        "mischief": control_mischief.list_mischief(ask),
    }


def _list_requests(ask: Ask) -> object:
    return list(ask.parts.models.requests)


def _set_script(ask: Ask) -> object:
    ask.parts.models.script = script_from_json(json.dumps(ask.body))
    return {"rules": len(ask.parts.models.script.rules)}


_HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "/state"): _state,
    ("GET", "/requests"): _list_requests,
    ("PUT", "/script"): _set_script,
    **control_mischief.HANDLERS,
    **control_github.HANDLERS,
    **control_linear.HANDLERS,
}
