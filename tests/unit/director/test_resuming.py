"""A worker may die at any event: another one resumes from the journal to the very same end."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from integrations.memory.run_store import MemoryRunStore
from tests.unit.director.doubles import (
    LEASE_SECONDS,
    SLUG,
    PlaySandbox,
    StillClock,
    World,
    does_nothing,
    world,
    writes,
)
from tests.unit.director.driving import ALL_MET, UNREADABLE, driven, outcome, outside, withdraw
from worker.director.loop import Driving, drive
from worker.domain.budget import Spend
from worker.domain.errors import SandboxGone
from worker.domain.events import Outcome, RunEvent
from worker.domain.lease import ClaimLimits, Lease, RunId
from worker.domain.run import Run
from worker.domain.signals import InboxItem
from worker.domain.transcript import AgentSession

TIRELESS = Driving(heartbeat_seconds=60, lease_seconds=LEASE_SECONDS, max_attempts=1000)
LONGEST_JOURNAL = 20


def cancelled() -> World:
    def taken_back(_: PlaySandbox) -> NoReturn:
        withdraw(w)
        raise SandboxGone("removed")

    w = world([writes("wrong"), taken_back])
    return w


def over_budget() -> World:
    def expensive(sandbox: PlaySandbox) -> AgentSession:
        sandbox.write("calc.py", "wrong")
        return AgentSession("wrote calc.py", spend=Spend(60, 60))

    files = {".storyfleet.toml": 'execution_command = "make test"\n[budget]\nmax_tokens = 200\n'}
    return world([expensive], files=files)


STORIES: dict[str, tuple[Callable[[], World], Outcome, int]] = {
    "accepted in the first round": (world, Outcome.ACCEPTED, 1),
    "revised, then accepted": (
        lambda: world([writes("wrong"), writes("square")]),
        Outcome.ACCEPTED,
        2,
    ),
    "misread, then accepted by the judge": (
        lambda: world([writes("square")], [UNREADABLE, ALL_MET] * 99, evaluator="judge"),
        Outcome.ACCEPTED,
        1,
    ),
    "given up with a draft": (lambda: world([writes("wrong")]), Outcome.GAVE_UP, 3),
    "given up with nothing": (lambda: world([does_nothing]), Outcome.GAVE_UP, 3),
    "over budget": (over_budget, Outcome.OVER_BUDGET, 2),
    "cancelled in the second round": (cancelled, Outcome.CANCELLED, 1),
    "questions": (lambda: world(files={"README.md": "x"}), Outcome.QUESTIONS, 0),
    "failed": (lambda: world(tickets=[]), Outcome.FAILED, 0),
}
PULL_REQUESTS = {
    "accepted in the first round": [False],
    "revised, then accepted": [False],
    "misread, then accepted by the judge": [False],
    "given up with a draft": [True],
    "over budget": [True],
}
"""Whether each pull request is a draft; other stories have none."""

stories = pytest.mark.parametrize("story", STORIES)


class Killed(BaseException):
    """What a worker that is killed does: nothing more."""


class DeadlyStore(MemoryRunStore):
    """Kills its worker at some of its appends: just before the event is durable, or just after."""

    def __init__(self, clock: StillClock, deaths: Iterable[tuple[int, bool]]) -> None:
        super().__init__(LEASE_SECONDS, clock.monotonic)
        self.deaths = frozenset(deaths)
        """Which append, and whether the event is durable."""
        self.appends = 0

    def append(self, lease: Lease, event: RunEvent, consumes: InboxItem | None = None) -> None:
        self.appends += 1
        if (self.appends, False) in self.deaths:
            raise Killed
        super().append(lease, event, consumes)
        if (self.appends, True) in self.deaths:
            raise Killed


def undisturbed(story: str) -> World:
    w = STORIES[story][0]()
    driven(w)
    return w


def killed_at(story: str, deaths: Iterable[tuple[int, bool]]) -> World:
    """The world after as many workers as it takes."""
    w = STORIES[story][0]()
    w.store = DeadlyStore(w.clock, deaths)
    lease: Lease | None = w.open()
    while lease is not None:
        with suppress(Killed):
            drive(lease, w.ports(), w.fleet, TIRELESS)
        w.clock.sleep(LEASE_SECONDS + 1)
        lease = w.store.claim_next("another", ClaimLimits())
    return w


@stories
def test_undisturbed_it_ends_as_it_should(story: str) -> None:
    w = undisturbed(story)
    _, expected, rounds = STORIES[story]
    run = w.journal()
    assert (outcome(run), len(run.rounds)) == (expected, rounds)
    assert [pull.draft for pull in w.code_host.pulls(SLUG)] == PULL_REQUESTS.get(story, [])


@stories
@pytest.mark.parametrize("durable", [False, True], ids=["before", "after"])
def test_a_death_at_any_event_leads_to_the_same_end(story: str, *, durable: bool) -> None:
    whole = undisturbed(story)
    journal = whole.store.journal(RunId("r1"))
    for append in range(1, len(journal)):
        w = killed_at(story, [(append, durable)])
        assert w.journal() == whole.journal(), append
        assert outside(w) == outside(whole), append


@stories
def test_every_cut_of_the_journal_resumes_to_the_same_end(story: str) -> None:
    """On another machine: the journal and the commits are all that is left of the fleet's own."""
    whole = undisturbed(story)
    journal = list(whole.store.journal(RunId("r1")))
    for cut in range(1, len(journal)):
        w = STORIES[story][0]()
        w.repositories.commits.update(whole.repositories.commits)
        lease = w.open()
        for event in journal[1:cut]:
            w.store.append(lease, event)
        run = drive(lease, w.ports(), w.fleet, TIRELESS)
        assert run == whole.journal() == Run.from_journal(journal), cut
        published = any(type(event).__name__ == "PullRequestPublished" for event in journal[:cut])
        expected = [] if published else PULL_REQUESTS.get(story, [])
        assert [pull.draft for pull in w.code_host.pulls(SLUG)] == expected, cut


@given(
    story=st.sampled_from(list(STORIES)),
    deaths=st.sets(st.tuples(st.integers(1, LONGEST_JOURNAL), st.booleans()), max_size=12),
)
@hypothesis_settings(max_examples=40, deadline=None)
def test_any_number_of_deaths_leads_to_the_same_end(
    story: str, deaths: set[tuple[int, bool]]
) -> None:
    whole, w = undisturbed(story), killed_at(story, deaths)
    assert w.journal() == whole.journal()
    assert outside(w) == outside(whole)
