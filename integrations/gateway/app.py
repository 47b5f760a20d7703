"""What a sandbox sees at its door: the models' protocols, under a token, and nothing else."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from integrations.gateway.call import Asked, Call
from integrations.gateway.outcomes import shortened
from integrations.gateway.refusals import NO_RETRY, Refused, ended, error_body
from integrations.gateway.replies import reply
from integrations.gateway.requests import asked, asked_of_gemini, may_enter, read_body
from integrations.gateway.session import Session
from integrations.gateway.upstreams import OPENAI, PROVIDERS
from integrations.gateway.wires.anthropic_messages import AnthropicCount, AnthropicMessages
from integrations.gateway.wires.gemini import GeminiContent
from integrations.gateway.wires.openai_chat import OpenAIChat
from integrations.gateway.wires.openai_responses import OpenAIResponses
from integrations.gateway.wires.wire import Wire
from worker.domain.access import ModelCall

_log = logging.getLogger(__name__)
_OPENAIS = "https://api.openai.com/"
_LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})
_UNAUTHORISED = "This token is not the session's."


def application(session: Session, token: str) -> Starlette:
    """The whole of it."""
    line = session.lines.get(OPENAI)
    chat = OpenAIChat(own_server=not (line and line.upstream.url("/").startswith(_OPENAIS)))
    gate = _Gate(session, token)
    plain: list[tuple[str, Wire, str]] = [
        ("/openai/v1/chat/completions", chat, "/chat/completions"),
        ("/openai/v1/responses", OpenAIResponses(), "/responses"),
        ("/anthropic/v1/messages", AnthropicMessages(), "/v1/messages"),
        ("/anthropic/v1/messages/count_tokens", AnthropicCount(), "/v1/messages/count_tokens"),
    ]
    models = [
        *(Route(path, _Plain(gate, wire, up), methods=["POST"]) for path, wire, up in plain),
        Route("/gemini/v1beta/models/{call}", _Gemini(gate, GeminiContent()), methods=["POST"]),
    ]
    app = Starlette(
        routes=[*models, Route("/openai/v1/models", gate.list_models, methods=["GET"])],
        exception_handlers={HTTPException: gate.no_such_path},
    )
    app.router.redirect_slashes = False
    return app


@dataclass(frozen=True, slots=True)
class _Gate:
    """Lets in, and answers whatever is not let through."""

    session: Session
    token: str

    async def let_through(
        self, scope: Scope, receive: Receive, send: Send, wire: Wire, read: Callable[..., Asked]
    ) -> None:
        """``read(request, content)`` says what is to be passed on, or raises Refused."""
        began = time.monotonic()
        request = Request(scope, receive)
        model = ""
        try:
            if not may_enter(request, self.token):
                raise Refused(401, _UNAUTHORISED)
            content = await read_body(request, self.session.body_limit_bytes)
            if (end := self.session.record.ended) is not None:
                model = end.model
                raise ended(wire.provider, end.outcome, end.detail)
            ask = read(request, content)
            model = f"{wire.provider}:{ask.model}"
            await Call(self.session, ask, receive, send).run()
        except Refused as refusal:
            self._note(model or f"{wire.provider}:", refusal, began)
            body = error_body(wire.provider, refusal.status, refusal.message, refusal.field)
            await reply(send, refusal.status, body, NO_RETRY)
        except Exception:
            _log.exception("a call through the gateway failed")
            raise

    async def list_models(self, request: Request) -> Response:
        """Of OpenAI's, those that may be used."""
        if not may_enter(request, self.token):
            self._note(f"{OPENAI}:", Refused(401, _UNAUTHORISED), time.monotonic())
            return JSONResponse(error_body(OPENAI, 401, _UNAUTHORISED), 401, NO_RETRY)
        line = self.session.lines.get(OPENAI)
        models = [
            {"id": name, "object": "model", "created": 0, "owned_by": "storyfleet"}
            for name in (line.models if line else ())
        ]
        return JSONResponse({"object": "list", "data": models})

    async def no_such_path(self, request: Request, error: Exception) -> Response:
        """Looking around is answered, and only what could have been a call is recorded."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        first = request.url.path.split("/")[1]
        provider = first if first in PROVIDERS else ""
        message = f"There is no {request.method} {request.url.path[:200]} here."
        if not may_enter(request, self.token):
            status, message = 401, _UNAUTHORISED
        if request.method not in _LOOKING or status == 401:  # noqa: PLR2004
            self._note(provider and f"{provider}:", Refused(status, message), time.monotonic())
        return JSONResponse(error_body(provider, status, message), status, NO_RETRY)

    def _note(self, model: str, refusal: Refused, began: float) -> None:
        self.session.record.add(
            ModelCall(
                model,
                refusal.outcome,
                seconds=time.monotonic() - began,
                detail=shortened(refusal.message),
                out_of=refusal.out_of,
            )
        )


@dataclass(frozen=True, slots=True)
class _Plain:
    """A protocol with the model's name in the body."""

    gate: _Gate
    wire: Wire
    upstream_path: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        def read(request: Request, content: bytes) -> Asked:
            return asked(self.gate.session, self.wire, self.upstream_path, request, content)

        await self.gate.let_through(scope, receive, send, self.wire, read)


@dataclass(frozen=True, slots=True)
class _Gemini:
    """The model's name, and what to do, are in the path."""

    gate: _Gate
    wire: Wire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        def read(request: Request, content: bytes) -> Asked:
            return asked_of_gemini(self.gate.session, self.wire, request, content)

        await self.gate.let_through(scope, receive, send, self.wire, read)
