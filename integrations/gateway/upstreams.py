"""The providers that the operator has set up, and how their keys are kept to themselves."""

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol
from urllib.parse import quote

OPENAI, ANTHROPIC, GEMINI = "openai", "anthropic", "gemini"
PROVIDERS = (OPENAI, ANTHROPIC, GEMINI)

_SHORTEST_SECRET = 8
"""Shorter keys are placeholders of servers that ask for none; taking those out of every answer
would take out words.
"""
_INSTEAD = b"[key]"


class Price(Protocol):
    """US dollars per million tokens."""

    @property
    def input_usd(self) -> float: ...

    @property
    def output_usd(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where one provider's models are really called."""

    provider: str
    """``openai``, ``anthropic`` or ``gemini``."""
    base_url: str
    """Of ``openai`` with its ``/v1``; of the others without a version."""
    key: str = field(repr=False)

    def url(self, path: str) -> str:
        """``path`` begins with a slash and may have a query."""
        return self.base_url.rstrip("/") + path

    def key_header(self) -> dict[str, str]:
        """What the provider knows us by."""
        key = self.key.strip()
        if self.provider == OPENAI:
            return {"authorization": f"Bearer {key}"}
        return {"x-api-key" if self.provider == ANTHROPIC else "x-goog-api-key": key}

    def without_key(self, text: bytes) -> bytes:
        """``text`` with the key, in any form in which it may be echoed, taken out."""
        for form in _forms(self.key.strip()):
            text = text.replace(form, _INSTEAD)
        return text


@cache
def _forms(key: str) -> tuple[bytes, ...]:
    if len(key) < _SHORTEST_SECRET:
        return ()
    return tuple(form.encode() for form in {key, json.dumps(key)[1:-1], quote(key, safe="")})
