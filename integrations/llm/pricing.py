"""What a model's answer cost, by the operator's prices or by pydantic-ai's price list."""

from decimal import ROUND_UP, Decimal
from typing import TYPE_CHECKING

from pydantic_ai.messages import ModelResponse

from worker.domain.budget import MICRO, Spend

if TYPE_CHECKING:
    from integrations.llm.models import Price


def spend(response: ModelResponse, price: "Price | None") -> Spend:
    """Tokens and money of one answer; money rounded up to a millionth of a dollar."""
    usage = response.usage
    tokens_in, tokens_out = usage.input_tokens, usage.output_tokens
    micro_usd = _cost(response) if price is None else _priced(price, tokens_in, tokens_out)
    return Spend(
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        micro_usd=micro_usd or 0,
        unpriced_tokens=tokens_in + tokens_out if micro_usd is None else 0,
        model_calls=1,
    )


def _priced(price: "Price", tokens_in: int, tokens_out: int) -> int:
    """A dollar per million tokens is a millionth of a dollar per token."""
    exact = Decimal(str(price.input_usd)) * tokens_in + Decimal(str(price.output_usd)) * tokens_out
    return _up(exact)


def _cost(response: ModelResponse) -> int | None:
    """By the price list, which raises for models and usages that it cannot price."""
    if not response.model_name:
        return None
    try:
        return _up(response.cost().total_price * MICRO)
    except (LookupError, ValueError):
        return None


def _up(exact: Decimal) -> int:
    return int(exact.to_integral_value(rounding=ROUND_UP))
