"""The model stub's HTTP side: all protocols answer from one script and one record of requests."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from integrations.stubs.mischief import cut

from .anthropic_messages import AnthropicMessages
from .gemini import Gemini
from .openai_chat import OpenAIChat
from .openai_responses import OpenAIResponses
from .script import Answer, Prompt, Script
from .wire import Json, Reply, Wire

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]

MODELS = ("stub-coder", "stub-evaluator")


@dataclass
class ModelsApi:
    """`key` is the API key that must come with each request; None takes any or none."""

    script: Script = field(default_factory=Script)
    key: str | None = None
    requests: list[Json] = field(default_factory=list)
    """one per request, in order: protocol, model, messages, tools, stream, status, usage"""
    _recording: threading.Lock = field(default_factory=threading.Lock)

    @property
    def tokens(self) -> tuple[int, int]:
        """Tokens in and out of all requests so far, as a provider would bill them."""
        with self._recording:
            used = [request["usage"] for request in self.requests]
        return sum(u["input_tokens"] for u in used), sum(u["output_tokens"] for u in used)

    def openai(self) -> Starlette:
        """`POST /v1/chat/completions` and `/v1/responses`, and `GET /v1/models`."""
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self._endpoint(OpenAIChat()), methods=["POST"]),
                Route("/v1/responses", self._endpoint(OpenAIResponses()), methods=["POST"]),
                Route("/v1/models", self._list_models),
            ]
        )

    def anthropic(self) -> Starlette:
        """`POST /v1/messages` and `/v1/messages/count_tokens`."""
        wire = AnthropicMessages()
        count = self._counting(wire, "input_tokens")
        return Starlette(
            routes=[
                Route("/v1/messages", self._endpoint(wire), methods=["POST"]),
                Route("/v1/messages/count_tokens", count, methods=["POST"]),
            ]
        )

    def gemini(self) -> Starlette:
        """`POST /v1beta/models/MODEL:` + `generateContent`, `streamGenerateContent` (with
        `alt=sse`, the only form) and `countTokens`.
        """
        wire, models = Gemini(), "/v1beta/models/{model}:"
        count = self._counting(wire, "totalTokens")
        return Starlette(
            routes=[
                Route(f"{models}generateContent", self._endpoint(wire), methods=["POST"]),
                Route(f"{models}streamGenerateContent", self._endpoint(wire), methods=["POST"]),
                Route(f"{models}countTokens", count, methods=["POST"]),
            ]
        )

    async def _list_models(self, request: Request) -> Response:
        if not self._allowed(request):
            return JSONResponse(OpenAIChat().error(401, "Incorrect API key provided."), 401)
        models = [{"id": name, "object": "model", "owned_by": "stub"} for name in MODELS]
        return JSONResponse({"object": "list", "data": models})

    def _endpoint(self, wire: Wire) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            prompt = await self._read(wire, request)
            if isinstance(prompt, Response):
                return prompt
            answer = self.script.next_answer(prompt).as_asked(prompt)
            self._record(wire, prompt, answer)
            await _wait(answer, request)
            return _response(wire, Reply(prompt, answer))

        return endpoint

    def _counting(self, wire: Wire, key: str) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            prompt = await self._read(wire, request)
            if isinstance(prompt, Response):
                return prompt
            return JSONResponse({key: Answer().usage(prompt)[0]})

        return endpoint

    async def _read(self, wire: Wire, request: Request) -> Prompt | Response:
        """What is asked, or the refusal of a request that is malformed or has a wrong key."""
        if not self._allowed(request):
            return JSONResponse(wire.error(401, "Incorrect API key provided."), 401)
        try:
            body = await request.json()
            return wire.read({**body, **_told_by_address(request)})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return JSONResponse(wire.error(400, f"{type(error).__name__}: {error}"), 400)

    def _allowed(self, request: Request) -> bool:
        headers = request.headers
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        named = (headers.get("x-api-key"), headers.get("x-goog-api-key"))
        return self.key is None or self.key in (bearer, *named, request.query_params.get("key"))

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


def _told_by_address(request: Request) -> Json:
    """Gemini's model, and whether to stream."""
    model = request.path_params.get("model")
    if model is None:
        return {}
    return {"model": model, "stream": request.url.path.endswith("streamGenerateContent")}


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
        events, pause = list(wire.stream(reply)), answer.piece_delay_seconds
        return _Pieces(events, "text/event-stream", whole=not answer.cut, pause_seconds=pause)
    body = json.dumps(wire.whole(reply)).encode()
    half = len(body) // 2
    return _Pieces([body[:half], body[half:]], "application/json", whole=not answer.cut)


class _Pieces(Response):
    """A body in pieces; if not `whole`, only the first half of them and then no connection."""

    def __init__(
        self,
        pieces: Iterable[bytes],
        media_type: str,
        *,
        whole: bool,
        pause_seconds: float = 0.0,
    ) -> None:
        super().__init__(media_type=media_type)
        self._pieces = list(pieces)
        self._whole = whole
        self._pause_seconds = pause_seconds
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        sent = self._pieces if self._whole else self._pieces[: len(self._pieces) // 2]
        for number, piece in enumerate(sent):
            if number and self._pause_seconds:
                await asyncio.sleep(self._pause_seconds)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        if self._whole:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await asyncio.sleep(0)
            await cut(scope)
