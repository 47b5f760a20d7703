"""The Docker daemon dies under a run, or is restarted: the run waits for it (R13)."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.chaos.scenarios.containers import IMAGE, Containers
from tests.chaos.scenarios.seeing import Onlooker
from tests.chaos.scenarios.staging import DOCKER, STEADY, Troupe, playing
from tests.chaos.scenarios.stories import CALLS_PER_ROUND, rules, story
from tests.chaos.scenarios.test_docker_gone import WORK
from tests.integration.docker.private_daemon import PrivateDaemon, private_daemon
from worker.domain.events import Outcome

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

ORPHANS_GONE_SECONDS = 60.0
FAULTS = {"kill -9": PrivateDaemon.kill, "restart": PrivateDaemon.stop}


@pytest.fixture(scope="module")
def daemon() -> Iterator[PrivateDaemon]:
    with private_daemon(IMAGE) as daemon:
        yield daemon


@pytest.fixture(scope="module")
def troupe(tmp_path_factory: pytest.TempPathFactory, daemon: PrivateDaemon) -> Iterator[Troupe]:
    settings = {**DOCKER, "DOCKER_HOST": daemon.docker_host}
    with playing(tmp_path_factory.mktemp("daemon"), settings=settings) as troupe:
        troupe.models_answer(*rules())
        yield troupe


@pytest.fixture(scope="module")
def seen(troupe: Troupe) -> Iterator[Onlooker]:
    with closing(Onlooker(troupe)) as seen:
        yield seen


@pytest.mark.parametrize("fault", FAULTS)
def test_a_run_waits_for_the_daemon_and_ends_after_it_is_back(
    troupe: Troupe, seen: Onlooker, daemon: PrivateDaemon, fault: str
) -> None:
    """An unreachable daemon is not a container that is gone: nothing is believed, the stage is
    repeated when the daemon answers again, and no container outlives its run.
    """
    calls = len(troupe.stage.get("/requests"))
    ticket = troupe.ticket(f"Daemon: {fault}", story(), STEADY, "agent")
    with daemon.api() as client:
        there = Containers(troupe, client)

        def working() -> bool:
            row = seen.newest(ticket)
            return row is not None and there.runs_in(row.id, WORK) is not None

        seen.until("the execution command runs", working)
    FAULTS[fault](daemon)
    row = seen.until_waiting(ticket)
    assert row.attempt >= 1, row
    daemon.start()
    row = seen.until_state(ticket, "closed")
    assert row.outcome is Outcome.ACCEPTED
    assert len(seen.rows(ticket)) == 1
    assert len(seen.pulls(ticket)) == 1
    assert len(troupe.comments(ticket)) == 3
    assert len(troupe.stage.get("/requests")) - calls == CALLS_PER_ROUND
    with daemon.api() as client:
        after = Containers(troupe, client)
        seen.until("no container is left", lambda: not after.all(), ORPHANS_GONE_SECONDS)
