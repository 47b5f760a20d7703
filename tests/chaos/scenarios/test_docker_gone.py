"""The sandbox vanishes under a run: killed, removed, or out of memory (R13)."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from tests.chaos.scenarios.containers import Containers
from tests.chaos.scenarios.seeing import Onlooker
from tests.chaos.scenarios.staging import AT_ONCE, DOCKER, HUNGRY, STEADY, Troupe, playing
from tests.chaos.scenarios.stories import CALLS_PER_ROUND, DONE, TALKATIVE, rules, story
from tests.e2e.playing import Json
from tests.integration.docker import engine
from worker.domain.command import Breach
from worker.domain.events import Outcome
from worker.domain.summary import RunSummary

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

UNHURRIED = {**DOCKER, "LEASE_SECONDS": "30", "HEARTBEAT_SECONDS": "2"}
"""So that no lease ends only because the machine is busy."""
LOOK, WORK = "sleep 5", "sleep 4"
ENDS: dict[str, Callable[[Containers, str], None]] = {
    "docker kill": Containers.kill,
    "docker rm -f": Containers.remove,
}


@pytest.fixture(scope="module")
def troupe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Troupe]:
    engine.api().close()
    with playing(tmp_path_factory.mktemp("docker"), workers=2, settings=UNHURRIED) as troupe:
        yield troupe


@pytest.fixture(scope="module")
def seen(troupe: Troupe) -> Iterator[Onlooker]:
    with closing(Onlooker(troupe)) as seen:
        yield seen


@pytest.fixture(scope="module")
def containers(troupe: Troupe) -> Iterator[Containers]:
    with engine.api() as client:
        yield Containers(troupe, client)


@pytest.mark.parametrize(
    ("command", "behaviour", "repository", "repeated"),
    [(LOOK, TALKATIVE, AT_ONCE, 1), (WORK, DONE, STEADY, 0)],
    ids=["agent", "execution command"],
)
def test_a_container_that_vanishes_costs_its_stage_and_nothing_else(
    troupe: Troupe,
    seen: Onlooker,
    containers: Containers,
    *,
    command: str,
    behaviour: str,
    repository: str,
    repeated: int,
) -> None:
    """R13: the run waits some seconds, then its stage is repeated in a fresh container."""
    troupe.models_answer(*rules(looking_around=LOOK))
    tickets = {
        how: troupe.ticket(f"{command}, then {how}", story(behaviour), repository, "agent")
        for how in ENDS
    }
    struck = _struck(seen, containers, tickets, command)
    assert [row.attempt for row in struck] == [1] * len(tickets), struck
    assert {row.holder for row in struck} == {None}, struck
    for ticket in tickets.values():
        row = seen.until_state(ticket, "closed")
        assert row.outcome is Outcome.ACCEPTED
        run = troupe.run_of(ticket)
        assert run is not None
        assert len(run.rounds) == 1
        assert len(seen.pulls(ticket)) == 1
        assert len(troupe.comments(ticket)) == 3
        assert containers.of(row.id) == []
        looks = 1 if behaviour == TALKATIVE else 0
        assert seen.calls_for(ticket) == CALLS_PER_ROUND + looks + repeated


def _struck(
    seen: Onlooker, containers: Containers, tickets: dict[str, Json], command: str
) -> list[RunSummary]:
    """Strike each container as soon as the command runs in it; each run as it waits then."""
    ended: set[str] = set()
    waits: dict[str, RunSummary] = {}

    def look() -> bool:
        for how, ticket in tickets.items():
            row = seen.newest(ticket)
            if row is None:
                continue
            if how in ended and row.state == "queued" and row.note:
                waits.setdefault(how, row)
            elif how not in ended and (found := containers.runs_in(row.id, command)):
                ENDS[how](containers, found)
                ended.add(how)
        return len(waits) == len(tickets)

    seen.until("both were struck, and wait", look)
    return list(waits.values())


def test_an_execution_command_that_takes_all_memory_is_red(
    troupe: Troupe, seen: Onlooker, containers: Containers
) -> None:
    """R13: that is evidence, and no fault of the machine: the round fails, nothing is repeated."""
    troupe.models_answer(*rules())
    ticket = troupe.ticket("Hungry command", story(), HUNGRY, "agent")
    row = seen.until_state(ticket, "closed")
    assert row.outcome is Outcome.GAVE_UP
    run = troupe.run_of(ticket)
    assert run is not None
    (only,) = run.rounds
    assert only.evidence is not None
    assert only.evidence.breach is Breach.OUT_OF_MEMORY
    assert [pull["draft"] for pull in seen.pulls(ticket)] == [True]
    assert seen.calls_for(ticket) == CALLS_PER_ROUND
    assert containers.of(row.id) == []


def test_an_agent_that_takes_all_memory_is_told_and_goes_on(
    troupe: Troupe, seen: Onlooker, containers: Containers
) -> None:
    """R13: only the command dies, not the session."""
    troupe.models_answer(*rules(looking_around="tail /dev/zero"))
    ticket = troupe.ticket("Hungry agent", story(TALKATIVE), AT_ONCE, "agent")
    row = seen.until_state(ticket, "closed")
    assert row.outcome is Outcome.ACCEPTED
    assert row.fence == max(event.fence for event in seen.events(ticket))
    asked = [str(request["messages"]) for request in troupe.stage.get("/requests")]
    assert any("memory" in text and "Hungry agent" in text for text in asked)
    assert containers.of(row.id) == []


def test_containers_that_nobody_drives_are_removed_and_other_fleets_left_alone(
    troupe: Troupe, seen: Onlooker, containers: Containers
) -> None:
    """Of a closed run, and of one that the database does not know; the workers' own ``fleet tidy``
    does it.
    """
    troupe.models_answer(*rules())
    ticket = troupe.ticket("Has long ended", story(), AT_ONCE, "agent")
    ended = seen.until_state(ticket, "closed").id
    ours, theirs = containers.fleet, f"{containers.fleet}-other"
    with (
        containers.orphan(ended, ours) as closed,
        containers.orphan("nobody-knows-me", ours) as unknown,
        containers.orphan(ended, theirs) as other,
    ):
        seen.until("ours are gone", lambda: not any(map(containers.there, (closed, unknown))))
        assert containers.there(other)
