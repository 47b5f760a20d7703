"""What a session had cost when its worker died is the run's, once, whoever goes on with it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import NoReturn

import pytest

from integrations.memory.run_store import MemoryRunStore
from tests.unit.builders import REF
from tests.unit.director.doubles import (
    LEASE_SECONDS,
    SLUG,
    PlaySandbox,
    StillClock,
    World,
    world,
    writes,
)
from tests.unit.director.driving import QUICK, again, driven, outcome, reason, withdraw
from tests.unit.director.test_resuming import Killed
from worker.director.loop import drive
from worker.domain.access import CallOutcome, CallSpend, ModelCall, Passage
from worker.domain.budget import Spend
from worker.domain.command import CommandResult
from worker.domain.errors import ConfigurationError, SandboxGone, Unavailable
from worker.domain.events import Outcome, RunEvent, SessionLost
from worker.domain.lease import ClaimLimits, Lease, RunId
from worker.domain.run import Run
from worker.domain.signals import InboxItem
from worker.domain.task import AgentNeeds
from worker.domain.transcript import AgentSession

RUN = RunId("r1")
PAID = Spend(70, 7, 900, 0, 2.0, 1)
TIGHT = {".storyfleet.toml": 'execution_command = "make test"\n[budget]\nmax_tokens = 150\n'}


class DyingStore(MemoryRunStore):
    """Kills its workers after the events from the one on that says what was lost."""

    def __init__(self, clock: StillClock, deaths: int) -> None:
        super().__init__(LEASE_SECONDS, clock.monotonic)
        self.deaths = deaths

    def append(self, lease: Lease, event: RunEvent, consumes: InboxItem | None = None) -> None:
        super().append(lease, event, consumes)
        told = any(isinstance(each, SessionLost) for each in self.journal(RUN))
        if told and self.deaths:
            self.deaths -= 1
            raise Killed


def paying(w: World, then: Callable[[], AgentSession | None], door: int = 99) -> None:
    """The agent's first session pays for a call at ``door``, and then this happens."""
    sound = w.agent.acts[0]
    sessions = iter(range(9))

    def act(sandbox: PlaySandbox) -> AgentSession:
        if next(sessions) == 0:
            w.store.note_spend(RUN, CallSpend(door, 1, PAID))
            if (session := then()) is not None:
                return session
        return sound(sandbox)

    w.agent.acts = [act]


def dies() -> NoReturn:
    raise Killed


def resumed(w: World) -> Run:
    with suppress(Killed):
        driven(w)
    return again(w)


def lost(w: World) -> list[SessionLost]:
    return [event for event in w.store.journal(RUN) if isinstance(event, SessionLost)]


def test_the_next_worker_counts_it_to_the_round() -> None:
    w = world()
    paying(w, dies)
    run = resumed(w)
    assert outcome(run) is Outcome.ACCEPTED
    assert lost(w) == [SessionLost(99, 1, PAID)]
    assert (run.rounds[0].lost, run.spend.tokens, run.spend.micro_usd) == (PAID, 77, 900)
    (pull,) = w.code_host.pulls(SLUG)
    assert "| 70 in, 7 out | $0.0009 |" in pull.text.body
    assert "Of this, 77 tokens ($0.0009) went into sessions that were lost" in pull.text.body


def test_only_once_however_often_workers_die() -> None:
    w = world()
    w.store = store = DyingStore(w.clock, 3)
    paying(w, dies)
    lease: Lease | None = w.open()
    while lease is not None and w.journal().closed is None:
        with suppress(Killed):
            drive(lease, w.ports(), w.fleet, replace(QUICK, max_attempts=99))
        w.clock.sleep(LEASE_SECONDS + 1)
        lease = w.store.claim_next("another", ClaimLimits())
    assert store.deaths == 0
    assert (lost(w), w.journal().spend.tokens) == ([SessionLost(99, 1, PAID)], 77)


def test_the_budget_holds_over_the_dead_session_and_the_next() -> None:
    w = world(files=TIGHT)
    paying(w, dies)
    resumed(w)
    assert [task.allowance.max_tokens for task in w.agent.tasks] == [150, 73]


def test_a_budget_that_is_used_up_by_it_ends_the_run() -> None:
    w = world(files={".storyfleet.toml": TIGHT[".storyfleet.toml"].replace("150", "77")})
    paying(w, dies)
    run = resumed(w)
    assert (outcome(run), run.rounds) == (Outcome.OVER_BUDGET, ())
    assert "lost with their worker" in reason(run)
    assert len(w.agent.tasks) == 1
    assert "77 tokens" in w.tracker.comments(REF.id)["r1:end"]


def test_it_is_no_progress() -> None:
    """Else a ticket that kills every worker after a call would be tried for ever."""
    w = world()
    sessions = iter(range(1, 99))

    def act(_: PlaySandbox) -> AgentSession:
        w.store.note_spend(RUN, CallSpend(next(sessions), 1, PAID))
        raise Killed

    w.agent.acts = [act]
    with suppress(Killed):
        driven(w)
    for _ in range(9):
        with suppress(Killed):
            if again(w).closed:
                break
    run = w.journal()
    assert outcome(run) is Outcome.FAILED
    assert (len(w.agent.tasks), run.spend.tokens) == (QUICK.max_attempts, 2 * 77)


def test_a_reported_session_is_not_counted_again() -> None:
    w = world()
    w.agent.needs = AgentNeeds(gateway=True)
    call = ModelCall("openai:coder", CallOutcome.ANSWERED, 200, PAID)
    w.gateway.passages = (Passage((call,)),)
    paying(w, lambda: None, door=1)  # the number of the memory gateway's first door
    run = driven(w)
    assert (run.rounds[0].report.session.door, lost(w), run.spend.tokens) == (1, [], 77)


def test_a_session_that_was_called_off_is_paid_for() -> None:
    w = world()

    def taken_back() -> NoReturn:
        withdraw(w)
        raise SandboxGone("removed")

    paying(w, taken_back)
    run = driven(w)
    assert (outcome(run), run.spend.tokens) == (Outcome.CANCELLED, 77)


@pytest.mark.parametrize("fault", [ConfigurationError("no key"), Unavailable("away")])
def test_a_session_that_could_not_go_on_is_paid_for(fault: Exception) -> None:
    w = world()

    def fails() -> NoReturn:
        raise fault

    paying(w, fails)
    run = driven(w)
    run = run if run.closed else again(w)
    assert (lost(w), run.spend.tokens) == ([SessionLost(99, 1, PAID)], 77)


def test_calls_of_a_worker_that_lost_its_lease_are_found_when_they_have_ended() -> None:
    w = world([writes("wrong"), writes("square")])
    paying(w, dies)
    with suppress(Killed):
        driven(w)
    later = Spend(5, 5, 5, 0, 1.0, 1)
    judged = w.sandboxes.execution

    def execution(sandbox: PlaySandbox) -> CommandResult:
        w.store.note_spend(RUN, CallSpend(99, 2, later))
        return judged(sandbox)

    w.sandboxes.execution = execution
    run = again(w)
    assert lost(w) == [SessionLost(99, 1, PAID), SessionLost(99, 2, later)]
    assert run.spend.tokens == 77 + 10


def test_it_is_kept_on_the_remote_for_a_fleet_that_loses_its_database() -> None:
    w = world()
    w.store = DyingStore(w.clock, 1)
    paying(w, dies)
    with suppress(Killed):
        resumed(w)
    assert len(lost(w)) == 1
    w.store = MemoryRunStore(LEASE_SECONDS, w.clock.monotonic)
    run = drive(w.open(), w.ports(), w.fleet, QUICK)
    assert (outcome(run), run.spend.tokens) == (Outcome.ACCEPTED, 77)
