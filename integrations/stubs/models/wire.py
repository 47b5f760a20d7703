"""What a model protocol's wire form must offer to the stub's server."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from .script import Answer, Prompt

Json: TypeAlias = dict[str, Any]

_WITH_TEXT = (
    *("text", "content", "input", "arguments", "function", "name", "tool_calls", "output"),
    *("parts", "functionCall", "args", "functionResponse", "response"),
)
"""keys of messages below which there is text"""
PIECE_CHARACTERS = 24
"""length of the pieces that a stream sends text in"""


@dataclass(frozen=True)
class Reply:
    """An answer on its way to the client that asked."""

    prompt: Prompt
    answer: Answer
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def calls(self) -> Sequence[tuple[str, str, str]]:
        """id, name and JSON arguments of each tool call"""
        return [
            (f"call_{self.id[:20]}{index}", call.name, json.dumps(call.arguments))
            for index, call in enumerate(self.answer.tool_calls)
        ]

    @property
    def usage(self) -> tuple[int, int]:
        return self.answer.usage(self.prompt)


class Wire(Protocol):
    name: str

    def read(self, body: Mapping[str, Any]) -> Prompt:
        """Raises KeyError, TypeError or ValueError if the request is not in the protocol's form."""
        ...

    def whole(self, reply: Reply) -> Json: ...

    def stream(self, reply: Reply) -> Iterator[bytes]: ...

    def error(self, status: int, message: str) -> Json: ...


def pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), PIECE_CHARACTERS):
        yield text[start : start + PIECE_CHARACTERS]


def text_of(content: object) -> str:
    """All text in a message's content, whatever it is nested in."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        return "\n".join(filter(None, (text_of(content.get(key)) for key in _WITH_TEXT)))
    if isinstance(content, Sequence):
        return "\n".join(filter(None, (text_of(part) for part in content)))
    return "" if content is None else str(content)
