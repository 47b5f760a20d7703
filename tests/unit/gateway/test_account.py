"""What an account lets through, without the time that HTTP takes."""

import asyncio
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.gateway.account import Account, Hold, OverBudget, Plea
from integrations.gateway.pricing import Tariff
from worker.domain.budget import Budget, Spend


def plea(size_bytes: int, longest: int | None, *, dear: int | None = None) -> Plea:
    def tariff(tokens: int) -> Tariff | None:
        return None if dear is None else Tariff(dear * tokens, Decimal(2 * dear))

    return Plea(size_bytes, longest, tariff)


def account(tokens: int | None, micro_usd: int | None = None) -> Account:
    return Account(Budget(max_tokens=tokens, max_micro_usd=micro_usd))


def granted_at_once(of: Account, each: Plea, number: int) -> list[Hold]:
    async def ask() -> list[Hold]:
        holds = []
        for _ in range(number):
            try:
                holds.append(await of.hold(each, 0))
            except OverBudget:
                break
        return holds

    return asyncio.run(ask())


def test_beside_others_input_is_taken_for_a_token_a_byte() -> None:
    holds = granted_at_once(account(1000), plea(300, 10), 9)

    assert [(hold.input_tokens, hold.output_tokens) for hold in holds] == [(300, 10)] * 3


def test_alone_it_is_taken_for_what_text_has() -> None:
    [hold] = granted_at_once(account(180), plea(300, 100), 9)

    assert (hold.input_tokens, hold.output_tokens, hold.limit) == (100, 80, 80)


def test_money_counts_like_tokens() -> None:
    holds = granted_at_once(account(None, 100_000), plea(300, 100, dear=100), 9)

    assert [hold.micro_usd for hold in holds] == [50_000, 50_000]


def test_without_ceilings_everything_passes() -> None:
    holds = granted_at_once(account(None), plea(10**9, None), 50)

    assert {hold.limit for hold in holds} == {None}
    assert len(holds) == 50


def test_who_waits_goes_on_when_another_has_ended() -> None:
    async def play() -> None:
        of = account(1000)
        first = await of.hold(plea(300, 600), 0)
        second = asyncio.create_task(of.hold(plea(300, 600), 60))
        await asyncio.sleep(0)
        assert not second.done()
        of.settle(first, Spend(50, 10))
        assert (await second).output_tokens == 600

    asyncio.run(play())


@pytest.mark.parametrize(
    ("tokens", "micro_usd", "word"), [(10, None, "tokens"), (None, 10, "money")]
)
def test_it_says_what_is_used_up(tokens: int | None, micro_usd: int | None, word: str) -> None:
    with pytest.raises(OverBudget, match=word):
        asyncio.run(account(tokens, micro_usd).hold(plea(300, 100, dear=100), 60))


CALLS = st.lists(
    st.tuples(st.integers(1, 400), st.integers(1, 300), st.booleans(), st.floats(0, 1)),
    max_size=30,
)


@settings(deadline=None)
@given(limit=st.integers(0, 3000), calls=CALLS)
def test_the_ceiling_is_passed_by_no_more_than_one_calls_input(
    limit: int, calls: list[tuple[int, int, bool, float]]
) -> None:
    """However calls overlap, and however dense they are: a token a byte at the worst."""

    async def play() -> int:
        of = account(limit)
        under_way: list[tuple[Hold, int]] = []
        spent = 0
        for size, longest, ends_first, density in calls:
            if ends_first and under_way:
                hold, read = under_way.pop(0)
                of.settle(hold, Spend(read, hold.output_tokens))
                spent += read + hold.output_tokens
            try:
                hold = await of.hold(plea(size, longest), 0)
            except OverBudget:
                continue
            under_way.append((hold, round(size * density)))
        return spent + sum(read + hold.output_tokens for hold, read in under_way)

    most_bytes = max((size for size, *_ in calls), default=0)
    assert asyncio.run(play()) <= limit + most_bytes * 2 / 3
