"""What the gateway must know of a protocol: what to refuse, what to limit, what was used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from integrations.gateway.forms import Json
from integrations.gateway.outcomes import Words
from integrations.gateway.refusals import not_allowed

MOST_TOKENS = 10_000_000
"""A larger maximum is no number of tokens."""


@dataclass(slots=True)
class Reading:
    """What an answer has shown so far."""

    done: bool = False
    """Whether its last event, or all of it, has come."""
    usage: Json = field(default_factory=dict)
    """The provider's own figures, the latest of each."""
    model: str = ""
    """As the provider names it."""
    text_bytes: int = 0
    """Of everything the model wrote that came over the wire."""
    fault: Words | None = None
    """An error inside an answer that began well."""


class Wire(Protocol):
    """One protocol. The methods on requests raise Refused."""

    provider: str
    flavour: str
    """Of the usage figures, as ``genai_prices`` calls it."""
    usage_key: str
    end_mark: bytes | None
    """An event that is not JSON and ends a stream."""
    counts: bool
    """Whether calls cost anything."""

    def check(self, body: Json) -> None:
        """Refuse what spends elsewhere or reaches out; drop fields that are not known."""
        ...

    def longest(self, body: Json) -> int | None:
        """The most tokens that the answer may have, as asked for; None where it is not said."""
        ...

    def limit(self, body: Json, tokens: int) -> None:
        """Make that the most."""
        ...

    def ask_for_usage(self, body: Json) -> bool:
        """Make the stream say what was used; whether the client had not asked for that."""
        ...

    def is_only_usage(self, event: Json) -> bool:
        """Whether it is the event that is hidden from a client that had not asked for it."""
        ...

    def read(self, event: Json, reading: Reading) -> None:
        """One event of a stream."""
        ...

    def read_whole(self, body: Json, reading: Reading) -> None:
        """An answer that came at once."""
        ...


def keep_only(body: Json, known: frozenset[str]) -> None:
    """Drop every field that is not known: it may spend, or lead somewhere."""
    for name in [name for name in body if name not in known]:
        del body[name]


def whole_number(body: Mapping[str, Any], name: str) -> int | None:
    """A field that is a number of tokens, or nothing. Raises Refused."""
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_TOKENS:
        raise not_allowed(name, "it must be a number of tokens")
    return value


def refuse_more_than_one(body: Mapping[str, Any], *names: str) -> None:
    """Several answers cost as many times as much, whatever the maximum says. Raises Refused."""
    for name in names:
        value = body.get(name)
        if value is not None and (isinstance(value, bool) or value != 1):
            raise not_allowed(name, "each call has one answer")


def refuse_if_set(body: Mapping[str, Any], reasons: Mapping[str, str]) -> None:
    """Raises Refused for the first field that is there and not empty."""
    for name, why in reasons.items():
        if body.get(name):
            raise not_allowed(name, why)
