"""Drives a run: ask the policy, perform the step, make the event durable, repeat."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from worker.director import steps
from worker.director.fenced import fenced
from worker.director.heart import Heart
from worker.director.policy import next_step
from worker.director.redaction import redacted
from worker.domain.errors import (
    LeaseLost,
    PermanentError,
    RateLimited,
    RetryableError,
    SandboxGone,
    Unavailable,
)
from worker.domain.events import CancelRequested, Outcome, RunClosed, RunEvent, RunFailed
from worker.domain.fleet import Fleet
from worker.domain.lease import Lease
from worker.domain.run import Run
from worker.domain.signals import InboxItem, TicketWithdrawn
from worker.ports import Ports
from worker.stages import (
    close_run,
    examine_story,
    judge_round,
    publish,
    run_agent,
    run_execution_command,
    start_work,
)

FIRST_DELAY_SECONDS = 10.0
LONGEST_DELAY_SECONDS = 300.0
RATE_LIMIT_DELAY_SECONDS = 60.0
"""Where a provider names no time itself."""


@dataclass(frozen=True, slots=True)
class Driving:
    """How runs are driven."""

    heartbeat_seconds: float = 5.0
    lease_seconds: float = 30.0
    max_attempts: int = 5
    """Infrastructure failures in a row before the run is closed as failed."""


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
        return _Drive(lease, fenced(ports, heart.check), fleet, driving, heart).until_wait()


@dataclass(slots=True)
class _Drive:
    lease: Lease
    ports: Ports
    fleet: Fleet
    driving: Driving
    heart: Heart
    progressed: bool = False
    """Whether an event was recorded under this lease, so that earlier attempts count no more."""

    @property
    def attempt(self) -> int:
        """Attempts at the present step, this one included."""
        return 1 if self.progressed else self.lease.attempt

    def until_wait(self) -> Run:
        run = Run.from_journal(self.ports.store.journal(self.lease.run_id))
        try:
            if self.attempt > self.driving.max_attempts:
                return self._fail(run, Unavailable("its worker died at this step each time"))
            while not isinstance(step := next_step(run := self._news(run)), steps.Wait):
                run = self._advance(run, step)
        except RetryableError as fault:
            return self._postpone(run, fault)
        except (SystemExit, KeyboardInterrupt):
            self.ports.store.postpone(self.lease, 0, "the worker was stopped", failed=False)
            raise
        return run

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
        return self._record(run, event)

    def _news(self, run: Run) -> Run:
        for item in self.ports.store.signals(self.lease):
            if isinstance(item.signal, TicketWithdrawn):
                run = self._record(run, CancelRequested(item.signal.reason), item)
        return run

    def _record(self, run: Run, event: RunEvent, consumes: InboxItem | None = None) -> Run:
        event = redacted(event, self.ports.redact)
        self.ports.store.append(self.lease, event, consumes)
        self.progressed = True
        run = run.apply(event)
        for observer in self.ports.observers:
            observer.saw(run, event)
        return run

    def _postpone(self, run: Run, fault: RetryableError) -> Run:
        if isinstance(fault, RateLimited):
            delay = fault.retry_after_seconds or RATE_LIMIT_DELAY_SECONDS
            self.ports.store.postpone(self.lease, delay, str(fault), failed=False)
            return run
        if self.attempt < self.driving.max_attempts:
            delay = min(FIRST_DELAY_SECONDS * 2 ** (self.attempt - 1), LONGEST_DELAY_SECONDS)
            jittered = delay * random.uniform(0.8, 1.2)  # noqa: S311 - not a secret
            self.ports.store.postpone(self.lease, jittered, str(fault), failed=True)
            return run
        return self._fail(run, fault)

    def _fail(self, run: Run, fault: RetryableError) -> Run:
        """The last attempt failed too: end the run, even if nobody can be told."""
        reason = f"gave up after {self.attempt} attempts: {fault}"
        run = self._record(run, RunFailed(reason))
        try:
            return self._advance(run, next_step(run))
        except RetryableError:
            outcome = Outcome.FAILED if run.cancelled is None else Outcome.CANCELLED
            why = run.cancelled or reason
            return self._record(run, RunClosed(outcome, f"{why} (nobody was told)"))


def perform(step: steps.Step, run: Run, ports: Ports, fleet: Fleet, lease: Lease) -> RunEvent:
    """Do one step through the ports and return the event that says so."""
    match step:
        case steps.ExamineStory():
            return examine_story.perform(
                run, ports.tracker, ports.code_host, ports.repositories, fleet
            )
        case steps.StartWork():
            return start_work.perform(run, ports.tracker)
        case steps.RunAgent():
            return run_agent.perform(
                run, lease, ports.repositories, ports.sandboxes, ports.agents, ports.clock
            )
        case steps.RunExecutionCommand():
            return run_execution_command.perform(run, lease, ports.repositories, ports.sandboxes)
        case steps.JudgeRound():
            return judge_round.perform(run, ports.judge, ports.clock)
        case steps.Publish(draft_because):
            return publish.perform(
                run, draft_because, ports.repositories, ports.code_host, ports.tracker
            )
        case steps.Close(outcome, reason):
            return close_run.perform(run, outcome, reason, ports.tracker, ports.repositories)
        case steps.Wait():
            raise ValueError("waiting is not performed")
        case _:
            assert_never(step)


__all__ = ["Driving", "LeaseLost", "drive", "perform"]
