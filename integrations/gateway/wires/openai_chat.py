"""OpenAI's Chat Completions, also as other servers speak it."""

from collections.abc import Mapping

from integrations.gateway.forms import Json, bytes_of_text, mappings
from integrations.gateway.outcomes import words_of
from integrations.gateway.refusals import not_allowed
from integrations.gateway.upstreams import OPENAI
from integrations.gateway.wires.contents import check_contents, check_tools
from integrations.gateway.wires.wire import (
    Reading,
    keep_only,
    refuse_if_set,
    refuse_more_than_one,
    whole_number,
)

_FIELDS = frozenset(
    {
        *("model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens"),
        *("tools", "tool_choice", "parallel_tool_calls", "functions", "function_call"),
        *("temperature", "top_p", "top_k", "min_p", "seed", "stop", "logit_bias"),
        *("frequency_penalty", "presence_penalty", "repetition_penalty", "logprobs"),
        *("top_logprobs", "response_format", "reasoning_effort", "reasoning", "verbosity"),
        *("thinking", "enable_thinking", "chat_template_kwargs", "prompt_cache_key"),
        *("prompt_cache_retention", "safety_identifier", "user"),
    }
)
_REFUSED = {
    "web_search_options": "the provider would search the web",
    "plugins": "they run at the provider",
    "mcp_servers": "they run at the provider",
    "audio": "only text is written",
    "prediction": "it is paid for beyond the answer's maximum",
    "background": "an answer must come back on the same call",
    "store": "nothing is kept at the provider",
}
_MAXIMA = ("max_tokens", "max_completion_tokens")


class OpenAIChat:
    """See ``Wire``."""

    provider = OPENAI
    flavour = "chat"
    usage_key = "usage"
    end_mark: bytes | None = b"[DONE]"
    counts = True

    def __init__(self, *, own_server: bool = False) -> None:
        """``own_server``: not OpenAI's, so that the older name of the maximum is the safer one."""
        self._maximum = "max_tokens" if own_server else "max_completion_tokens"

    def check(self, body: Json) -> None:
        refuse_more_than_one(body, "n", "best_of")
        refuse_if_set(body, _REFUSED)
        if body.get("modalities") not in (None, ["text"]):
            raise not_allowed("modalities", "only text is written")
        keep_only(body, _FIELDS)
        check_tools(body.get("tools"), "tools", _runs_at_the_client)
        check_contents(body.get("messages"), "messages")

    def longest(self, body: Json) -> int | None:
        given = [whole_number(body, name) for name in _MAXIMA]
        return min((tokens for tokens in given if tokens is not None), default=None)

    def limit(self, body: Json, tokens: int) -> None:
        given = [name for name in _MAXIMA if body.get(name) is not None]
        for name in given or [self._maximum]:
            body[name] = tokens

    def ask_for_usage(self, body: Json) -> bool:
        given = body.get("stream_options")
        options = dict(given) if isinstance(given, Mapping) else {}
        asked = options.get("include_usage") is True
        body["stream_options"] = {**options, "include_usage": True}
        return not asked

    def is_only_usage(self, event: Json) -> bool:
        return event.get("choices") == [] and bool(event.get("usage"))

    def read(self, event: Json, reading: Reading) -> None:
        if event.get("error"):
            reading.fault = words_of(event)
        reading.model = str(event.get("model") or reading.model)
        if isinstance(usage := event.get("usage"), dict):
            reading.usage.update(usage)
        for choice in mappings(event.get("choices")):
            reading.text_bytes += bytes_of_text(choice.get("delta") or choice.get("message"))

    def read_whole(self, body: Json, reading: Reading) -> None:
        self.read(body, reading)
        reading.done = True


def _runs_at_the_client(tool: Mapping[str, object]) -> bool:
    return tool.get("type") in {"function", "custom"}
