"""A child that dies, once and again and again: its run is resumed at once, or ended loudly."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from tests.chaos.play.script import rules
from tests.chaos.scenarios.looking import ONE_ROUND, TWO_ROUNDS, Looking
from tests.chaos.scenarios.staging import AT_ONCE, SCRIPTED, STEADY, playing
from tests.chaos.scenarios.tickets import tell
from tests.e2e.playing import Json

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

Record = Callable[[str, object], None]
LONG_LEASE = {**SCRIPTED, "LEASE_SECONDS": "60", "TIDY_SECONDS": "3600"}
"""So that the end of a lease cannot be what helped."""
RESUMED_SECONDS = 5.0
PATIENCE = 3
"""The machine may be busy with other things."""
MAX_ATTEMPTS = 5
"""As the settings have it."""


@pytest.fixture(scope="module")
def looking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looking]:
    with playing(tmp_path_factory.mktemp("poison"), workers=2, settings=LONG_LEASE) as troupe:
        troupe.models_answer(*rules(0))
        yield Looking.at(troupe)


def executing(looking: Looking, ticket: Json, rounds: int) -> bool:
    """Whether the execution command of that round runs, for all that the journal tells."""
    kinds = [event.kind for event in looking.events(ticket)]
    return kinds.count("AgentReported") == rounds and kinds[-1] == "AgentReported"


def killed(looking: Looking, ticket: Json) -> float:
    """kill -9 of the process that drives the run, and of nothing else; seconds until the next one
    has the run, or until it is closed.
    """
    row = looking.known(ticket)
    os.kill(looking.child(row), signal.SIGKILL)
    at = time.monotonic()

    def gone_on() -> bool:
        return looking.known(ticket).fence > row.fence

    looking.until(gone_on, "the run is claimed again")
    return time.monotonic() - at


def test_a_killed_child_costs_its_stage_and_no_lease(
    looking: Looking, record_property: Record
) -> None:
    """P3, acceptance 2: resumed within 5 s of a child's crash, by the main process's own doing."""
    ticket = looking.troupe.ticket("Orphan", TWO_ROUNDS, STEADY, "agent")
    looking.until_driven(ticket)
    looking.until(lambda: executing(looking, ticket, 2), "the second round's command")
    took = killed(looking, ticket)
    row = looking.until_closed(ticket)
    tell(record_property, killed_child_resumed=took, calls=str(looking.calls("Orphan")))
    assert row.outcome == "accepted"
    assert looking.calls("Orphan") == Counter(coder=4, judge=2)
    looking.ended_once(ticket, STEADY)
    assert took < PATIENCE * RESUMED_SECONDS


def test_a_ticket_that_kills_its_worker_each_time_is_ended_loudly_and_can_be_taken_up_again(
    looking: Looking, record_property: Record
) -> None:
    """R15: after ``MAX_ATTEMPTS`` crashes; no other ticket is the worse for it meanwhile."""
    ticket = looking.troupe.ticket("Poison", TWO_ROUNDS, STEADY, "agent")
    others = []
    looking.until_driven(ticket)
    delays = []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        looking.until(lambda: executing(looking, ticket, 2), "the second round's command")
        looking.until_driven(ticket)
        others.append(looking.troupe.ticket(f"Bystander {attempt}", ONE_ROUND, AT_ONCE, "agent"))
        delays.append(killed(looking, ticket))
    poisoned = looking.until_closed(ticket)
    before = looking.calls("Poison")
    (told,) = [c for c in looking.troupe.comments(ticket) if "fleet retry" in c]
    for other in others:
        assert looking.until_closed(other).outcome == "accepted"
        looking.ended_once(other, AT_ONCE)
    tell(
        record_property, deaths=len(delays), claimed_again_after=str([round(d, 1) for d in delays])
    )

    assert poisoned.outcome == "failed"
    assert f"`fleet retry {poisoned.id}`" in told
    assert "its worker died at this step each time" in told
    assert before == Counter(coder=4, judge=1)
    looking.ended_once(ticket, STEADY, pulls=0)

    retried = command(looking, "retry", poisoned.id)
    assert retried.returncode == 0, retried.stdout
    row = looking.until_closed(ticket)
    looking.until(lambda: looking.known(ticket).outcome == "accepted", "accepted after all")
    assert row.id == poisoned.id
    assert looking.calls("Poison") == before + Counter(judge=1)
    looking.ended_once(ticket, STEADY)
    sequence = [event.seq for event in looking.events(ticket)]
    assert all(later == earlier + 1 for earlier, later in pairwise(sequence))


def command(looking: Looking, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A ``fleet`` command of the operator's."""
    return subprocess.run(
        [sys.executable, "-m", "worker", *arguments],
        env=dict(looking.troupe.stage.processes.environment),
        capture_output=True,
        text=True,
        check=False,
    )
