"""The container of a worker that was frozen past its lease is removed by its successor (R11)."""

import signal
import time
from collections.abc import Callable, Iterator

import docker
import pytest

from tests.chaos.play.script import rules
from tests.chaos.scenarios.killing import freeze_tree, send
from tests.chaos.scenarios.looking import ONE_ROUND, Looking
from tests.chaos.scenarios.staging import DOCKER, LEASE_SECONDS, STEADY, playing
from tests.chaos.scenarios.tickets import tell
from tests.contracts.run_store.postgres_server import binaries, running

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

TAKEN_OVER_SECONDS = 10.0
PATIENCE = 3
"""The machine may be busy with other things."""


@pytest.fixture
def looking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looking]:
    programs = binaries()
    if programs is None:
        pytest.skip("there is no PostgreSQL on this machine")
    with running(programs) as url:
        calm = DOCKER | {"TIDY_SECONDS": "3600", "DATABASE_URL": url}
        with playing(tmp_path_factory.mktemp("zombie"), workers=2, settings=calm) as troupe:
            troupe.models_answer(*rules(0))
            yield Looking.at(troupe)


def test_a_zombies_container_is_gone_and_it_opens_no_other(
    looking: Looking, record_property: Callable[[str, object], None]
) -> None:
    """R11, with a real container: frozen while the execution command runs in it."""
    ticket = looking.troupe.ticket("Frozen", ONE_ROUND, STEADY, "agent")
    client = docker.from_env()

    def containers() -> list[str | None]:
        wanted: dict[str, str | list[str] | bool] = {
            "label": f"storyfleet.run={looking.known(ticket).id}"
        }
        return [found.id for found in client.containers.list(all=True, filters=wanted)]

    row = looking.until_driven(ticket, events=4)
    (theirs,) = looking.until(containers, "a container")
    zombie = looking.driver(row)
    assert zombie is not None
    freeze_tree(looking, zombie)
    began = time.monotonic()
    try:
        looking.until(lambda: looking.known(ticket).fence > row.fence, "taken over")
        took = time.monotonic() - began
        looking.until(lambda: theirs not in containers(), "the zombie's container is gone")
        gone = time.monotonic() - began
        assert looking.until_closed(ticket).outcome == "accepted"
    finally:
        send(looking.tree(zombie), signal.SIGCONT)
    looking.until(lambda: "lease_lost" in looking.log(zombie), "the zombie knows")
    assert containers() == []
    tell(record_property, taken_over=took, container_gone=gone)
    looking.ended_once(ticket, STEADY)
    assert gone < LEASE_SECONDS + PATIENCE * TAKEN_OVER_SECONDS
