"""What dead workers and closed runs have left goes; what anybody still needs stays."""

import time
from dataclasses import replace

from integrations.memory.repositories import MemoryRepositories
from integrations.memory.run_store import MemoryRunStore
from integrations.memory.sessions import MemorySessions
from tests.unit.builders import REF
from worker.domain.events import Outcome, RunClosed, RunOpened
from worker.domain.fleet import Fleet, FleetRepository
from worker.domain.lease import ClaimLimits, Lease, RunId
from worker.domain.sandbox import FoundSandbox
from worker.domain.summary import Kept
from worker.domain.task import SessionOwner
from worker.domain.ticket import TicketId
from worker.janitor import Grace, Removed, tidy_repositories, tidy_sandboxes, tidy_sessions

SLUG = "acme/app"
FLEET = Fleet((FleetRepository(SLUG),))
DAY = 86_400.0


class Machine:
    """Sandboxes that only exist."""

    def __init__(self, *found: FoundSandbox) -> None:
        self.there = list(found)

    def found(self) -> list[FoundSandbox]:
        return list(self.there)

    def stop(self, run_id: RunId, below_fence: int | None = None) -> int:
        assert below_fence is not None
        gone = [s for s in self.there if s.run_id == run_id and s.fence < below_fence]
        self.there = [s for s in self.there if s not in gone]
        return len(gone)


def running(store: MemoryRunStore, name: str) -> Lease:
    ref = replace(REF, id=TicketId(name))
    store.open_run(None, RunOpened(RunId(name), ref, SLUG))
    lease = store.claim_next("w", ClaimLimits())
    assert lease is not None
    return lease


def closed(store: MemoryRunStore, name: str, outcome: Outcome = Outcome.ACCEPTED) -> None:
    store.append(running(store, name), RunClosed(outcome, "x"))


def tidied(store: MemoryRunStore, *found: FoundSandbox) -> list[FoundSandbox]:
    machine = Machine(*found)
    removed = tidy_sandboxes(store, machine)  # type: ignore[arg-type]
    assert removed == Removed(sandboxes=len(found) - len(machine.there))
    return machine.there


def test_the_sandbox_of_a_held_lease_stays_and_older_ones_go() -> None:
    store = MemoryRunStore()
    lease = running(store, "a")
    own = FoundSandbox(lease.run_id, lease.token)
    older = FoundSandbox(lease.run_id, lease.token - 1)
    assert tidied(store, own, older) == [own]


def test_a_sandbox_of_a_run_that_nobody_drives_goes() -> None:
    store = MemoryRunStore()
    lease = running(store, "a")
    store.postpone(lease, 1000, "later", failed=False)
    closed(store, "b")
    assert tidied(store, FoundSandbox(lease.run_id, lease.token), FoundSandbox(RunId("b"), 2)) == []


def test_a_sandbox_of_a_run_that_the_database_does_not_know_goes() -> None:
    assert tidied(MemoryRunStore(), FoundSandbox(RunId("lost"), 77)) == []


def test_a_sandbox_opened_meanwhile_is_never_touched() -> None:
    """Its fence is higher than whatever was looked at before."""
    store = MemoryRunStore()
    lease = running(store, "a")
    store.postpone(lease, 0, "later", failed=False)

    class Racing(Machine):
        def stop(self, run_id: RunId, below_fence: int | None = None) -> int:
            again = store.claim_next("w2", ClaimLimits())
            assert again is not None
            self.there.append(FoundSandbox(run_id, again.token))
            return super().stop(run_id, below_fence)

    machine = Racing(FoundSandbox(lease.run_id, lease.token))
    tidy_sandboxes(store, machine)  # type: ignore[arg-type]
    assert [s.fence for s in machine.there] == [lease.token + 1]


def test_what_agents_remember_goes_with_the_end_of_their_runs() -> None:
    store, sessions = MemoryRunStore(), MemorySessions()
    assert tidy_sessions(store, sessions) == Removed()
    running(store, "working")
    closed(store, "done")
    for name in ("working", "done", "unknown"):
        sessions.keep(SessionOwner(RunId(name), 0, "codex"), b"x")
    assert tidy_sessions(store, sessions) == Removed(sessions=2)
    assert sessions.kept() == {"working"}


class Remembering(MemoryRepositories):
    """Says that some runs have left something."""

    def leave(self, *, runs: set[str] = frozenset(), journals: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        self.told = Kept(frozenset(map(RunId, runs)), frozenset(map(RunId, journals)))

    def kept(self, repository: str) -> Kept:
        assert repository == SLUG
        return self.told


def repositories(*names: str) -> Remembering:
    found = Remembering()
    found.create(SLUG, {"README.md": "x"})
    found.leave(runs=set(names), journals=set(names))
    for name in names:
        found.journals[(SLUG, RunId(name))] = "kept"
    return found


def gone(store: MemoryRunStore, found: Remembering, later: float) -> tuple[set[str], set[str]]:
    """Runs and journals that are removed when it is ``later`` seconds later."""
    grace = Grace(ended=60, failed=7 * DAY, journal=90 * DAY)
    tidy_repositories(store, found, FLEET, grace, time.time() + later)
    before = {str(r) for r in found.told.journals}
    return {str(r) for r in found.forgotten}, before - {str(r) for _, r in found.journals}


def test_what_closed_runs_left_goes_after_its_time() -> None:
    store = MemoryRunStore()
    closed(store, "done")
    closed(store, "failed", Outcome.FAILED)
    running(store, "working")
    names = ("done", "failed", "working", "another-fleets")
    assert gone(store, repositories(*names), 5) == (set(), set())
    assert gone(store, repositories(*names), 100) == ({"done"}, set())
    assert gone(store, repositories(*names), 8 * DAY) == ({"done", "failed"}, set())
    everything = {"done", "failed"}
    assert gone(store, repositories(*names), 91 * DAY) == (everything, everything)
