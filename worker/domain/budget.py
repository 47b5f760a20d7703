"""How much a run may spend, and how much it has spent."""

from dataclasses import dataclass
from typing import TypeVar

MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Spend:
    """What went. Money is only as complete as the prices we know: see ``unpriced_tokens``."""

    input_tokens: int = 0
    output_tokens: int = 0
    micro_usd: int = 0
    unpriced_tokens: int = 0
    """Tokens of models without a known price; their money is unknown, not zero."""
    seconds: float = 0.0
    model_calls: int = 0

    @property
    def tokens(self) -> int:
        """Input and output tokens together."""
        return self.input_tokens + self.output_tokens

    def __sub__(self, other: "Spend") -> "Spend":
        """What is left of it, where ``other`` is a part."""
        return Spend(
            self.input_tokens - other.input_tokens,
            self.output_tokens - other.output_tokens,
            self.micro_usd - other.micro_usd,
            self.unpriced_tokens - other.unpriced_tokens,
            self.seconds - other.seconds,
            self.model_calls - other.model_calls,
        )

    def __add__(self, other: "Spend") -> "Spend":
        return Spend(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.micro_usd + other.micro_usd,
            self.unpriced_tokens + other.unpriced_tokens,
            self.seconds + other.seconds,
            self.model_calls + other.model_calls,
        )


@dataclass(frozen=True, slots=True)
class Budget:
    """The limits of one run. None means no limit of that kind."""

    max_rounds: int = 5
    max_seconds: float | None = 7200.0
    max_tokens: int | None = 5_000_000
    max_micro_usd: int | None = 10 * MICRO

    def exhausted_by(self, rounds: int, spend: Spend) -> str | None:
        """Name the limit that is used up, or None while there is room for another round."""
        if rounds >= self.max_rounds:
            return "rounds"
        if self.max_seconds is not None and spend.seconds >= self.max_seconds:
            return "time"
        if self.max_tokens is not None and spend.tokens >= self.max_tokens:
            return "tokens"
        if self.max_micro_usd is not None and spend.micro_usd >= self.max_micro_usd:
            return "money"
        return None

    def left_after(self, spend: Spend) -> "Budget":
        """What remains for the next session; never below zero."""
        return Budget(
            self.max_rounds,
            None if self.max_seconds is None else max(0.0, self.max_seconds - spend.seconds),
            None if self.max_tokens is None else max(0, self.max_tokens - spend.tokens),
            None if self.max_micro_usd is None else max(0, self.max_micro_usd - spend.micro_usd),
        )

    def within(self, ceiling: "Budget") -> "Budget":
        """The smaller of the two in each respect."""
        return Budget(
            min(self.max_rounds, ceiling.max_rounds),
            _smaller(self.max_seconds, ceiling.max_seconds),
            _smaller(self.max_tokens, ceiling.max_tokens),
            _smaller(self.max_micro_usd, ceiling.max_micro_usd),
        )


Number = TypeVar("Number", int, float)


def _smaller(one: Number | None, other: Number | None) -> Number | None:
    """None is no limit."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
