"""What goes wrong around a run: news, vanished sandboxes, services that are away, lost leases."""

from typing import NoReturn

import pytest

from integrations.memory.code_host import MemoryCodeHost
from integrations.memory.tracker import MemoryTracker
from tests.unit.builders import REF, ticket
from tests.unit.director.doubles import SLUG, PlaySandbox, World, world, writes
from tests.unit.director.driving import (
    QUICK,
    address,
    again,
    driven,
    noting,
    outcome,
    reason,
    withdraw,
)
from worker.director import loop
from worker.director.loop import drive
from worker.domain.errors import (
    LeaseLost,
    SandboxGone,
    Unavailable,
)
from worker.domain.events import CancelRequested, NewsIgnored, Outcome, RunClosed
from worker.domain.lease import RunId
from worker.domain.pull_request import PullRequestEnd
from worker.domain.signals import PullRequestEnded, TicketReady, TicketWithdrawn
from worker.domain.ticket import Ticket, TicketId
from worker.domain.transcript import AgentSession

NO_DOCKER = Unavailable("the Docker daemon does not answer")


class DeafTracker(MemoryTracker):
    """Tickets can be read and moved, but nobody can be told anything."""

    def comment(self, ticket_id: TicketId, key: str, body: str) -> None:
        if key.endswith(":end"):
            raise Unavailable("Linear is down")
        super().comment(ticket_id, key, body)


def state(w: World) -> str:
    return w.store.runs()[0].state


def test_news_between_steps_cancels_the_run() -> None:
    w = world()
    lease = w.open()
    withdraw(w)
    run = drive(lease, w.ports(), w.fleet, QUICK)
    assert run.closed == RunClosed(Outcome.CANCELLED, "label removed")
    assert "Cancelled" in w.tracker.comments(REF.id)["r1:end"]
    assert w.sandboxes.opened == []


def test_news_that_stops_the_sandbox_cancels_the_run() -> None:
    def stopped(_: PlaySandbox) -> NoReturn:
        withdraw(w)
        raise SandboxGone("removed")

    w = world([stopped])
    assert outcome(driven(w)) is Outcome.CANCELLED
    assert w.code_host.pulls(SLUG) == []


def test_a_withdrawal_that_is_out_of_date_changes_nothing() -> None:
    """Deliveries come late and in any order: the tracker says what counts."""
    w = world()
    lease = w.open()
    address(w, TicketWithdrawn(REF.id, "label removed", by_state=True))
    run = drive(lease, w.ports(), w.fleet, QUICK)
    assert outcome(run) is Outcome.ACCEPTED
    assert NewsIgnored("label removed") in w.store.journal(RunId("r1"))


@pytest.mark.parametrize("now", [[ticket(labels=())], [ticket(state_type="canceled")], []])
def test_a_withdrawal_that_the_tracker_confirms_cancels(now: list[Ticket]) -> None:
    w = world(tickets=now)
    lease = w.open()
    address(w, TicketWithdrawn(REF.id, "label removed", by_state=True))
    drive(lease, w.ports(), w.fleet, QUICK)
    assert CancelRequested("label removed", by_state=True) in w.store.journal(RunId("r1"))


@pytest.mark.parametrize(("merged", "how"), [(True, "merged"), (False, "closed")])
def test_a_run_whose_pull_request_ended_is_cancelled(*, merged: bool, how: str) -> None:
    w = world()
    lease = w.open()
    address(w, PullRequestEnded(SLUG, PullRequestEnd(7, "https://pr/7", "agent/x", merged, 1.0)))
    run = drive(lease, w.ports(), w.fleet, QUICK)
    assert reason(run) == f"its pull request https://pr/7 was {how}"


def test_news_of_what_is_going_on_already_changes_nothing() -> None:
    w = world()
    lease = w.open()
    address(w, TicketReady(REF))
    assert outcome(drive(lease, w.ports(), w.fleet, QUICK)) is Outcome.ACCEPTED


def test_a_sandbox_that_vanished_without_news_is_tried_again_later() -> None:
    w, store = noting()
    w.sandboxes.fault = SandboxGone("removed")
    assert driven(w).closed is None
    ((_, note, failed),) = store.given_back
    assert (note, failed, state(w)) == ("removed", True, "queued")


def test_a_sandbox_that_vanished_with_the_lease_ends_the_drive() -> None:
    def taken(_: PlaySandbox) -> NoReturn:
        w.store.postpone(lease, 0, "taken", failed=False)
        w.claim()
        raise SandboxGone("removed")

    w = world([taken])
    lease = w.open()
    with pytest.raises(LeaseLost):
        drive(lease, w.ports(), w.fleet, QUICK)
    assert state(w) == "running"


def test_a_failing_step_is_tried_again_and_ends_the_run_after_its_last_attempt() -> None:
    w = world()
    w.sandboxes.fault = NO_DOCKER
    assert driven(w).closed is None
    assert state(w) == "queued"
    run = again(w)
    assert outcome(run) is Outcome.FAILED
    told = "gave up after 2 attempts: the Docker daemon does not answer"
    assert told in w.tracker.comments(REF.id)["r1:end"]


def test_a_step_that_succeeds_at_last_starts_the_count_anew() -> None:
    w = world()
    w.sandboxes.fault = NO_DOCKER
    driven(w)

    def then_docker_goes(sandbox: PlaySandbox) -> AgentSession:
        w.sandboxes.fault = NO_DOCKER
        return writes("square")(sandbox)

    w.sandboxes.fault = None
    w.agent.acts[:] = [then_docker_goes]
    assert again(w).closed is None
    w.sandboxes.fault = None
    assert outcome(again(w)) is Outcome.ACCEPTED


def test_a_step_that_kills_its_worker_is_not_tried_once_more_than_allowed() -> None:
    w = world()
    w.open()
    w.clock.sleep(61)
    w.claim()
    w.clock.sleep(61)
    run = drive(w.claim(), w.ports(), w.fleet, QUICK)
    assert outcome(run) is Outcome.FAILED
    assert "its worker died at this step each time" in reason(run)
    assert run.plan is None


class AwayCodeHost(MemoryCodeHost):
    """Nothing can be published."""

    def publish(self, *_: object, **__: object) -> NoReturn:
        raise Unavailable("GitHub is down")


def test_accepted_work_is_not_given_up_because_workers_die_while_they_deliver_it() -> None:
    """Seen in a long storm: a pull request was open, and its ticket told that all had failed."""
    w = world()
    there, w.code_host = w.code_host, AwayCodeHost({SLUG: "main"})
    driven(w)
    for _ in range(2 * QUICK.max_attempts):
        w.clock.sleep(2 * loop.LONGEST_DELAY_SECONDS)
        w.claim()
    w.code_host = there
    assert outcome(again(w)) is Outcome.ACCEPTED


def test_a_step_that_killed_its_worker_once_is_tried_again() -> None:
    w = world()
    w.open()
    w.clock.sleep(61)
    assert outcome(drive(w.claim(), w.ports(), w.fleet, QUICK)) is Outcome.ACCEPTED


def test_a_run_ends_even_if_nobody_can_be_told() -> None:
    w = world()
    w.tracker = DeafTracker([ticket()])
    w.sandboxes.fault = NO_DOCKER
    driven(w)
    run = again(w)
    assert outcome(run) is Outcome.FAILED
    assert reason(run) == f"gave up after 2 attempts: {NO_DOCKER} (nobody was told)"
    assert state(w) == "closed"


def test_a_cancelled_run_ends_as_cancelled_even_if_nobody_can_be_told() -> None:
    w = world()
    w.tracker = DeafTracker([ticket()])
    lease = w.open()
    withdraw(w)
    assert drive(lease, w.ports(), w.fleet, QUICK).closed is None
    run = again(w)
    assert run.closed == RunClosed(Outcome.CANCELLED, "label removed (nobody was told)")


def test_a_ticket_that_is_gone_does_not_keep_the_run_open() -> None:
    def deleted(sandbox: PlaySandbox) -> AgentSession:
        w.tracker.remove(REF.id)
        return writes("square")(sandbox)

    w = world([deleted])
    run = driven(w)
    assert outcome(run) is Outcome.FAILED
    assert "in closing" in reason(run)


@pytest.mark.parametrize("stop", [SystemExit(0), KeyboardInterrupt()])
def test_stopping_the_worker_gives_the_run_back_at_once(stop: BaseException) -> None:
    def interrupted(_: PlaySandbox) -> NoReturn:
        raise stop

    w, store = noting()
    acts = list(w.agent.acts)
    w.agent.acts[:] = [interrupted]
    with pytest.raises(type(stop)):
        driven(w)
    assert store.given_back == [(0, "the worker was stopped", False)]
    w.agent.acts[:] = acts
    assert outcome(drive(w.claim(), w.ports(), w.fleet, QUICK)) is Outcome.ACCEPTED
