"""The model stub's HTTP side: both protocols answer from one script and one record of requests."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from integrations.stubs.mischief import cut

from .anthropic_messages import AnthropicMessages
from .openai_chat import OpenAIChat
from .script import Answer, Prompt, Script
from .wire import Json, Reply, Wire

MODELS = ("stub-coder", "stub-evaluator")


@dataclass
class ModelsApi:
    """`key` is the API key that must come with each request; None takes any or none."""

    script: Script = field(default_factory=Script)
    key: str | None = None
    requests: list[Json] = field(default_factory=list)
    """one per request, in order: protocol, model, messages, tools, stream, status, usage"""
    _recording: threading.Lock = field(default_factory=threading.Lock)

    def openai(self) -> Starlette:
        """`POST /v1/chat/completions` and `GET /v1/models`."""
        endpoint = self._endpoint(OpenAIChat())
        return Starlette(
            routes=[
                Route("/v1/chat/completions", endpoint, methods=["POST"]),
                Route("/v1/models", self._list_models),
            ]
        )

    def anthropic(self) -> Starlette:
        """`POST /v1/messages`."""
        endpoint = self._endpoint(AnthropicMessages())
        return Starlette(routes=[Route("/v1/messages", endpoint, methods=["POST"])])

    async def _list_models(self, request: Request) -> Response:
        if not self._allowed(request.headers):
            return JSONResponse(OpenAIChat().error(401, "Incorrect API key provided."), 401)
        models = [{"id": name, "object": "model", "owned_by": "stub"} for name in MODELS]
        return JSONResponse({"object": "list", "data": models})

    def _endpoint(self, wire: Wire) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            if not self._allowed(request.headers):
                return JSONResponse(wire.error(401, "Incorrect API key provided."), 401)
            try:
                prompt = wire.read(await request.json())
            except (KeyError, TypeError, ValueError) as error:
                message = f"{type(error).__name__}: {error}"
                return JSONResponse(wire.error(400, message), 400)
            answer = self.script.next_answer(prompt).as_asked(prompt)
            self._record(wire, prompt, answer)
            await _wait(answer, request)
            return _response(wire, Reply(prompt, answer))

        return endpoint

    def _allowed(self, headers: Mapping[str, str]) -> bool:
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        return self.key is None or self.key in (bearer, headers.get("x-api-key"))

    def _record(self, wire: Wire, prompt: Prompt, answer: Answer) -> None:
        read, written = (0, 0) if answer.error else answer.usage(prompt)
        request = {
            "protocol": wire.name,
            "model": prompt.model,
            "messages": prompt.messages,
            "tools": list(prompt.tools),
            "stream": prompt.stream,
            "status": answer.error or 200,
            "usage": {"input_tokens": read, "output_tokens": written},
        }
        with self._recording:
            self.requests.append(request)


async def _wait(answer: Answer, request: Request) -> None:
    while answer.hang and (await request.receive())["type"] != "http.disconnect":
        pass
    await asyncio.sleep(answer.delay_seconds)


def _response(wire: Wire, reply: Reply) -> Response:
    answer = reply.answer
    if answer.error is not None:
        seconds = answer.retry_after_seconds
        headers = {} if seconds is None else {"Retry-After": f"{seconds:g}"}
        message = answer.text or "The stub's script says so."
        return JSONResponse(wire.error(answer.error, message), answer.error, headers)
    if answer.garbage is not None:
        return Response(answer.garbage, media_type="application/json")
    if reply.prompt.stream:
        return _Pieces(list(wire.stream(reply)), "text/event-stream", whole=not answer.cut)
    body = json.dumps(wire.whole(reply)).encode()
    half = len(body) // 2
    return _Pieces([body[:half], body[half:]], "application/json", whole=not answer.cut)


class _Pieces(Response):
    """A body in pieces; if not `whole`, only the first half of them and then no connection."""

    def __init__(self, pieces: Iterable[bytes], media_type: str, *, whole: bool) -> None:
        super().__init__(media_type=media_type)
        self._pieces = list(pieces)
        self._whole = whole
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        sent = self._pieces if self._whole else self._pieces[: len(self._pieces) // 2]
        for piece in sent:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        if self._whole:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await asyncio.sleep(0)
            await cut(scope)
