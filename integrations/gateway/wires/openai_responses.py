"""OpenAI's Responses."""

from collections.abc import Mapping

from integrations.gateway.forms import Json, bytes_of_text
from integrations.gateway.outcomes import words_of
from integrations.gateway.upstreams import OPENAI
from integrations.gateway.wires.contents import check_contents, check_tools
from integrations.gateway.wires.wire import (
    Reading,
    keep_only,
    refuse_if_set,
    whole_number,
)

_FIELDS = frozenset(
    {
        *("model", "input", "instructions", "stream", "stream_options", "max_output_tokens"),
        *("tools", "tool_choice", "parallel_tool_calls", "max_tool_calls", "include", "store"),
        *("temperature", "top_p", "top_logprobs", "reasoning", "text", "truncation"),
        *("prompt_cache_key", "prompt_cache_retention", "safety_identifier", "user"),
    }
)
_STORED = "only what is in the request itself can be used, not what is stored at the provider"
_REFUSED = {
    "background": "an answer must come back on the same call",
    "store": "nothing is kept at the provider",
    "previous_response_id": _STORED,
    "conversation": _STORED,
    "prompt": _STORED,
    "context_management": "the provider would make more answers than are asked for",
}
_LAST = frozenset({"response.completed", "response.incomplete"})
_CLIENT_TOOLS = frozenset({"function", "custom", "local_shell", "apply_patch"})


class OpenAIResponses:
    """See ``Wire``."""

    provider = OPENAI
    flavour = "responses"
    usage_key = "usage"
    end_mark: bytes | None = None
    counts = True

    def check(self, body: Json) -> None:
        refuse_if_set(body, _REFUSED)
        keep_only(body, _FIELDS)
        body["store"] = False
        check_tools(body.get("tools"), "tools", _runs_at_the_client)
        check_contents(body.get("input"), "input")

    def longest(self, body: Json) -> int | None:
        return whole_number(body, "max_output_tokens")

    def limit(self, body: Json, tokens: int) -> None:
        body["max_output_tokens"] = tokens

    def ask_for_usage(self, body: Json) -> bool:  # noqa: ARG002 - its last event always says it
        return False

    def is_only_usage(self, event: Json) -> bool:  # noqa: ARG002
        return False

    def read(self, event: Json, reading: Reading) -> None:
        kind = event.get("type")
        response = event.get("response")
        if kind == "error":
            reading.fault = words_of(event)
        elif isinstance(response, dict):
            self._read_response(response, reading)
            reading.done = reading.done or kind in _LAST
        elif isinstance(delta := event.get("delta"), str):
            reading.text_bytes += bytes_of_text(delta)

    def read_whole(self, body: Json, reading: Reading) -> None:
        self._read_response(body, reading)
        reading.text_bytes += bytes_of_text(body.get("output"))
        reading.done = True

    def _read_response(self, response: Json, reading: Reading) -> None:
        reading.model = str(response.get("model") or reading.model)
        if isinstance(usage := response.get("usage"), dict):
            reading.usage.update(usage)
        if response.get("error"):
            reading.fault = words_of(response)


def _runs_at_the_client(tool: Mapping[str, object]) -> bool:
    kind, inner = tool.get("type"), tool.get("tools")
    if kind == "namespace":  # a named group of tools
        return isinstance(inner, list) and all(
            isinstance(each, Mapping) and _runs_at_the_client(each) for each in inner
        )
    if kind == "shell":
        where = tool.get("environment")
        return isinstance(where, Mapping) and where.get("type") == "local"
    if kind == "tool_search":
        return tool.get("execution") == "client"
    return kind in _CLIENT_TOOLS
