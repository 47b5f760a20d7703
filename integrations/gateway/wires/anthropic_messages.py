"""Anthropic's Messages, and its counting of tokens."""

from collections.abc import Mapping

from integrations.gateway.forms import Json, bytes_of_text
from integrations.gateway.outcomes import words_of
from integrations.gateway.refusals import not_allowed
from integrations.gateway.upstreams import ANTHROPIC
from integrations.gateway.wires.contents import check_contents, check_tools
from integrations.gateway.wires.wire import (
    Reading,
    keep_only,
    refuse_if_set,
    whole_number,
)

_FIELDS = frozenset(
    {
        *("model", "messages", "system", "stream", "max_tokens", "thinking", "metadata"),
        *("tools", "tool_choice", "temperature", "top_p", "top_k", "stop_sequences"),
        *("output_config", "output_format", "cache_control", "context_management"),
    }
)
_REFUSED = {
    "mcp_servers": "they run at the provider",
    "container": "it runs at the provider",
}
_CLIENT_TOOLS = ("bash_", "text_editor_", "memory_", "tool_search_tool_")
"""Versions follow. The search is the provider's, but only through the tools of the request."""
_LEAST_THINKING = 1024


class AnthropicMessages:
    """See ``Wire``."""

    provider = ANTHROPIC
    flavour = "default"
    usage_key = "usage"
    end_mark: bytes | None = None
    counts = True

    def check(self, body: Json) -> None:
        refuse_if_set(body, _REFUSED)
        keep_only(body, _FIELDS)
        _check_edits(body.get("context_management"))
        check_tools(body.get("tools"), "tools", _runs_at_the_client)
        check_contents(body.get("system"), "system")
        check_contents(body.get("messages"), "messages")

    def longest(self, body: Json) -> int | None:
        return whole_number(body, "max_tokens")

    def limit(self, body: Json, tokens: int) -> None:
        """Thinking is part of the answer and must have less than its maximum."""
        body["max_tokens"] = tokens
        thinking = body.get("thinking")
        if not isinstance(thinking, dict):
            return
        given = thinking.get("budget_tokens")
        if not isinstance(given, int) or given < tokens:
            return
        if tokens > _LEAST_THINKING:
            thinking["budget_tokens"] = max(_LEAST_THINKING, tokens // 2)
        else:
            del body["thinking"]

    def ask_for_usage(self, body: Json) -> bool:  # noqa: ARG002 - its events always say it
        return False

    def is_only_usage(self, event: Json) -> bool:  # noqa: ARG002
        return False

    def read(self, event: Json, reading: Reading) -> None:
        match event.get("type"):
            case "message_start" if isinstance(message := event.get("message"), dict):
                reading.model = str(message.get("model") or reading.model)
                _update(reading, message.get("usage"))
            case "content_block_start":
                reading.text_bytes += bytes_of_text(event.get("content_block"))
            case "content_block_delta":
                reading.text_bytes += bytes_of_text(event.get("delta"))
            case "message_delta":
                _update(reading, event.get("usage"))
            case "message_stop":
                reading.done = True
            case "error":
                reading.fault = words_of(event)

    def read_whole(self, body: Json, reading: Reading) -> None:
        if body.get("type") == "error":
            reading.fault = words_of(body)
        reading.model = str(body.get("model") or "")
        reading.text_bytes += bytes_of_text(body.get("content"))
        _update(reading, body.get("usage"))
        reading.done = True


class AnthropicCount(AnthropicMessages):
    """``count_tokens``: free of charge, and refused for the same reasons."""

    counts = False

    def check(self, body: Json) -> None:
        super().check(body)
        for name in ("max_tokens", "stream", "metadata"):
            body.pop(name, None)


def _update(reading: Reading, usage: object) -> None:
    """The last event's figures are totals, but it may leave out what the first one said."""
    if isinstance(usage, Mapping):
        reading.usage.update({key: value for key, value in usage.items() if value is not None})


def _check_edits(management: object) -> None:
    """Clearing is free; a summary that the provider writes is not in the answer's own figures."""
    edits = management.get("edits") if isinstance(management, Mapping) else None
    for index, edit in enumerate(edits if isinstance(edits, list) else []):
        kind = edit.get("type") if isinstance(edit, Mapping) else None
        if not str(kind).startswith("clear_"):
            why = "the provider would make more answers than are asked for"
            raise not_allowed(f"context_management.edits[{index}]", why)


def _runs_at_the_client(tool: Mapping[str, object]) -> bool:
    kind = tool.get("type")
    return kind in {None, "custom"} or str(kind).startswith(_CLIENT_TOOLS)
