"""Anthropic's Messages, as a wire form for the stub."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .script import Prompt
from .wire import Json, Reply, pieces, text_of

_ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}


class AnthropicMessages:
    name = "anthropic"

    def read(self, body: Mapping[str, Any]) -> Prompt:
        messages = body["messages"]
        users = [text_of(m["content"]) for m in messages if m["role"] == "user"]
        spoken = [text_of(body.get("system")), *(text_of(message) for message in messages)]
        form = (body.get("output_config") or {}).get("format") or body.get("output_format") or {}
        return Prompt(
            model=body["model"],
            messages=messages,
            last_user=users[-1] if users else "",
            conversation="\n".join(spoken),
            tools=[tool["name"] for tool in body.get("tools") or ()],
            forced_tool=(body.get("tool_choice") or {}).get("name"),
            wants_schema=form.get("type") == "json_schema",
            stream=bool(body.get("stream")),
        )

    def whole(self, reply: Reply) -> Json:
        return {
            **_head(reply),
            "content": _blocks(reply),
            "stop_reason": _stop_reason(reply),
            "usage": _usage(reply),
        }

    def stream(self, reply: Reply) -> Iterator[bytes]:
        message = {**_head(reply), "usage": {**_usage(reply), "output_tokens": 1}}
        yield _event("message_start", message=message)
        for index, block in enumerate(_blocks(reply)):
            yield from _stream_block(index, block)
        delta = {"stop_reason": _stop_reason(reply), "stop_sequence": None}
        yield _event("message_delta", delta=delta, usage={"output_tokens": reply.usage[1]})
        yield _event("message_stop")

    def error(self, status: int, message: str) -> Json:
        kind = _ERROR_TYPES.get(status, "api_error")
        return {"type": "error", "error": {"type": kind, "message": message}}


def _head(reply: Reply) -> Json:
    return {
        "id": f"msg_{reply.id}",
        "type": "message",
        "role": "assistant",
        "model": reply.prompt.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }


def _blocks(reply: Reply) -> list[Json]:
    texts = [{"type": "text", "text": reply.answer.text}] if reply.answer.text else []
    calls = [
        {"type": "tool_use", "id": id_, "name": name, "input": json.loads(arguments)}
        for id_, name, arguments in reply.calls
    ]
    return [*texts, *calls]


def _stream_block(index: int, block: Json) -> Iterator[bytes]:
    empty: Json
    if block["type"] == "text":
        kind, key, empty, whole = "text_delta", "text", {"text": ""}, block["text"]
    else:
        whole = json.dumps(block["input"])
        kind, key, empty = "input_json_delta", "partial_json", {"input": {}}
    yield _event("content_block_start", index=index, content_block={**block, **empty})
    for piece in pieces(whole):
        yield _event("content_block_delta", index=index, delta={"type": kind, key: piece})
    yield _event("content_block_stop", index=index)


def _stop_reason(reply: Reply) -> str:
    return "tool_use" if reply.calls else "end_turn"


def _usage(reply: Reply) -> Json:
    read, written = reply.usage
    cached = reply.answer.cached_tokens
    return {
        "input_tokens": read - cached,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": cached,
        "output_tokens": written,
    }


def _event(kind: str, **data: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode()
