"""Gemini's generateContent. It takes each field in two spellings, so both are looked for."""

from collections.abc import Mapping
from typing import Any

from integrations.gateway.forms import Json, bytes_of_text, mappings
from integrations.gateway.outcomes import words_of
from integrations.gateway.refusals import not_allowed
from integrations.gateway.upstreams import GEMINI
from integrations.gateway.wires.contents import check_contents, check_tools, normal
from integrations.gateway.wires.wire import (
    Reading,
    refuse_more_than_one,
    whole_number,
)

_FIELDS = {
    normal(name): name
    for name in (
        *("contents", "systemInstruction", "tools", "toolConfig", "safetySettings"),
        *("generationConfig", "cachedContent"),
    )
}
_CONFIG = {
    normal(name): name
    for name in (
        *("maxOutputTokens", "candidateCount", "responseModalities", "temperature", "topP"),
        *("topK", "seed", "stopSequences", "presencePenalty", "frequencyPenalty"),
        *("responseMimeType", "responseSchema", "responseJsonSchema", "thinkingConfig"),
        *("responseLogprobs", "logprobs", "mediaResolution"),
    )
}


class GeminiContent:
    """See ``Wire``."""

    provider = GEMINI
    flavour = "default"
    usage_key = "usageMetadata"
    end_mark: bytes | None = None
    counts = True

    def check(self, body: Json) -> None:
        _respell(body, _FIELDS)
        if body.pop("cachedContent", None):
            raise not_allowed("cachedContent", "only what is in the request itself can be used")
        config = body.setdefault("generationConfig", {})
        if not isinstance(config, dict):
            raise not_allowed("generationConfig", "it must be an object")
        _respell(config, _CONFIG)
        refuse_more_than_one(config, "candidateCount")
        if config.get("responseModalities") not in (None, ["TEXT"], ["text"]):
            raise not_allowed("generationConfig.responseModalities", "only text is written")
        check_tools(body.get("tools"), "tools", _runs_at_the_client)
        check_contents(body.get("contents"), "contents")
        check_contents(body.get("systemInstruction"), "systemInstruction")

    def longest(self, body: Json) -> int | None:
        return whole_number(body["generationConfig"], "maxOutputTokens")

    def limit(self, body: Json, tokens: int) -> None:
        body["generationConfig"]["maxOutputTokens"] = tokens

    def ask_for_usage(self, body: Json) -> bool:  # noqa: ARG002 - its events always say it
        return False

    def is_only_usage(self, event: Json) -> bool:  # noqa: ARG002
        return False

    def read(self, event: Json, reading: Reading) -> None:
        if event.get("error"):
            reading.fault = words_of(event)
        reading.model = str(event.get("modelVersion") or reading.model)
        if isinstance(usage := event.get("usageMetadata"), dict):
            reading.usage.update(usage)
        for candidate in mappings(event.get("candidates")):
            reading.text_bytes += bytes_of_text(candidate.get("content"))
            reading.done = reading.done or bool(candidate.get("finishReason"))
        feedback = event.get("promptFeedback")
        if isinstance(feedback, Mapping) and feedback.get("blockReason"):
            reading.done = True

    def read_whole(self, body: Json, reading: Reading) -> None:
        self.read(body, reading)
        reading.done = True


def _respell(body: dict[str, Any], known: Mapping[str, str]) -> None:
    """One spelling for each field, and no others. Raises Refused for both spellings of one."""
    given = dict(body)
    body.clear()
    for key, value in given.items():
        name = known.get(normal(key))
        if name in body:
            raise not_allowed(key, "it is there twice")
        if name is not None:
            body[name] = value


def _runs_at_the_client(tool: Mapping[str, object]) -> bool:
    return {normal(key) for key in tool} <= {"functiondeclarations"}
