"""Drives a run: ask the policy, perform the step, make the event durable, repeat."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from typing import assert_never

from worker.director import keeping, steps
from worker.director.fenced import fenced
from worker.director.heart import Heart
from worker.director.performing import perform
from worker.director.policy import next_step
from worker.director.progress import ProgressComment
from worker.director.recording import Missed, Recorder, told_to_nobody
from worker.domain.errors import (
    PermanentError,
    RateLimited,
    RetryableError,
    SandboxGone,
    TicketUnavailable,
    Unavailable,
)
from worker.domain.events import (
    CancelRequested,
    NewsIgnored,
    Outcome,
    RunClosed,
    RunEvent,
    RunFailed,
    RunUnblocked,
)
from worker.domain.fleet import Fleet
from worker.domain.lease import Lease
from worker.domain.lost_sessions import lost_sessions
from worker.domain.run import Run, nth_run_id
from worker.domain.signals import (
    Delivery,
    InboxItem,
    PullRequestEnded,
    TicketReady,
    TicketUnblocked,
    TicketWithdrawn,
)
from worker.domain.ticket import TicketId
from worker.ports import Ports

FIRST_DELAY_SECONDS = 10.0
LONGEST_DELAY_SECONDS = 300.0
RATE_LIMIT_DELAY_SECONDS = 60.0
"""Where a provider names no time itself."""
DELIVERY_PATIENCE = 4
"""How many times the usual number of attempts accepted work gets."""
STOPPED = "the worker was stopped"


def _never() -> bool:
    """Nobody asks to stop."""
    return False


@dataclass(frozen=True, slots=True)
class Driving:
    """How runs are driven."""

    heartbeat_seconds: float = 5.0
    lease_seconds: float = 30.0
    max_attempts: int = 5
    """Infrastructure failures in a row before the run is closed as failed."""
    draining: Callable[[], bool] = _never
    """Whether the worker is asked to stop: then a run is given back between two steps."""
    missed: Missed = told_to_nobody
    """Told where a journal could not be kept, a closed run's leftovers not removed, or the progress
    comment not be edited.
    """


def drive(
    lease: Lease,
    ports: Ports,
    fleet: Fleet,
    driving: Driving = Driving(),
    admit: Callable[[], object] = lambda: None,
) -> Run:
    """Advance a run until it has to wait or is given back. Safe to call again after a crash.

    ``admit`` is called with each heartbeat; it gives waiting signals to their runs. Raises
    LeaseLost where another worker took over; nothing outside was changed after that.
    """
    heart = Heart(
        lease,
        ports.store,
        ports.sandboxes,
        ports.clock,
        interval_seconds=driving.heartbeat_seconds,
        lease_seconds=driving.lease_seconds,
        admit=admit,
    )
    with heart:
        guarded = fenced(ports, heart.check)
        progress = ProgressComment(guarded.tracker, driving.missed)
        guarded = replace(guarded, observers=(*ports.observers, progress))
        recorder = Recorder(lease, guarded, driving.lease_seconds, driving.missed)
        return _Drive(lease, guarded, fleet, driving, heart, recorder).until_wait()


@dataclass(slots=True)
class _Drive:
    lease: Lease
    ports: Ports
    fleet: Fleet
    driving: Driving
    heart: Heart
    recorder: Recorder

    @property
    def attempt(self) -> int:
        """Attempts at the present step, this one included."""
        return 1 if self.recorder.progressed else self.lease.attempt

    def until_wait(self) -> Run:
        run = self.recorder.read()
        try:
            if self.attempt > self._most_attempts(run):
                return self._fail(run, Unavailable("its worker died at this step each time"))
            run = self._taken_over(run)
            while not isinstance(step := next_step(run := self._caught_up(run)), steps.Wait):
                if self.driving.draining():
                    self.ports.store.postpone(self.lease, 0, STOPPED, failed=False)
                    return run
                run = self._advance(run, step)
        except RetryableError as fault:
            return self._postpone(run, fault)
        except (SystemExit, KeyboardInterrupt):
            self.ports.store.postpone(self.lease, 0, STOPPED, failed=False)
            raise
        if not run.closed:
            self.ports.store.park(self.lease, step.reason)
        return run

    def _most_attempts(self, run: Run) -> int:
        """Work that is accepted is only to be delivered, which kills no worker by itself: giving it
        up could leave a pull request that nobody is told of.
        """
        return self.driving.max_attempts * (DELIVERY_PATIENCE if run.accepted else 1)

    def _taken_over(self, run: Run) -> Run:
        """Whatever the last owner left: its sandboxes, and what a lost database knew."""
        self.ports.sandboxes.stop(self.lease.run_id, below_fence=self.lease.token)
        run = self.recorder.recall(run)
        if run.closed:
            self._look_for_the_next(run)
        return run

    def _look_for_the_next(self, run: Run) -> None:
        """A ticket that had several runs is recalled one run at a time."""
        earlier = len(self.ports.store.runs_of(run.ref.id))
        following = nth_run_id(run.ref, earlier)
        with self.ports.repositories.open(run.repository or "", following) as checkout:
            text = checkout.kept_journal()
        if text is None:
            return
        opened = keeping.kept_opening(text)
        signal = TicketReady(run.ref, repeats=opened.repeats if opened else None)
        self.ports.store.receive(Delivery("recalled", following, "ready", signal))

    def _advance(self, run: Run, step: steps.Step) -> Run:
        try:
            event = perform(step, run, self.ports, self.fleet, self.lease)
        except SandboxGone:
            self.heart.check()
            if not self.ports.store.signals(self.lease):
                raise
            return run
        except PermanentError as fault:
            event = RunFailed(str(fault))
        return self.recorder.record(run, event)

    def _caught_up(self, run: Run) -> Run:
        """With the news, and with what sessions have cost that nobody reports."""
        run = self._news(run)
        return run if run.closed else self._reckoned(run)

    def _reckoned(self, run: Run) -> Run:
        noted = self.ports.store.noted_spend(run.id)
        return reduce(self.recorder.record, lost_sessions(run, noted), run)

    def _news(self, run: Run) -> Run:
        for item in self.ports.store.signals(self.lease):
            event = self._event(item)
            run = run if event is None else self.recorder.record(run, event, item)
        return run

    def _event(self, item: InboxItem) -> RunEvent | None:
        """What a signal means for a run under way; None where it means nothing."""
        signal = item.signal
        match signal:
            case TicketWithdrawn(ticket_id, reason, by_state):
                if by_state and self._wanted(ticket_id):
                    return NewsIgnored(reason)
                return CancelRequested(reason, by_state)
            case PullRequestEnded(_, end):
                how = "merged" if end.merged else "closed"
                return CancelRequested(f"its pull request {end.url} was {how}")
            case TicketUnblocked():
                return RunUnblocked()
            case TicketReady():
                return None
            case _:
                assert_never(signal)

    def _wanted(self, ticket_id: TicketId) -> bool:
        """Webhooks come late and in any order: what counts is what the tracker says now."""
        try:
            ticket = self.ports.tracker.ticket(ticket_id)
        except TicketUnavailable:
            return False
        return not ticket.closed and ticket.has_label(self.fleet.trigger_label)

    def _postpone(self, run: Run, fault: RetryableError) -> Run:
        if isinstance(fault, RateLimited):
            delay = fault.retry_after_seconds or RATE_LIMIT_DELAY_SECONDS
            self.ports.store.postpone(self.lease, delay, str(fault), failed=False)
            return run
        if self.attempt < self._most_attempts(run):
            delay = min(FIRST_DELAY_SECONDS * 2 ** (self.attempt - 1), LONGEST_DELAY_SECONDS)
            jittered = delay * random.uniform(0.8, 1.2)  # noqa: S311 - not a secret
            self.ports.store.postpone(self.lease, jittered, str(fault), failed=True)
            return run
        return self._fail(run, fault)

    def _fail(self, run: Run, fault: RetryableError) -> Run:
        """The last attempt failed too: end the run, even if nobody can be told."""
        reason = f"gave up after {self.attempt} attempts: {fault}"
        run = self.recorder.record(self._reckoned(run), RunFailed(reason))
        try:
            return self._advance(run, next_step(run))
        except RetryableError:
            outcome = Outcome.FAILED if run.cancelled is None else Outcome.CANCELLED
            why = run.cancelled or reason
            return self.recorder.record(run, RunClosed(outcome, f"{why} (nobody was told)"))
