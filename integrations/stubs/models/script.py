"""What the model stub answers: rules tried in order, each with answers used up in order."""

from __future__ import annotations

import fnmatch
import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from integrations.stubs.reading import build

CHARACTERS_PER_TOKEN = 4
"""for usage figures where the script gives none"""


@dataclass(frozen=True)
class Prompt:
    """A request to a model, whichever protocol it came by."""

    model: str
    messages: Sequence[Mapping[str, Any]]
    """as sent"""
    last_user: str
    """the text of the last message from the user"""
    conversation: str
    """all text: system, user, assistant, tool calls and tool results"""
    tools: Sequence[str] = ()
    text_tools: Sequence[str] = ()
    """those of them that take plain text, given as the argument `input`"""
    forced_tool: str | None = None
    wants_schema: bool = False
    """whether a JSON schema is asked for as the form of the text"""
    stream: bool = False
    stream_usage: bool = True


@dataclass(frozen=True)
class ToolCall:
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """One answer. Without `error` or `garbage` it is a well-formed one of text and tool calls."""

    text: str = ""
    tool_calls: Sequence[ToolCall] = ()
    structured: Mapping[str, Any] | None = None
    """an object in the form that was asked for: schema-bound text, or an output tool's call"""
    error: int | None = None
    """an HTTP status, e.g. 401, 429 or 500"""
    retry_after_seconds: float | None = None
    garbage: str | None = None
    """this as the whole HTTP body, with status 200"""
    delay_seconds: float = 0.0
    piece_delay_seconds: float = 0.0
    """before each piece of a stream but the first"""
    hang: bool = False
    """never answer; ends when the client goes away or the stub stops"""
    cut: bool = False
    """send half of the answer, then drop the connection"""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int = 0
    """how many of the input tokens the provider had in its cache"""

    def as_asked(self, prompt: Prompt) -> Answer:
        """`structured` turned into text or a tool call."""
        if self.structured is None:
            return self
        if prompt.wants_schema or not prompt.tools:
            return replace(self, structured=None, text=json.dumps(self.structured))
        output_tools = [name for name in prompt.tools if name.startswith("final_result")]
        name = prompt.forced_tool or (output_tools or list(prompt.tools))[0]
        calls = (*self.tool_calls, ToolCall(name, self.structured))
        return replace(self, structured=None, tool_calls=calls)

    def usage(self, prompt: Prompt) -> tuple[int, int]:
        """Tokens in and out."""
        spoken = self.text + "".join(json.dumps(call.arguments) for call in self.tool_calls)
        given = (self.input_tokens, self.output_tokens)
        texts = (prompt.conversation, spoken)
        read, written = (
            len(text) // CHARACTERS_PER_TOKEN + 1 if tokens is None else tokens
            for tokens, text in zip(given, texts, strict=True)
        )
        return read, written


AnswerMaker: TypeAlias = Callable[[Prompt], Answer]


@dataclass(frozen=True)
class Rule:
    """Applies where all of its conditions hold and it has answers left."""

    answers: Sequence[Answer | AnswerMaker]
    model: str = "*"
    """a shell pattern"""
    last_user: str = ""
    """a regular expression, searched for"""
    conversation: str = ""
    """a regular expression, searched for"""
    repeat: bool = False
    """give the last answer again and again when the others are used up"""

    def applies(self, prompt: Prompt) -> bool:
        return (
            fnmatch.fnmatchcase(prompt.model, self.model)
            and re.search(self.last_user, prompt.last_user, re.DOTALL) is not None
            and re.search(self.conversation, prompt.conversation, re.DOTALL) is not None
        )


class Script:
    """Safe to use from any thread."""

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self.rules = list(rules)
        self._used = [0] * len(self.rules)
        self._lock = threading.Lock()

    @classmethod
    def in_order(cls, *answers: Answer | str) -> Script:
        """Whatever is asked, these answers one after another."""
        given = [Answer(each) if isinstance(each, str) else each for each in answers]
        return cls([Rule(given)])

    def next_answer(self, prompt: Prompt) -> Answer:
        """Of the first rule that applies; HTTP 400, which no client retries, if there is none."""
        with self._lock:
            for index, rule in enumerate(self.rules):
                used = self._used[index]
                left = used < len(rule.answers)
                if rule.applies(prompt) and (left or (rule.repeat and rule.answers)):
                    self._used[index] += 1
                    answer = rule.answers[used if left else -1]
                    return answer(prompt) if callable(answer) else answer
        return Answer("The stub's script has no answer left for this request.", error=400)


def script_from_json(text: str | bytes) -> Script:
    """A list of answers, or `{"rules": [{"model": ..., "last_user": ..., "answers": [...]}]}`.

    An answer is a string or an object of `Answer`'s fields. Raises ValueError.
    """
    given = json.loads(text)
    if isinstance(given, list):
        given = {"rules": [{"answers": given}]}
    if not isinstance(given, Mapping) or not isinstance(given.get("rules"), list):
        raise ValueError('a script is a list of answers, or an object with "rules"')
    return Script([_rule(rule) for rule in given["rules"]])


def _rule(given: Mapping[str, Any]) -> Rule:
    rule = build(Rule, given)
    for pattern in (rule.last_user, rule.conversation):
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"not a regular expression: {pattern!r}: {error}") from error
    return replace(rule, answers=[_answer(answer) for answer in given["answers"]])


def _answer(given: object) -> Answer:
    if isinstance(given, str):
        return Answer(given)
    answer = build(Answer, given)
    return replace(answer, tool_calls=[build(ToolCall, dict(c)) for c in _calls(given)])


def _calls(given: object) -> Sequence[Mapping[str, Any]]:
    calls = given.get("tool_calls", []) if isinstance(given, Mapping) else []
    if not isinstance(calls, list):
        raise ValueError(f"tool_calls: expected a list, got {calls!r}")
    return calls
