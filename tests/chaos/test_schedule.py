"""A seed is a schedule: the same one again, spread over the work, with enough in it."""

import random
from collections import Counter

import pytest

from tests.chaos.faults import schedule
from tests.chaos.faults.schedule import KILLS, Blow, Fault
from tests.chaos.play import cases


def drawn(tickets: int, seed: int, *, postgresql: bool = True, docker: bool = True) -> list[Blow]:
    chance = random.Random(seed)  # noqa: S311
    return schedule.draw(tickets, chance, postgresql=postgresql, docker=docker)


def test_the_same_seed_draws_the_same_and_another_another() -> None:
    assert drawn(40, 7) == drawn(40, 7)
    assert drawn(40, 7) != drawn(40, 8)


def test_the_long_form_kills_two_hundred_times_with_either_database() -> None:
    for postgresql in (True, False):
        blows = drawn(1000, 1, postgresql=postgresql, docker=False)
        assert sum(blow.fault in KILLS for blow in blows) >= 200


def test_every_fault_is_in_the_short_form() -> None:
    assert {blow.fault for blow in drawn(40, 3)} == set(Fault)


def test_blows_are_spread_over_the_work_and_leave_its_end_in_peace() -> None:
    quarters = Counter(blow.at // 250 for blow in drawn(1000, 5))
    assert set(quarters) == {0, 1, 2, 3}
    assert min(quarters.values()) * 2 > max(quarters.values())
    assert max(blow.at for blow in drawn(1000, 5)) < 1000 * schedule.LAST_PART


def test_what_cannot_be_hurt_is_not_tried() -> None:
    faults = {blow.fault for blow in drawn(1000, 1, postgresql=False, docker=False)}
    assert not faults & {Fault.KILL_DATABASE, Fault.STOP_DATABASE, Fault.PAUSE_CONTAINER}


@pytest.mark.parametrize("tickets", [3, 40, 1000])
def test_tickets_are_of_every_kind_where_there_is_room(tickets: int) -> None:
    slugs = sorted(cases.repositories(6))
    some = cases.draw(tickets, slugs, random.Random(1))  # noqa: S311
    assert [case.number for case in some] == list(range(1, tickets + 1))
    if tickets >= len(cases.Kind):
        assert {case.kind for case in some} == set(cases.Kind)
    for case in some:
        assert case.repository in slugs
        assert case.blocked_by is None or case.blocked_by < case.number
