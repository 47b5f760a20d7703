"""One progress comment, edited after each verdict; a comment that fails changes nothing."""

from integrations.memory.tracker import MemoryTracker
from tests.unit import builders as b
from tests.unit.builders import REF
from worker.director.progress import ProgressComment
from worker.domain.errors import FleetError, TicketUnavailable
from worker.domain.events import RunEvent
from worker.domain.run import Run


def told(tracker: MemoryTracker, *events: RunEvent) -> list[FleetError]:
    """Let the observer see every event of a run; what it missed."""
    missed: list[FleetError] = []
    observer = ProgressComment(tracker, lambda _, fault: missed.append(fault))
    journal = [b.opened(), *events]
    for count, event in enumerate(journal, 1):
        observer.saw(Run.from_journal(journal[:count]), event)
    return missed


def test_it_is_one_comment_that_holds_every_round() -> None:
    tracker = MemoryTracker([b.ticket()])
    assert told(tracker, *b.started(), *b.revised_round(), *b.accepted_round("c2")) == []
    ((key, body),) = tracker.comments(REF.id).items()
    assert key == "eng-1-abc:progress"
    assert "| 1 | exit 1 | revise |" in body
    assert "| 2 | exit 0 | accept |" in body


def test_before_the_first_verdict_there_is_none() -> None:
    tracker = MemoryTracker([b.ticket()])
    assert told(tracker, *b.started(), *b.accepted_round()[:2]) == []
    assert tracker.comments(REF.id) == {}


def test_a_comment_that_cannot_be_written_is_told_and_goes_no_further() -> None:
    (fault,) = told(MemoryTracker(), *b.started(), *b.accepted_round())
    assert isinstance(fault, TicketUnavailable)
