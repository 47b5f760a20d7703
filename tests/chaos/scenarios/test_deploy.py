"""SIGTERM with runs in progress: handed back, nothing lost, at most a stage repeated (R14)."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from tests.chaos.engine.watching import RunRow
from tests.chaos.play.script import rules
from tests.chaos.scenarios.looking import LOOK_SECONDS, TWO_ROUNDS, Looking
from tests.chaos.scenarios.staging import AT_ONCE, SCRIPTED, STEADY, playing
from tests.chaos.scenarios.tickets import tell
from tests.e2e.playing import Json
from worker import bootstrap

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

Record = Callable[[str, object], None]
SHUTDOWN_SECONDS, LEASE_SECONDS = 3, 60
HANDOVER_SECONDS = SHUTDOWN_SECONDS + 2
PATIENCE = 3
"""The machine may be busy with other things."""
CALM = {**SCRIPTED, "LEASE_SECONDS": str(LEASE_SECONDS), "TIDY_SECONDS": "30"}
"""Where a lease had to run out, nothing would be in time."""


@pytest.fixture(scope="module")
def looking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looking]:
    with playing(tmp_path_factory.mktemp("deploys"), workers=3, settings=CALM) as troupe:
        troupe.models_answer(*rules(0.5))
        yield Looking.at(troupe)


@dataclass
class Deploys:
    """Stops workers, and sees what becomes of their runs."""

    looking: Looking
    ended_after: list[float] = field(default_factory=list)
    handed_over_after: list[float] = field(default_factory=list)
    interrupted: Counter[str] = field(default_factory=Counter)
    """How often a worker was stopped that drove the run, by the run's id."""
    attempts: int = 0
    """The most that any run ever had."""
    _number: int = 3

    def __post_init__(self) -> None:
        self.store = bootstrap.database(self.looking.troupe.stage.database_url)

    def look(self) -> dict[str, RunRow]:
        """The runs by id, while their attempts are watched."""
        self.attempts = max([self.attempts, *(row.attempt for row in self.store.runs(200))])
        return {row.id: row for row in self.looking.rows()}

    def terminate(self, name: str) -> list[RunRow]:
        """SIGTERM to the worker's main process, as a container's stop does; what it drove then."""
        driven = [row for row in self.look().values() if self.looking.driver(row) == name]
        self.looking.troupe.stage.processes.running[name].send_signal(signal.SIGTERM)
        self.interrupted.update(row.id for row in driven)
        return driven

    def await_end(self, name: str, began: float) -> None:
        """Until the worker has ended by itself."""
        process = self.looking.troupe.stage.processes.running.pop(name)
        while process.poll() is None:
            assert time.monotonic() - began < PATIENCE * HANDOVER_SECONDS, self.looking.log(name)
            self.look()
            time.sleep(LOOK_SECONDS)
        assert process.returncode == 0, self.looking.log(name)
        self.ended_after.append(time.monotonic() - began)

    def await_handover(self, driven: list[RunRow], began: float) -> None:
        """Until each of those runs is driven by somebody else, or over."""
        left = {row.id: row for row in driven}
        while left:
            assert time.monotonic() - began < 60, left
            rows = self.look()
            for run_id, was in list(left.items()):
                row = rows[run_id]
                if row.state == "closed" or row.fence > was.fence:
                    del left[run_id]
                    self.handed_over_after.append(time.monotonic() - began)
            time.sleep(LOOK_SECONDS)

    def replace(self, name: str) -> None:
        """A rolling deploy's step: stop one, start another."""
        began = time.monotonic()
        driven = self.terminate(name)
        self.await_end(name, began)
        self._number += 1
        self.looking.troupe.start(f"worker-{self._number}")
        self.await_handover(driven, began)

    def check(self, title: str, ticket: Json, repository: str) -> None:
        """Accepted, once; for each time that its worker was stopped at most a stage again."""
        row = self.looking.until_closed(ticket)
        assert row.outcome == "accepted"
        self.looking.ended_once(ticket, repository)
        kinds = [event.kind for event in self.looking.events(ticket)]
        assert kinds.count("AgentReported") == kinds.count("RoundJudged") == 2
        calls, usual = self.looking.calls(title), Counter(coder=4, judge=2)
        assert usual <= calls, calls
        again = calls - usual
        stages = (again["coder"] + 1) // 2 + again["judge"]
        assert stages <= self.interrupted[row.id], (title, calls, self.interrupted[row.id])
        assert len(kinds) == len({event.seq for event in self.looking.events(ticket)})


def repeated(looking: Looking, titles: list[str]) -> Counter[str]:
    """What was asked of the models more often than undisturbed runs would."""
    asked = sum((looking.calls(title) for title in titles), Counter[str]())
    return asked - Counter(coder=4 * len(titles), judge=2 * len(titles))


def write(looking: Looking, what: str, count: int) -> dict[str, tuple[Json, str]]:
    """So many tickets in two repositories: by title, with their repository."""
    repositories = {f"[{what} {n}]": (STEADY, AT_ONCE)[n % 2] for n in range(count)}
    return {
        title: (looking.troupe.ticket(title, TWO_ROUNDS, slug, "agent"), slug)
        for title, slug in repositories.items()
    }


def test_workers_that_are_told_to_stop_hand_their_runs_back_and_end_in_time(
    looking: Looking, record_property: Record
) -> None:
    """R14: all workers at once, each in the middle of a run; new ones go on where they were."""
    deploys = Deploys(looking)
    tickets = write(looking, "stopped", 3)
    for ticket, _ in tickets.values():
        looking.until_driven(ticket, events=3)
    names = looking.workers()
    began = time.monotonic()
    driven = [row for name in names for row in deploys.terminate(name)]
    for name in names:
        deploys.await_end(name, began)
    handed_back = {r.id: r for r in deploys.look().values() if r.state != "closed"}
    states = [(row.state, row.holder) for row in handed_back.values()]
    unfinished = [row.attempt for row in deploys.store.runs(50, only_open=True)]
    for number in range(3):
        looking.troupe.start(f"worker-next-{number}")
    deploys.await_handover(driven, began)
    for title, (ticket, slug) in tickets.items():
        deploys.check(title, ticket, slug)
    tell(record_property, runs_driven=len(driven), ended_after=seconds(deploys.ended_after))
    tell(record_property, handed_over_after=seconds(deploys.handed_over_after))
    tell(record_property, asked_again=str(repeated(looking, list(tickets))))
    assert driven
    assert set(states) == {("queued", None)}
    assert set(unfinished) == {0}, "an attempt was counted"
    assert deploys.attempts == 1


def test_a_rolling_deploy_under_ten_tickets_loses_nothing(
    looking: Looking, record_property: Record
) -> None:
    """R14: each of three workers is replaced, one after the other, twice over."""
    deploys = Deploys(looking)
    tickets = write(looking, "rolling", 10)
    looking.until_driven(next(iter(tickets.values()))[0])
    for _ in range(2):
        for name in looking.workers():
            deploys.replace(name)
    for title, (ticket, slug) in tickets.items():
        deploys.check(title, ticket, slug)
    tell(record_property, stopped=sum(deploys.interrupted.values()))
    tell(record_property, ended_after=seconds(deploys.ended_after))
    tell(record_property, handed_over_after=seconds(deploys.handed_over_after))
    tell(record_property, asked_again=str(repeated(looking, list(tickets))))
    assert deploys.attempts == 1
    assert max(deploys.handed_over_after, default=0) < PATIENCE * HANDOVER_SECONDS


def seconds(durations: list[float]) -> str:
    return " ".join(f"{duration:.1f}" for duration in sorted(durations))
