"""OpenAI's Chat Completions, as a wire form for the stub."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from .script import Prompt
from .wire import Json, Reply, pieces, text_of


class OpenAIChat:
    name = "openai"

    def read(self, body: Mapping[str, Any]) -> Prompt:
        messages = body["messages"]
        users = [text_of(m["content"]) for m in messages if m["role"] == "user"]
        choice = body.get("tool_choice")
        return Prompt(
            model=body["model"],
            messages=messages,
            last_user=users[-1] if users else "",
            conversation="\n".join(text_of(message) for message in messages),
            tools=[tool["function"]["name"] for tool in body.get("tools") or ()],
            forced_tool=choice["function"]["name"] if isinstance(choice, Mapping) else None,
            wants_schema=(body.get("response_format") or {}).get("type") == "json_schema",
            stream=bool(body.get("stream")),
            stream_usage=bool((body.get("stream_options") or {}).get("include_usage")),
        )

    def whole(self, reply: Reply) -> Json:
        message: Json = {"role": "assistant", "content": reply.answer.text or None}
        if reply.calls:
            message["tool_calls"] = [_call(*call) for call in reply.calls]
        choice = {"index": 0, "message": message, "finish_reason": _finish_reason(reply)}
        return {
            **_head(reply, "chat.completion"),
            "choices": [choice],
            "usage": _usage(reply),
        }

    def stream(self, reply: Reply) -> Iterator[bytes]:
        yield self._chunk(reply, {"role": "assistant", "content": ""})
        for piece in pieces(reply.answer.text):
            yield self._chunk(reply, {"content": piece})
        for index, (id_, name, arguments) in enumerate(reply.calls):
            call = {"index": index, **_call(id_, name, "")}
            yield self._chunk(reply, {"tool_calls": [call]})
            for piece in pieces(arguments):
                part = {"index": index, "function": {"arguments": piece}}
                yield self._chunk(reply, {"tool_calls": [part]})
        yield self._chunk(reply, {}, _finish_reason(reply))
        if reply.prompt.stream_usage:
            usage = {"choices": [], "usage": _usage(reply)}
            yield _event({**_head(reply, "chat.completion.chunk"), **usage})
        yield b"data: [DONE]\n\n"

    def error(self, status: int, message: str) -> Json:
        return openai_error(status, message)

    def _chunk(self, reply: Reply, delta: Json, finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return _event({**_head(reply, "chat.completion.chunk"), "choices": [choice]})


def openai_error(status: int, message: str) -> Json:
    kinds = {401: "invalid_api_key", 429: "rate_limit_exceeded"}
    kind = kinds.get(status, "server_error" if status >= 500 else "invalid_request_error")  # noqa: PLR2004
    return {"error": {"message": message, "type": kind, "param": None, "code": kind}}


def _head(reply: Reply, kind: str) -> Json:
    return {
        "id": f"chatcmpl-{reply.id}",
        "object": kind,
        "created": int(time.time()),
        "model": reply.prompt.model,
    }


def _call(id_: str, name: str, arguments: str) -> Json:
    return {"id": id_, "type": "function", "function": {"name": name, "arguments": arguments}}


def _finish_reason(reply: Reply) -> str:
    return "tool_calls" if reply.calls else "stop"


def _usage(reply: Reply) -> Json:
    read, written = reply.usage
    return {
        "prompt_tokens": read,
        "prompt_tokens_details": {"cached_tokens": reply.answer.cached_tokens},
        "completion_tokens": written,
        "total_tokens": read + written,
    }


def _event(data: Json) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()
