"""How many runs are worked on at once, and in what order they are begun (R16)."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from tests.chaos.play.script import rules
from tests.chaos.scenarios.looking import LOOK_SECONDS, ONE_ROUND, Looking
from tests.chaos.scenarios.staging import AT_ONCE, PICKY, SCRIPTED, STEADY, playing
from tests.chaos.scenarios.tickets import tell
from tests.e2e.playing import Json

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

WORKERS, TICKETS, RUNNING, PER_REPOSITORY = 4, 12, 2, 1
LIMITED = {
    **SCRIPTED,
    "MAX_RUNNING": str(RUNNING),
    "MAX_RUNNING_PER_REPOSITORY": str(PER_REPOSITORY),
    "TIDY_SECONDS": "3600",
}
REPOSITORIES = (AT_ONCE, STEADY, PICKY)
PRIORITIES = (0, 4, 2, 1)
"""Of a repository's tickets, in the order in which they are written; 0 is none, so last."""
LAST = 5


@dataclass
class Played:
    """Twelve tickets under the limits."""

    looks: int = 0
    most: int = 0
    most_per_repository: int = 0
    begun: dict[str, list[int]] = field(default_factory=dict)
    """By repository: the priorities in the order of their claims."""
    outcomes: list[str | None] = field(default_factory=list)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    with playing(tmp_path_factory.mktemp("limits"), settings=LIMITED) as troupe:
        troupe.models_answer(*rules(0.2))
        looking = Looking.at(troupe)
        troupe.kill("worker")
        tickets = {ticket["id"]: ticket for ticket in write(looking)}
        looking.until(lambda: len(looking.rows()) == TICKETS, "all are queued")
        for number in range(WORKERS):
            troupe.start(f"worker-{number}")
        yield watched(looking, tickets)


def write(looking: Looking) -> Iterator[Json]:
    """Four tickets for each repository, of different priorities."""
    for priority in PRIORITIES:
        for slug in REPOSITORIES:
            yield looking.troupe.stage.act(
                "/linear/tickets",
                title=f"Priority {priority} in {slug}",
                description=ONE_ROUND,
                project=slug,
                labels=["agent"],
                priority=priority,
            )


def watched(looking: Looking, tickets: dict[str, Json]) -> Played:
    """Look at the database again and again until all is done."""
    played, claimed = Played(), dict[str, int]()
    deadline = time.monotonic() + 200
    while True:
        rows = looking.rows()
        running = [row.repository for row in rows if row.state == "running"]
        played.looks += 1
        played.most = max(played.most, len(running))
        per_repository = max([running.count(slug) for slug in running], default=0)
        played.most_per_repository = max(played.most_per_repository, per_repository)
        for row in rows:
            if row.fence:
                claimed.setdefault(row.id, row.fence)
        if all(row.state == "closed" for row in rows) or time.monotonic() > deadline:
            break
        time.sleep(LOOK_SECONDS)
    for row in sorted(rows, key=lambda row: claimed[row.id]):
        priority = tickets[row.ticket_id]["priority"]
        played.begun.setdefault(row.repository, []).append(priority or LAST)
    played.outcomes = [row.outcome for row in rows]
    return played


def test_no_more_runs_are_worked_on_than_the_limits_allow(
    played: Played, record_property: Callable[[str, object], None]
) -> None:
    """R16: with twice as many workers as may run; and the limits are used."""
    tell(record_property, looks=played.looks, most=played.most)
    assert played.outcomes == ["accepted"] * TICKETS
    assert played.most == RUNNING
    assert played.most_per_repository == PER_REPOSITORY


def test_in_each_repository_the_most_urgent_goes_first(played: Played) -> None:
    """R16: whatever the order in which they were written; no priority is the lowest."""
    assert played.begun == {slug: sorted([p or LAST for p in PRIORITIES]) for slug in REPOSITORIES}
