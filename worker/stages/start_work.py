"""Tell the ticket that work really starts: a started state and one comment."""

from worker.domain.events import WorkStarted
from worker.domain.run import Run
from worker.ports import Tracker
from worker.rendering import comments


def perform(run: Run, tracker: Tracker) -> WorkStarted:
    """Move the ticket to its first started state and write the start comment."""
    tracker.start(run.require_ticket())
    tracker.comment(run.ref.id, f"{run.id}:start", comments.started(run))
    return WorkStarted()
