"""Budgets, tickets, the fleet's allowlist, commands."""

import pytest

from tests.unit.builders import REF, ticket
from worker.domain.budget import MICRO, Budget, Spend
from worker.domain.command import Breach, CommandResult
from worker.domain.errors import RateLimited
from worker.domain.fleet import Fleet, FleetRepository
from worker.domain.ticket import TicketId, TicketRef


@pytest.mark.parametrize(
    ("rounds", "spend", "limit"),
    [
        (0, Spend(), None),
        (5, Spend(), "rounds"),
        (1, Spend(seconds=60), "time"),
        (1, Spend(input_tokens=90, output_tokens=10), "tokens"),
        (1, Spend(micro_usd=MICRO), "money"),
        (4, Spend(89, 10, MICRO - 1, 0, 59.9), None),
    ],
)
def test_the_first_limit_that_is_used_up_is_named(
    rounds: int, spend: Spend, limit: str | None
) -> None:
    assert Budget(5, 60, 100, MICRO).exhausted_by(rounds, spend) == limit


def test_without_limits_only_rounds_count() -> None:
    boundless = Budget(2, None, None, None)
    spent = Spend(10**9, 10**9, 10**12, 0, 10**9)
    assert boundless.exhausted_by(1, spent) is None
    assert boundless.left_after(spent) == boundless


def test_what_is_left_is_never_negative() -> None:
    left = Budget(5, 60, 100, 1000).left_after(Spend(80, 30, 400, 0, 61))
    assert left == Budget(5, 0.0, 0, 600)


def test_closed_states_and_labels() -> None:
    assert ticket(state_type="canceled").closed
    assert not ticket(state_type="started").closed
    assert ticket(labels=(" Agent ",)).has_label("agent")
    assert not ticket(labels=("agents",)).has_label("agent")


def test_the_allowlist() -> None:
    app = FleetRepository("acme/app", teams=("eng",))
    shop = FleetRepository("acme/shop", projects=("checkout",))
    fleet = Fleet((app, shop))
    assert fleet.repository_for(REF) == shop
    assert fleet.repository_for(TicketRef(TicketId("x"), "ENG-2", "ENG")) == app
    assert fleet.repository_for(TicketRef(TicketId("x"), "OPS-2", "OPS")) is None
    assert fleet.repository("Acme/App") == app
    assert fleet.repository("acme/other") is None
    assert Fleet().repository_for(REF) is None


def test_a_command_is_ok_only_within_its_limits() -> None:
    assert CommandResult(0, "").ok
    assert not CommandResult(1, "").ok
    assert not CommandResult(0, "", breach=Breach.TIMEOUT).ok


def test_a_rate_limit_knows_when_to_come_back() -> None:
    assert RateLimited("slow down", 3.5).retry_after_seconds == 3.5
