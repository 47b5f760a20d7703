"""A worker killed with -9 in the middle of a session loses no account of what that has cost.

With scripted sandboxes: what is tested is the worker, the gateway and the database.
"""

import os
import signal
from collections.abc import Iterator

import pytest

from tests.e2e.playing import Fleet, Json
from worker import bootstrap
from worker.demo.play import Cast, staged
from worker.demo.scene import FILES, Scene
from worker.domain.events import Outcome, SessionLost
from worker.domain.run import Run

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

STORY = "## Acceptance criteria\n- `work.txt` says done\n"
SETTINGS = 'execution_command = "grep -q done work.txt"\nevaluator = "command"\n'
REPOSITORIES = {
    "acme/roomy": {".storyfleet.toml": SETTINGS},
    "acme/tight": {".storyfleet.toml": f"{SETTINGS}\n[budget]\nmax_tokens = 3000\n"},
}
FIRST, SECOND = {"input_tokens": 1000, "output_tokens": 100}, {"input_tokens": 900}
PAID = 1000 + 100 + 900 + 60


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    scene = Scene("", "", FILES, [], REPOSITORIES)
    settings = {
        "SANDBOXES": "scripted",
        "LEASE_SECONDS": "10",
        "HEARTBEAT_SECONDS": "2",
        "RECONCILE_SECONDS": "1",
    }
    cast = Cast("openai:coder", None, "native-tools", settings=settings)
    with staged(tmp_path_factory.mktemp("lost"), scene, cast) as stage:
        yield Fleet(stage)


def calls(name: str, **arguments: str) -> list[Json]:
    return [{"name": name, "arguments": arguments}]


def killed_in_its_session(fleet: Fleet, repository: str) -> tuple[Json, Run]:
    """A ticket whose worker was killed after two calls, while a command ran; and another worker."""
    fleet.models_answer(
        {
            "model": "coder",
            "answers": [
                {"tool_calls": calls("write_file", path="work.txt", content="almost\n"), **FIRST},
                {"tool_calls": calls("shell", command="sleep 250"), **SECOND, "output_tokens": 60},
                {"tool_calls": calls("write_file", path="work.txt", content="done\n")},
                {"text": "Written."},
            ],
        },
    )
    ticket = fleet.ticket("Say done", STORY, repository, "agent")
    store = bootstrap.database(fleet.stage.database_url)

    def both_are_noted(run: Run) -> bool:
        return [door.calls for door in store.noted_spend(run.id)] == [2]

    run = fleet.wait(ticket, both_are_noted)
    assert run.rounds == ()
    worker = fleet.stage.processes.running.pop("worker")
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    fleet.stage.start("worker")
    return ticket, fleet.wait_closed(ticket)


def events(fleet: Fleet, run: Run) -> list[SessionLost]:
    journal = bootstrap.database(fleet.stage.database_url).journal(run.id)
    return [event for event in journal if isinstance(event, SessionLost)]


def test_the_next_worker_counts_it_and_the_pull_request_shows_it(fleet: Fleet) -> None:
    _, run = killed_in_its_session(fleet, "acme/roomy")

    assert run.closed is not None
    assert run.closed.outcome is Outcome.ACCEPTED
    (lost,) = events(fleet, run)
    assert (lost.calls, lost.spend.tokens, lost.spend.model_calls) == (2, PAID, 2)
    (only,) = run.rounds
    assert only.lost == lost.spend
    assert len(only.report.session.calls) == 2
    assert run.spend.tokens == PAID + only.report.session.spend.tokens
    (pull,) = fleet.pulls(run)
    assert f"Of this, {PAID} tokens" in pull["body"]


def test_the_budget_holds_over_both(fleet: Fleet) -> None:
    before = len(fleet.stage.get("/requests"))
    ticket, run = killed_in_its_session(fleet, "acme/tight")

    assert run.closed is not None
    assert run.closed.outcome is Outcome.OVER_BUDGET
    assert run.spend.tokens == PAID
    assert len(fleet.stage.get("/requests")) - before == 2, "none could be paid for after it"
    assert f"{PAID} tokens" in fleet.comments(ticket)[-1]
