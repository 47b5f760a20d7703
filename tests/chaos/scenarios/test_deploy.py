"""SIGTERM with runs in progress: handed back, nothing lost, at most a stage repeated (R14)."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median

import pytest

from tests.chaos.engine.watching import RunRow
from tests.chaos.play.script import rules
from tests.chaos.scenarios.looking import LOOK_SECONDS, TWO_ROUNDS, Looking
from tests.chaos.scenarios.staging import AT_ONCE, SCRIPTED, STEADY, playing
from tests.chaos.scenarios.tickets import tell
from tests.e2e.playing import Json
from worker import bootstrap

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

Record = Callable[[str, object], None]
SHUTDOWN_SECONDS, LEASE_SECONDS = 3, 120
HANDOVER_SECONDS = SHUTDOWN_SECONDS + 2
GRACE_SECONDS = 60
"""After that time ``compose.yaml`` has a worker killed."""
PATIENCE = 3
"""The machine may be busy with other things."""
CALM = {**SCRIPTED, "LEASE_SECONDS": str(LEASE_SECONDS), "TIDY_SECONDS": "3600"}
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
    handed_back_after: list[float] = field(default_factory=list)
    """In seconds from SIGTERM until the queue has the run again."""
    handed_over_after: list[float] = field(default_factory=list)
    """Until another worker has it, which may be busy or only just begun."""
    interrupted: Counter[str] = field(default_factory=Counter)
    """How often a worker was stopped that drove the run, by the run's id."""
    attempts: int = 0
    """The most that any run ever had."""
    _number: int = 3
    _kept: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Runs of stopped workers: under what fence, and when the worker was told."""
    _waiting: dict[str, tuple[int, float]] = field(default_factory=dict)
    """The same, until others have them."""

    def __post_init__(self) -> None:
        self.store = bootstrap.database(self.looking.troupe.stage.database_url)

    def look(self) -> dict[str, RunRow]:
        """The runs by id, while what is measured is watched."""
        rows = {row.id: row for row in self.looking.rows()}
        self.attempts = max([self.attempts, *(row.attempt for row in self.store.runs(200))])
        for run_id, (fence, began) in list(self._kept.items()):
            if rows[run_id].state != "running" or rows[run_id].fence > fence:
                del self._kept[run_id]
                self.handed_back_after.append(time.monotonic() - began)
        for run_id, (fence, began) in list(self._waiting.items()):
            if rows[run_id].state == "closed" or rows[run_id].fence > fence:
                del self._waiting[run_id]
                self.handed_over_after.append(time.monotonic() - began)
        return rows

    def terminate(self, name: str) -> int:
        """SIGTERM to the worker's main process, as a container's stop does; how many runs it had
        then.
        """
        driven = [row for row in self.look().values() if self.looking.driver(row) == name]
        began = time.monotonic()
        self.looking.troupe.stage.processes.running[name].send_signal(signal.SIGTERM)
        for row in driven:
            self.interrupted[row.id] += 1
            self._kept[row.id] = self._waiting[row.id] = (row.fence, began)
        return len(driven)

    def await_end(self, name: str, began: float) -> None:
        """Until the worker has ended by itself."""
        process = self.looking.troupe.stage.processes.running.pop(name)
        while process.poll() is None:
            assert time.monotonic() - began < GRACE_SECONDS, self.looking.log(name)
            self.look()
            time.sleep(LOOK_SECONDS)
        assert process.returncode == 0, self.looking.log(name)
        self.ended_after.append(time.monotonic() - began)

    def await_handover(self) -> None:
        """Until somebody else has each of those runs, or it is over."""
        began = time.monotonic()
        while self._waiting:
            assert time.monotonic() - began < LEASE_SECONDS, self._waiting
            self.look()
            time.sleep(LOOK_SECONDS)

    def replace(self, name: str) -> None:
        """A rolling deploy's step: stop one, start another."""
        began = time.monotonic()
        self.terminate(name)
        self.await_end(name, began)
        self._number += 1
        following = f"worker-{self._number}"
        self.looking.troupe.start(following)
        self.await_ready(following)
        self.await_handover()

    def await_ready(self, name: str) -> None:
        """Until the worker takes work; one that is stopped before that has nothing to hand back."""
        began = time.monotonic()
        while " ready." not in self.looking.log(name):
            assert time.monotonic() - began < GRACE_SECONDS, self.looking.log(name)
            self.look()
            time.sleep(LOOK_SECONDS)

    def tell(self, record: Record) -> None:
        """What was measured."""
        tell(record, runs_stopped=sum(self.interrupted.values()))
        for name in ("ended_after", "handed_back_after", "handed_over_after"):
            numbers = " ".join(f"{seconds:.1f}" for seconds in sorted(getattr(self, name)))
            tell(record, **{name: numbers})

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
    driven = sum(deploys.terminate(name) for name in names)
    for name in names:
        deploys.await_end(name, began)
    handed_back = {r.id: r for r in deploys.look().values() if r.state != "closed"}
    states = [(row.state, row.holder) for row in handed_back.values()]
    unfinished = [row.attempt for row in deploys.store.runs(50, only_open=True)]
    for number in range(3):
        looking.troupe.start(f"worker-next-{number}")
    deploys.await_handover()
    for title, (ticket, slug) in tickets.items():
        deploys.check(title, ticket, slug)
    deploys.tell(record_property)
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
    deploys.tell(record_property)
    tell(record_property, asked_again=str(repeated(looking, list(tickets))))
    assert deploys.attempts == 1
    assert median(deploys.handed_back_after) < PATIENCE * HANDOVER_SECONDS
