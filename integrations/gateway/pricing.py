"""What a call costs: by the operator's prices, or else by the list that genai-prices maintains.

Prices by the provider's address first, then by its name: another provider that speaks OpenAI's
protocol has its own. A model that nobody knows has no price; its tokens are counted all the same.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import ROUND_UP, Decimal
from functools import lru_cache

from genai_prices import Usage, calc_price
from genai_prices.data_snapshot import get_snapshot

from integrations.gateway.upstreams import GEMINI, Price, Upstream
from integrations.gateway.wires.wire import Reading, Wire
from worker.domain.budget import MICRO, Spend

_MANY = 1_000_000
_KINDS_OF_INPUT = ((), ("cache_write_tokens",), ("cache_write_tokens", "cache_write_1h_tokens"))
_LISTED_AS = {GEMINI: "google"}


@dataclass(frozen=True, slots=True)
class Tariff:
    """The most that a call with so much input can cost, in millionths of a dollar."""

    input_micro_usd: int
    per_output_token: Decimal


@dataclass(frozen=True, slots=True)
class Used:
    """Tokens of one call; cached ones are part of the input."""

    input_tokens: int
    output_tokens: int
    exact: Usage | None = field(default=None, compare=False)
    """The provider's own figures, with what decides their price."""


class Pricing:
    """Prices of one provider's models."""

    def __init__(self, upstream: Upstream, own: Mapping[str, Price]) -> None:
        """``own``: by ``provider:name``; wins over the list."""
        self._upstream = upstream
        self._own = own
        self._rates = lru_cache(maxsize=256)(self._dearest)
        self._listed = _LISTED_AS.get(upstream.provider, upstream.provider)

    def tariff(self, model: str, input_tokens: int) -> Tariff | None:
        """The worst price, with all of the input written to a cache; None where nobody knows it."""
        own = self._own.get(f"{self._upstream.provider}:{model}")
        if own is not None:
            return Tariff(_up(_usd(own.input_usd) * input_tokens), _usd(own.output_usd))
        size = 1 << max(input_tokens, 1).bit_length()
        rates = self._rates(model, size)
        return rates and Tariff(_up(rates[0] * input_tokens), rates[1])

    def spend(self, wire: Wire, model: str, reading: Reading, used: Used) -> Spend:
        """Tokens and money of one call; money rounded up to a millionth of a dollar."""
        exact = used.exact or Usage(
            input_tokens=used.input_tokens, output_tokens=used.output_tokens
        )
        own = self._own.get(f"{wire.provider}:{model}")
        if own is not None:
            micro: Decimal | None = (
                _usd(own.input_usd) * used.input_tokens + _usd(own.output_usd) * used.output_tokens
            )
        else:
            micro = self._from_list(exact, model)
            if micro is None and reading.model:
                micro = self._from_list(exact, reading.model)
        tokens = used.input_tokens + used.output_tokens
        return Spend(
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            micro_usd=0 if micro is None else _up(micro),
            unpriced_tokens=tokens if micro is None else 0,
            model_calls=1,
        )

    def used(self, wire: Wire, reading: Reading) -> Used | None:
        """The provider's figures; None where it gave none that can be read."""
        provider = next(p for p in get_snapshot().providers if p.id == self._listed)
        try:
            figures = {wire.usage_key: reading.usage}
            _, usage = provider.extract_usage(figures, api_flavor=wire.flavour)
            return Used(int(usage.input_tokens), int(usage.output_tokens), usage)
        except ValueError:
            return None

    def _dearest(self, model: str, input_tokens: int) -> tuple[Decimal, Decimal] | None:
        """Millionths of a dollar per token of input and output, where there is so much input: long
        ones are dearer.
        """
        dearest: tuple[Decimal, Decimal] | None = None
        for extra in _KINDS_OF_INPUT:
            usage = {"input_tokens": input_tokens, **dict.fromkeys(extra, input_tokens)}
            alone = self._from_list(Usage(**usage), model)
            both = self._from_list(Usage(**usage, output_tokens=_MANY), model)
            if alone is not None and both is not None:
                found = (alone / input_tokens, (both - alone) / _MANY)
                dearest = max(dearest or found, found)
        return dearest

    def _from_list(self, usage: Usage, model: str) -> Decimal | None:
        """Millionths of a dollar."""
        with suppress(LookupError, ValueError):
            price = calc_price(usage, model, provider_api_url=self._upstream.base_url)
            return price.total_price * MICRO
        with suppress(LookupError, ValueError):
            return calc_price(usage, model, provider_id=self._listed).total_price * MICRO
        return None


def _usd(price: float) -> Decimal:
    """A dollar per million tokens is a millionth of a dollar per token."""
    return Decimal(str(price))


def _up(exact: Decimal) -> int:
    return int(exact.to_integral_value(rounding=ROUND_UP))
