"""A cancelled run's container and every process in it are dead within seconds (R19)."""

import time
from collections.abc import Callable, Iterator

import docker
import pytest
from docker.models.containers import Container

from tests.chaos.play.script import rules
from tests.chaos.scenarios import lineage
from tests.chaos.scenarios.behaviour import LOOKS_AROUND, looking_around
from tests.chaos.scenarios.holding import Hold
from tests.chaos.scenarios.looking import ONE_ROUND, Looking
from tests.chaos.scenarios.staging import DOCKER, SLOW, playing
from tests.chaos.scenarios.tickets import tell
from tests.e2e.playing import Json

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

DEAD_SECONDS = 10.0
PATIENCE = 3
"""The machine may be busy with other things."""
COMMANDING, EXECUTING = "the agent's own command", "the execution command"
MODEL_CALL = "a model call"


@pytest.fixture(scope="module")
def looking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looking]:
    calm = {**DOCKER, "TIDY_SECONDS": "3600", "TIDY_REPOSITORIES_SECONDS": "3600"}
    with playing(tmp_path_factory.mktemp("docker"), settings=calm) as troupe:
        troupe.models_answer(*looking_around(300), *rules(0))
        yield Looking.at(troupe)


def containers(looking: Looking, ticket: Json) -> list[Container]:
    label = f"storyfleet.run={looking.known(ticket).id}"
    found: list[Container] = docker.from_env().containers.list(filters={"label": label})
    return found


def processes(container: Container) -> list[int]:
    """The ids that the host knows them by."""
    told = container.top(ps_args="-eo pid,args")
    return [int(row[0]) for row in told["Processes"]]


def sleeps(container: Container) -> bool:
    """Whether the command of 300 seconds runs in it."""
    return any("sleep 300" in row[1] for row in container.top(ps_args="-eo pid,args")["Processes"])


@pytest.mark.parametrize("moment", [COMMANDING, EXECUTING, MODEL_CALL])
def test_every_process_of_a_cancelled_run_is_dead_soon(
    looking: Looking, moment: str, record_property: Callable[[str, object], None]
) -> None:
    """R19, with real containers; also while the agent only waits for its model."""
    title = f"[{moment}]"
    hold = Hold(looking.troupe.stage, "call")
    if moment == MODEL_CALL:
        hold.place("models", title, skip=1)
    story = LOOKS_AROUND if moment == COMMANDING else ONE_ROUND
    ticket = looking.troupe.ticket(title, story, SLOW, "agent")
    looking.until_driven(ticket)

    def there() -> bool:
        found = containers(looking, ticket)
        if moment == MODEL_CALL:
            return hold.held() is not None
        commanded = looking.known(ticket).events == (3 if moment == COMMANDING else 4)
        return commanded and any(sleeps(container) for container in found)

    looking.until(there, moment)
    (container,) = containers(looking, ticket)
    pids = processes(container)
    assert pids
    looking.troupe.label(ticket, remove=("agent",))
    began = time.monotonic()
    looking.until(lambda: not any(map(lineage.alive, pids)), "every process is dead")
    took = time.monotonic() - began
    looking.until(lambda: not containers(looking, ticket), "the container is gone")
    if moment == MODEL_CALL:
        hold.release()
    row = looking.until_closed(ticket)
    tell(record_property, cancelled_in=moment, processes=len(pids), dead_after=took)
    assert row.outcome == "cancelled"
    looking.ended_once(ticket, SLOW, pulls=0)
    assert took < PATIENCE * DEAD_SECONDS
