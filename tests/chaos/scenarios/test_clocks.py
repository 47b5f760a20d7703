"""Clocks that are wrong (R12): leases are on the database's clock, webhooks on the receiver's."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from tests.chaos.scenarios.clocks import library, missing, start_at
from tests.chaos.scenarios.deliveries import event_of, linear, post_all, withheld
from tests.chaos.scenarios.seeing import Onlooker
from tests.chaos.scenarios.staging import (
    AT_ONCE,
    SCRIPTED,
    SELDOM_TIDY,
    STEADY,
    Troupe,
    playing,
)
from tests.chaos.scenarios.stories import CALLS_PER_ROUND, rules, story
from tests.chaos.scenarios.tickets import tell
from tests.contracts.run_store import postgres_server
from tests.e2e.playing import Json
from worker.domain.events import Outcome

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

AHEAD, BEHIND = "worker-ahead", "worker-behind"
QUARTER_SECONDS = 900
SHIFTS = {AHEAD: QUARTER_SECONDS, BEHIND: -QUARTER_SECONDS}
LEASE_SECONDS = 12
PATIENT = {"LEASE_SECONDS": str(LEASE_SECONDS)}
"""So that a busy machine is not taken for a wrong clock."""
LOADED = 3
Property = Callable[[str, object], None]


@pytest.fixture(scope="module")
def shifting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What makes a clock wrong."""
    return library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def troupe(tmp_path_factory: pytest.TempPathFactory, shifting: Path) -> Iterator[Troupe]:
    """Its workers are a quarter of an hour ahead of the database, and as much behind it."""
    programs = postgres_server.binaries()
    if programs is None:
        missing("PostgreSQL is not installed")
    assert programs
    with postgres_server.running(programs) as url:
        settings = {**SCRIPTED, **SELDOM_TIDY, "DATABASE_URL": url, **PATIENT}
        with playing(tmp_path_factory.mktemp("clocks"), settings=settings) as troupe:
            troupe.models_answer(*rules())
            troupe.kill("worker")
            for name, shift in SHIFTS.items():
                start_at(troupe, shifting, name, shift)
            yield troupe


@pytest.fixture(scope="module")
def seen(troupe: Troupe) -> Iterator[Onlooker]:
    with closing(Onlooker(troupe)) as seen:
        yield seen


def test_workers_a_half_hour_apart_never_take_over_early(troupe: Troupe, seen: Onlooker) -> None:
    """Each run has one owner from its start to its end, though each believes leases to be over, or
    to last for ever.
    """
    calls = len(troupe.stage.get("/requests"))
    tickets = [troupe.ticket(f"Apart {n}", story(), STEADY, "agent") for n in range(6)]
    for ticket in tickets:
        seen.until_state(ticket, "closed")
        (row,) = seen.rows(ticket)
        assert row.outcome is Outcome.ACCEPTED
        assert {event.fence for event in seen.events(ticket)} - {0} == {row.fence}
        assert len(seen.pulls(ticket)) == 1
        assert len(troupe.comments(ticket)) == 3
    assert len(troupe.stage.get("/requests")) - calls == len(tickets) * CALLS_PER_ROUND
    for name, shift in SHIFTS.items():
        worked = re.findall(r"(\S+Z) .*run_closed", seen.log(name))
        assert worked, f"{name} closed no run"
        off = datetime.fromisoformat(worked[-1]).timestamp() - time.time()
        assert abs(off - shift) < 120, f"the clock of {name} is right"


@pytest.mark.parametrize(("killed", "other"), [(AHEAD, BEHIND), (BEHIND, AHEAD)])
def test_a_killed_workers_run_is_taken_over_when_the_databases_clock_says(
    troupe: Troupe,
    seen: Onlooker,
    shifting: Path,
    killed: str,
    other: str,
    record_property: Property,
) -> None:
    """Not before the lease is over, and not a quarter of an hour after."""
    troupe.kill(other)
    ticket = troupe.ticket(f"Left by {killed}", story(), STEADY, "agent")
    _until_reported(seen, ticket)
    (before,) = seen.rows(ticket)
    troupe.kill(killed)
    died = time.time()
    start_at(troupe, shifting, other, SHIFTS[other])
    start_at(troupe, shifting, killed, SHIFTS[killed])

    def taken() -> bool:
        (row,) = seen.rows(ticket)
        return row.fence > before.fence

    seen.until("it is taken over", taken)
    took = time.time() - died
    tell(record_property, taken_over_after_s=took)
    # The last beat may be some moments older than the death.
    assert LEASE_SECONDS - 2 <= took <= (LEASE_SECONDS + 10) * LOADED
    seen.until_state(ticket, "closed")
    (row,) = seen.rows(ticket)
    assert row.outcome is Outcome.ACCEPTED
    assert len(seen.pulls(ticket)) == 1
    assert len(troupe.comments(ticket)) == 3


def _until_reported(seen: Onlooker, ticket: Json) -> None:
    """Until the coder has reported and the execution command runs."""
    seen.until(
        "the coder has reported",
        lambda: any(event.kind == "AgentReported" for event in seen.events(ticket)),
    )


@pytest.mark.parametrize("shift", [30, -30])
def test_a_receiver_half_a_minute_off_takes_fresh_webhooks_and_refuses_old_ones(
    troupe: Troupe, seen: Onlooker, shifting: Path, shift: int
) -> None:
    """What it refuses wrongly, the reconciler finds."""
    troupe.kill("receiver")
    start_at(troupe, shifting, "receiver", shift)
    troupe.stage.processes.wait_for("receiver", f"{troupe.stage.receiver_url}/readyz")
    fresh, old = (
        troupe.ticket(f"{word}, receiver at {shift:+} s", story(), AT_ONCE)
        for word in ("New", "Old")
    )
    stored = seen.deliveries("linear")
    with withheld(troupe) as kept:
        troupe.label(fresh, add=("agent",))
        troupe.label(old, add=("agent",))
    new, late = (event_of(letter) for letter in kept.of(fresh, old))
    answers = post_all(troupe, [linear(new), linear(late, age_seconds=120)], clients=1)
    assert [(a.status, a.outcome) for a in answers] == [(200, "ready"), (401, "stale")]
    assert seen.deliveries("linear") == stored + 1
    for ticket in (fresh, old):
        seen.until_state(ticket, "closed")
        (row,) = seen.rows(ticket)
        assert row.outcome is Outcome.ACCEPTED
    troupe.kill("receiver")
    troupe.start("receiver")
    troupe.stage.processes.wait_for("receiver", f"{troupe.stage.receiver_url}/readyz")
