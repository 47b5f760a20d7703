"""A worker that lost its lease changes nothing outside, whichever step it was about to take."""

from collections.abc import Sequence

import pytest

from integrations.memory.run_store import MemoryRunStore
from tests.unit.builders import REF
from tests.unit.director.doubles import LEASE_SECONDS, SLUG, PlaySandbox, World, world, writes
from tests.unit.director.driving import ALL_MET, QUICK, driven, outside
from worker.director.loop import drive
from worker.domain.errors import LeaseLost
from worker.domain.lease import ClaimLimits, Lease
from worker.domain.signals import InboxItem
from worker.domain.transcript import AgentSession


class StolenStore(MemoryRunStore):
    """Another worker takes the run just as the driver has looked for news and begins a step."""

    def __init__(self, w: World, step: int) -> None:
        super().__init__(LEASE_SECONDS, w.clock.monotonic)
        self.world, self.step = w, step
        self.looks = 0
        self.before: object = None

    def signals(self, lease: Lease) -> Sequence[InboxItem]:
        self.looks += 1
        news = super().signals(lease)
        if self.looks == self.step:
            self.postpone(lease, 0, "taken", failed=False)
            assert self.claim_next("thief", ClaimLimits()) is not None
            self.before = outside(self.world)
        return news


def revised_then_accepted() -> World:
    return world([writes("wrong"), writes("square")], [ALL_MET] * 2, evaluator="judge")


STEPS = 10
"""Examining and starting; agent, evidence and verdict in two rounds; publishing and closing."""


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_nothing_outside_changes_after_the_lease_is_lost(step: int) -> None:
    w = revised_then_accepted()
    w.store = store = StolenStore(w, step)
    lease = w.open()
    with pytest.raises(LeaseLost):
        drive(lease, w.ports(), w.fleet, QUICK)
    assert store.before is not None
    assert outside(w) == store.before
    assert len(w.store.journal(lease.run_id)) == step


def test_an_undisturbed_run_takes_that_many_steps() -> None:
    w = revised_then_accepted()
    w.store = store = StolenStore(w, 0)
    drive(w.open(), w.ports(), w.fleet, QUICK)
    assert store.looks == STEPS + 1
    assert len(w.code_host.pulls(SLUG)) == 1


def test_a_lease_lost_before_any_step_changes_nothing() -> None:
    w = world()
    lease = w.open()
    w.store.postpone(lease, 0, "taken", failed=False)
    w.claim()
    with pytest.raises(LeaseLost):
        drive(lease, w.ports(), w.fleet, QUICK)
    assert w.tracker.comments(REF.id) == {}
    assert w.code_host.pulls(SLUG) == []


def test_a_lease_lost_while_the_agent_works_keeps_none_of_its_work() -> None:
    def outlived(sandbox: PlaySandbox) -> AgentSession:
        w.clock.sleep(LEASE_SECONDS + 1)
        w.claim()
        return writes("square")(sandbox)

    w = world([outlived])
    commits = set(w.repositories.commits)
    with pytest.raises(LeaseLost):
        driven(w)
    assert list(w.tracker.comments(REF.id)) == ["r1:start"]
    assert w.journal().rounds == ()
    assert set(w.repositories.commits) == commits
