"""End a run, loudly, once: one terminal comment with the reason and what to do."""

from worker.domain.errors import PermanentError
from worker.domain.events import Outcome, RunClosed
from worker.domain.run import Run
from worker.ports import Tracker
from worker.rendering import comments


def perform(run: Run, outcome: Outcome, reason: str, tracker: Tracker) -> RunClosed:
    """Write the terminal comment. A ticket that is gone keeps nothing open."""
    try:
        tracker.comment(run.ref.id, f"{run.id}:end", comments.closed(run, outcome, reason))
    except PermanentError as fault:
        return RunClosed(outcome, f"{reason} (and in closing: {fault})")
    return RunClosed(outcome, reason)
