"""Each protocol as an agent and a provider write it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TEXT = "Hello, world"
INPUT, CACHED, OUTPUT = 1000, 400, 50


@dataclass(frozen=True)
class Form:
    name: str
    provider: str
    model: str
    path: str
    upstream_path: str
    request: Mapping[str, Any]
    maximum: tuple[str, ...]
    """Where the most tokens of an answer are said."""
    answer: Mapping[str, Any]
    events: tuple[bytes, ...]
    """The last one ends the stream."""

    def body(self, **more: Any) -> dict[str, Any]:
        return {**json.loads(json.dumps(self.request)), **more}

    def limited(self, tokens: int) -> dict[str, Any]:
        body = self.body()
        inner = body
        for name in self.maximum[:-1]:
            inner = inner.setdefault(name, {})
        inner[self.maximum[-1]] = tokens
        return body

    def limit_of(self, body: Any) -> Any:
        for name in self.maximum:
            body = (body or {}).get(name)
        return body

    def streamed(self) -> tuple[str, dict[str, Any]]:
        if self.name == "gemini":
            return self.path.replace(":generate", ":streamGenerate") + "?alt=sse", self.body()
        return self.path, self.body(stream=True)


def event(data: object, name: str = "") -> bytes:
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data)}\n\n".encode()


def named(data: dict[str, Any]) -> bytes:
    return event(data, data["type"])


_CHAT_USAGE = {
    "prompt_tokens": INPUT,
    "completion_tokens": OUTPUT,
    "prompt_tokens_details": {"cached_tokens": CACHED},
}
_CHAT_HEAD = {"id": "c1", "object": "chat.completion.chunk", "model": "gpt-5"}
CHAT = Form(
    "chat",
    "openai",
    "gpt-5",
    "/openai/v1/chat/completions",
    "/v1/chat/completions",
    {"model": "gpt-5", "messages": [{"role": "user", "content": "Say hello."}]},
    ("max_tokens",),
    {
        "model": "gpt-5",
        "choices": [{"message": {"role": "assistant", "content": TEXT}, "finish_reason": "stop"}],
        "usage": _CHAT_USAGE,
    },
    (
        event({**_CHAT_HEAD, "choices": [{"delta": {"content": TEXT[:5]}}]}),
        event({**_CHAT_HEAD, "choices": [{"delta": {"content": TEXT[5:]}}]}),
        event({**_CHAT_HEAD, "choices": [{"delta": {}, "finish_reason": "stop"}]}),
        event({**_CHAT_HEAD, "choices": [], "usage": _CHAT_USAGE}),
        b"data: [DONE]\n\n",
    ),
)

_RESPONSE = {
    "model": "gpt-5",
    "output": [{"type": "message", "content": [{"type": "output_text", "text": TEXT}]}],
    "usage": {
        "input_tokens": INPUT,
        "output_tokens": OUTPUT,
        "input_tokens_details": {"cached_tokens": CACHED},
    },
}
RESPONSES = Form(
    "responses",
    "openai",
    "gpt-5",
    "/openai/v1/responses",
    "/v1/responses",
    {"model": "gpt-5", "input": "Say hello."},
    ("max_output_tokens",),
    _RESPONSE,
    (
        named({"type": "response.created", "response": {"model": "gpt-5", "usage": None}}),
        named({"type": "response.output_text.delta", "delta": TEXT}),
        named({"type": "response.completed", "response": _RESPONSE}),
    ),
)

_ANTHROPIC_USAGE = {
    "input_tokens": INPUT - CACHED,
    "cache_read_input_tokens": CACHED,
    "cache_creation_input_tokens": 0,
    "output_tokens": OUTPUT,
}
MESSAGES = Form(
    "messages",
    "anthropic",
    "claude-sonnet-4-5",
    "/anthropic/v1/messages",
    "/v1/messages",
    {
        "model": "claude-sonnet-4-5",
        "max_tokens": 1000,
        "messages": [{"role": "user", "content": "Say hello."}],
    },
    ("max_tokens",),
    {
        "type": "message",
        "model": "claude-sonnet-4-5",
        "content": [{"type": "text", "text": TEXT}],
        "usage": _ANTHROPIC_USAGE,
    },
    (
        named(
            {
                "type": "message_start",
                "message": {
                    "model": "claude-sonnet-4-5",
                    "usage": {**_ANTHROPIC_USAGE, "output_tokens": 1},
                },
            }
        ),
        named({"type": "ping"}),
        named({"type": "content_block_delta", "delta": {"type": "text_delta", "text": TEXT}}),
        named({"type": "message_delta", "delta": {}, "usage": {"output_tokens": OUTPUT}}),
        named({"type": "message_stop"}),
    ),
)

_GEMINI_USAGE = {
    "promptTokenCount": INPUT,
    "cachedContentTokenCount": CACHED,
    "candidatesTokenCount": OUTPUT - 10,
    "thoughtsTokenCount": 10,
}
_PART = {"role": "model", "parts": [{"text": TEXT}]}
GEMINI = Form(
    "gemini",
    "gemini",
    "gemini-2.5-flash",
    "/gemini/v1beta/models/gemini-2.5-flash:generateContent",
    "/v1beta/models/gemini-2.5-flash:generateContent",
    {"contents": [{"role": "user", "parts": [{"text": "Say hello."}]}]},
    ("generationConfig", "maxOutputTokens"),
    {
        "modelVersion": "gemini-2.5-flash",
        "candidates": [{"content": _PART, "finishReason": "STOP"}],
        "usageMetadata": _GEMINI_USAGE,
    },
    (
        event({"candidates": [{"content": _PART}], "usageMetadata": {"promptTokenCount": INPUT}}),
        event(
            {
                "modelVersion": "gemini-2.5-flash",
                "candidates": [{"content": {"parts": []}, "finishReason": "STOP"}],
                "usageMetadata": _GEMINI_USAGE,
            }
        ),
    ),
)

FORMS = (CHAT, RESPONSES, MESSAGES, GEMINI)
