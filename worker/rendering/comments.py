"""Comments on the ticket: one at the start, one edited in place, one at the end."""

from worker.domain.events import Outcome
from worker.domain.run import Run
from worker.domain.ticket import Ticket
from worker.rendering.templates import fill


def started(run: Run) -> str:
    """Work has begun: where, with what, and how it will be judged."""
    return fill("comment_started", run=run)


def blocked(ticket: Ticket) -> str:
    """Other tickets come first; the start's comment takes this one's place later."""
    return fill("comment_blocked", ticket=ticket)


def progress(run: Run) -> str:
    """The rounds so far."""
    return fill("comment_progress", run=run)


def closed(run: Run, outcome: Outcome, reason: str) -> str:
    """How it ended, why, and what a person can do now."""
    return fill("comment_closed", run=run, outcome=outcome.value, reason=reason)
