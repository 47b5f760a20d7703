"""What ``fleet runs`` and ``fleet show`` are told."""

from integrations.memory.run_store import MemoryRunStore
from tests.unit import builders as b
from worker import status
from worker.domain.events import Outcome, RunClosed
from worker.domain.lease import ClaimLimits, RunId

RUN = b.opened().run_id


def with_a_run() -> MemoryRunStore:
    store = MemoryRunStore()
    store.open_run(None, b.opened())
    lease = store.claim_next("w", ClaimLimits())
    assert lease is not None
    end = RunClosed(Outcome.ACCEPTED, "all green")
    for event in (*b.started(), *b.revised_round(), *b.accepted_round("c2"), end):
        store.append(lease, event)
    return store


def test_the_history_has_a_line_for_each_event_as_the_run_was_then() -> None:
    lines = status.history(with_a_run(), RUN)
    assert len(lines) == 10
    assert lines[0] == "run eng-1-abc opened for ENG-1"
    assert [text[:7] for text in lines[3:9]] == ["round 1"] * 3 + ["round 2"] * 3
    assert lines[-1].startswith("closed: accepted (all green); 2 round(s)")


def test_a_run_is_what_its_journal_tells() -> None:
    store = with_a_run()
    run = status.run(store, RUN)
    assert run is not None
    assert (run.id, len(run.rounds)) == (RUN, 2)
    ((row,), (again,)) = (status.runs(store), status.runs(store, 1))
    assert (row, row.outcome) == (again, Outcome.ACCEPTED)


def test_of_what_does_not_exist_there_is_nothing() -> None:
    store = MemoryRunStore()
    assert status.run(store, RunId("ghost")) is None
    assert status.history(store, RunId("ghost")) == []
    assert list(status.runs(store)) == []
