"""Keeps the ticket's progress comment up to date: one comment, edited in place, a few times."""

from collections.abc import Callable
from dataclasses import dataclass

from worker.domain.errors import FleetError
from worker.domain.events import RoundJudged, RunEvent
from worker.domain.run import Run
from worker.ports import Tracker
from worker.rendering import comments


@dataclass(frozen=True, slots=True)
class ProgressComment:
    """An Observer, on a fenced tracker.

    A comment that cannot be written is told to ``missed`` and changes nothing.
    """

    tracker: Tracker
    missed: Callable[[Run, FleetError], None]

    def saw(self, run: Run, event: RunEvent) -> None:
        """Edit the comment after each verdict."""
        if not isinstance(event, RoundJudged):
            return
        try:
            self.tracker.comment(run.ref.id, f"{run.id}:progress", comments.progress(run))
        except FleetError as fault:
            self.missed(run, fault)
