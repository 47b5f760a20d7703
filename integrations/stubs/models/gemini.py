"""Gemini's generateContent and streamGenerateContent, as a wire form for the stub."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .script import Prompt
from .wire import Json, Reply, pieces, text_of

_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
}


class Gemini:
    """Model and streaming stand in the path there; the server puts them into the body."""

    name = "gemini"

    def read(self, body: Mapping[str, Any]) -> Prompt:
        contents = body["contents"]
        users = [text_of(c["parts"]) for c in contents if c.get("role", "user") == "user"]
        spoken = [text_of(body.get("systemInstruction")), *map(text_of, contents)]
        config = body.get("generationConfig") or {}
        declared = [tool.get("functionDeclarations") or () for tool in body.get("tools") or ()]
        return Prompt(
            model=body["model"],
            messages=contents,
            last_user=users[-1] if users else "",
            conversation="\n".join(spoken),
            tools=[function["name"] for functions in declared for function in functions],
            wants_schema=config.get("responseMimeType") == "application/json",
            stream=bool(body.get("stream")),
        )

    def whole(self, reply: Reply) -> Json:
        texts = [{"text": reply.answer.text}] if reply.answer.text else []
        return _answer(reply, [*texts, *_calls(reply)], "STOP")

    def stream(self, reply: Reply) -> Iterator[bytes]:
        for piece in pieces(reply.answer.text):
            yield _event(_answer(reply, [{"text": piece}]))
        yield _event(_answer(reply, _calls(reply) or [{"text": ""}], "STOP"))

    def error(self, status: int, message: str) -> Json:
        words = _STATUSES.get(status, "INTERNAL")
        return {"error": {"code": status, "message": message, "status": words}}


def _calls(reply: Reply) -> list[Json]:
    return [
        {"functionCall": {"name": name, "args": json.loads(arguments)}}
        for _, name, arguments in reply.calls
    ]


def _answer(reply: Reply, parts: list[Json], finish_reason: str | None = None) -> Json:
    read, written = reply.usage
    candidate: Json = {"index": 0, "content": {"role": "model", "parts": parts}}
    if finish_reason is not None:
        candidate["finishReason"] = finish_reason
    return {
        "candidates": [candidate],
        "usageMetadata": {
            "promptTokenCount": read,
            "cachedContentTokenCount": reply.answer.cached_tokens,
            "candidatesTokenCount": written,
            "totalTokenCount": read + written,
        },
        "modelVersion": reply.prompt.model,
        "responseId": reply.id,
    }


def _event(data: Json) -> bytes:
    return f"data: {json.dumps(data)}\r\n\r\n".encode()
