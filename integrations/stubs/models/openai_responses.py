"""OpenAI's Responses, as a wire form for the stub."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .openai_chat import openai_error
from .script import Prompt
from .wire import Json, Reply, pieces, text_of


class OpenAIResponses:
    name = "openai-responses"

    def read(self, body: Mapping[str, Any]) -> Prompt:
        given = body["input"]
        items = [{"role": "user", "content": given}] if isinstance(given, str) else given
        users = [text_of(item["content"]) for item in items if item.get("role") == "user"]
        tools = [tool for tool in body.get("tools") or () if "name" in tool]
        choice = body.get("tool_choice")
        form = (body.get("text") or {}).get("format") or {}
        return Prompt(
            model=body["model"],
            messages=items,
            last_user=users[-1] if users else "",
            conversation="\n".join([text_of(body.get("instructions")), *map(text_of, items)]),
            tools=[tool["name"] for tool in tools],
            text_tools=[tool["name"] for tool in tools if tool.get("type") == "custom"],
            forced_tool=choice.get("name") if isinstance(choice, Mapping) else None,
            wants_schema=form.get("type") == "json_schema",
            stream=bool(body.get("stream")),
        )

    def whole(self, reply: Reply) -> Json:
        return _response(reply, "completed", _items(reply))

    def stream(self, reply: Reply) -> Iterator[bytes]:
        for number, (kind, data) in enumerate(_events(reply)):
            yield _event(kind, {**data, "sequence_number": number})

    def error(self, status: int, message: str) -> Json:
        return openai_error(status, message)


def _events(reply: Reply) -> Iterator[tuple[str, Json]]:
    begun = _response(reply, "in_progress", [])
    yield "response.created", {"response": begun}
    yield "response.in_progress", {"response": begun}
    for index, item in enumerate(_items(reply)):
        place = {"item_id": item["id"], "output_index": index}
        yield "response.output_item.added", {"output_index": index, "item": _empty(item)}
        parts = _text_events if item["type"] == "message" else _call_events
        for kind, data in parts(item):
            yield kind, {**place, **data}
        yield "response.output_item.done", {"output_index": index, "item": item}
    yield "response.completed", {"response": _response(reply, "completed", _items(reply))}


def _text_events(item: Json) -> Iterator[tuple[str, Json]]:
    (part,) = item["content"]
    yield "response.content_part.added", {"content_index": 0, "part": {**part, "text": ""}}
    for piece in pieces(part["text"]):
        yield "response.output_text.delta", {"content_index": 0, "delta": piece, "logprobs": []}
    whole = {"content_index": 0, "text": part["text"], "logprobs": []}
    yield "response.output_text.done", whole
    yield "response.content_part.done", {"content_index": 0, "part": part}


def _call_events(item: Json) -> Iterator[tuple[str, Json]]:
    kind, key = ("function_call_arguments", "arguments")
    if item["type"] == "custom_tool_call":
        kind, key = ("custom_tool_call_input", "input")
    for piece in pieces(item[key]):
        yield f"response.{kind}.delta", {"delta": piece}
    yield f"response.{kind}.done", {key: item[key]}


def _empty(item: Json) -> Json:
    """As it is announced, before anything of it has been said."""
    changes: Json = {"content": []} if item["type"] == "message" else {}
    changes.update({key: "" for key in ("arguments", "input") if key in item})
    return {**item, "status": "in_progress", **changes}


def _items(reply: Reply) -> list[Json]:
    text = {"type": "output_text", "text": reply.answer.text, "annotations": [], "logprobs": []}
    message = {
        "id": f"msg_{reply.id}",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [text],
    }
    calls = [_call(reply, *call) for call in reply.calls]
    return [message, *calls] if reply.answer.text or not calls else calls


def _call(reply: Reply, id_: str, name: str, arguments: str) -> Json:
    common = {"id": f"fc_{id_}", "call_id": id_, "name": name, "status": "completed"}
    if name in reply.prompt.text_tools:
        return {**common, "type": "custom_tool_call", "input": json.loads(arguments)["input"]}
    return {**common, "type": "function_call", "arguments": arguments}


def _response(reply: Reply, status: str, output: Sequence[Json]) -> Json:
    return {
        "id": f"resp_{reply.id}",
        "object": "response",
        "created_at": int(time.time()),
        "status": status,
        "model": reply.prompt.model,
        "output": list(output),
        "error": None,
        "incomplete_details": None,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": _usage(reply) if status == "completed" else None,
    }


def _usage(reply: Reply) -> Json:
    read, written = reply.usage
    return {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": reply.answer.cached_tokens},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": read + written,
    }


def _event(kind: str, data: Json) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode()
