"""Where something was found in a text, and what two findings in one place are together."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of a text that are a secret."""

    start: int
    end: int
    kind: str
    sure: bool
    """Whether the rule knows its secret by more than length and letters."""


def joined(spans: Iterable[Span]) -> list[Span]:
    """In order, and none over another: those that overlap are one, named by the surest, largest."""
    whole: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end, not span.sure, span.kind)):
        if whole and span.start < whole[-1].end:
            whole[-1] = _both(whole[-1], span)
        else:
            whole.append(span)
    return whole


def _both(one: Span, other: Span) -> Span:
    name = max(one, other, key=lambda span: (span.sure, span.end - span.start, span is one))
    return replace(name, start=min(one.start, other.start), end=max(one.end, other.end))
