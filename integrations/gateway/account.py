"""What is left of one session's tokens and money, with what calls under way may still take.

A call is held at the most that it can cost: its input, and the longest answer that it may have.
Beside other calls the input is taken for a token a byte, which no tokeniser exceeds; a call that is
alone, for a third of that, as text really is. So the ceiling can be passed by no more than the
input of one single call is wrong.
"""

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from integrations.gateway.pricing import Tariff
from worker.domain.budget import Budget, Spend

LONGEST_ANSWER = 131_072
"""Tokens that no model's answer exceeds; while so many are left, an answer is not limited."""
USUAL_ANSWER = 16_384
"""Tokens an answer is limited to where fewer are left and the client names no maximum: models
refuse a maximum that is beyond their own.
"""
LEAST_ANSWER = 64
"""Tokens; with fewer, a call is not worth making."""
_BYTES_PER_TOKEN = 3


class OverBudget(Exception):
    """The call cannot be paid for; its text says of what there is too little."""


@dataclass(frozen=True, slots=True, eq=False)
class Hold:
    """What is kept for one call."""

    input_tokens: int
    output_tokens: int
    micro_usd: int
    limit: int | None
    """The maximum to write into the request; None: what is there may stay."""


@dataclass(frozen=True, slots=True)
class Plea:
    """One call that wants to be made."""

    size_bytes: int
    longest: int | None
    """Tokens of the answer, as the client asked for."""
    tariff: Callable[[int], Tariff | None]
    """By tokens of input."""


class Account:
    """Used in one event loop."""

    def __init__(self, limit: Budget) -> None:
        self._left_tokens = limit.max_tokens
        self._left_micro = limit.max_micro_usd
        self._holds: set[Hold] = set()
        self._changed = asyncio.Event()

    async def hold(self, plea: Plea, patience_seconds: float) -> Hold:
        """Keep what the call may cost, waiting for calls under way if need be. Raises OverBudget,
        at once where even their costing nothing would not help.
        """
        deadline = time.monotonic() + patience_seconds
        while (hold := self._grant(plea)) is None:
            left = deadline - time.monotonic()
            if not self._holds or left <= 0 or not self._could_ever(plea):
                raise OverBudget(self._scarce(plea))
            changed = self._changed
            try:
                async with asyncio.timeout(left):
                    await changed.wait()
            except TimeoutError:
                continue
        self._holds.add(hold)
        return hold

    def settle(self, hold: Hold, spend: Spend) -> None:
        """The call has ended and cost that."""
        self._holds.discard(hold)
        if self._left_tokens is not None:
            self._left_tokens -= spend.tokens
        if self._left_micro is not None:
            self._left_micro -= spend.micro_usd
        self._changed.set()
        self._changed = asyncio.Event()

    def _grant(self, plea: Plea) -> Hold | None:
        careful = plea.size_bytes
        room = self._room(careful, plea)
        if plea.longest is None and room >= LONGEST_ANSWER:
            return _hold(careful, LONGEST_ANSWER, None, plea)
        wanted = plea.longest or USUAL_ANSWER
        unsaid = None if plea.longest else wanted
        if room >= wanted:
            return _hold(careful, wanted, unsaid, plea)
        if self._holds:
            return None
        likely = _likely(plea)
        room = self._room(likely, plea)
        if room < min(wanted, LEAST_ANSWER):
            return None
        granted = int(min(wanted, room))
        return _hold(likely, granted, granted if granted < wanted else unsaid, plea)

    def _could_ever(self, plea: Plea) -> bool:
        least = min(plea.longest or USUAL_ANSWER, LEAST_ANSWER)
        return self._room(_likely(plea), plea, held=False) >= least

    def _scarce(self, plea: Plea) -> str:
        tokens = self._tokens_room(_likely(plea), held=True)
        money = self._money_room(_likely(plea), plea, held=True)
        return "money" if money < tokens else "tokens"

    def _room(self, input_tokens: int, plea: Plea, *, held: bool = True) -> float:
        """How many tokens the answer may have; may be infinite, or negative."""
        return min(
            self._tokens_room(input_tokens, held=held),
            self._money_room(input_tokens, plea, held=held),
        )

    def _tokens_room(self, input_tokens: int, *, held: bool) -> float:
        if self._left_tokens is None:
            return math.inf
        kept = sum(h.input_tokens + h.output_tokens for h in self._holds) if held else 0
        return self._left_tokens - kept - input_tokens

    def _money_room(self, input_tokens: int, plea: Plea, *, held: bool) -> float:
        tariff = plea.tariff(input_tokens)
        if self._left_micro is None or tariff is None:
            return math.inf
        kept = sum(h.micro_usd for h in self._holds) if held else 0
        left = self._left_micro - kept - tariff.input_micro_usd
        if left <= 0 or tariff.per_output_token <= 0:
            return math.inf if left >= 0 and tariff.per_output_token <= 0 else left
        return math.floor(Decimal(left) / tariff.per_output_token)


def _likely(plea: Plea) -> int:
    return -(-plea.size_bytes // _BYTES_PER_TOKEN)


def _hold(input_tokens: int, output_tokens: int, limit: int | None, plea: Plea) -> Hold:
    tariff = plea.tariff(input_tokens)
    micro = 0
    if tariff is not None:
        micro = tariff.input_micro_usd + math.ceil(tariff.per_output_token * output_tokens)
    return Hold(input_tokens, output_tokens, micro, limit)
