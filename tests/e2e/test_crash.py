"""A worker killed with -9 in the middle of a stage costs at most that stage."""

import os
import signal

import docker
import pytest

from tests.e2e.playing import Fleet
from tests.e2e.test_ticket_to_pull_request import STORY, judged, script, wrote
from worker.domain.events import Outcome

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_another_worker_goes_on_from_the_last_event(fleet: Fleet) -> None:
    accepts = judged(("met", "done"), ("met", "+done"))
    fleet.models_answer(*script(wrote("done\n"), accepts))
    before = len(fleet.stage.get("/requests"))
    ticket = fleet.ticket("Crash", STORY, "acme/steady", "agent")
    fleet.wait(ticket, lambda run: run.rounds)

    worker = fleet.stage.processes.running.pop("worker")
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    fleet.stage.processes.start("worker", "worker")
    run = fleet.wait_closed(ticket)

    assert run.closed is not None
    assert run.closed.outcome is Outcome.ACCEPTED
    assert len(run.rounds) == 1
    assert len(fleet.stage.get("/requests")) - before == 3, "two calls of the coder, one judge's"
    assert len(fleet.pulls(run)) == 1
    assert len(fleet.comments(ticket)) == 3
    label = f"storyfleet.run={run.id}"
    assert (
        docker.from_env().containers.list(all=True, filters={"label": label}, ignore_removed=True)
        == []
    )
