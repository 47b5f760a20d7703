"""What a fleet that lost its database is rebuilt from: journals, kept on the git remote."""

from collections.abc import Sequence

from worker.domain.errors import PermanentError
from worker.domain.events import (
    AgentReported,
    PullRequestPublished,
    RoundJudged,
    RunClosed,
    RunEvent,
    RunOpened,
    SessionLost,
)
from worker.domain.run import Run
from worker.journal import JournalUnreadable, decode_event, encode_event
from worker.ports import Repositories

KEPT_AT = (AgentReported, SessionLost, RoundJudged, PullRequestPublished, RunClosed)
"""Events that cost something to repeat; what lies between two of them is cheap."""


def kept(run: Run) -> bool:
    """Whether the run's journal is kept: not where nothing of it may be in the repository."""
    return run.plan is not None and bool(run.plan.transcripts)


def keep(run: Run, journal: Sequence[RunEvent], repositories: Repositories) -> None:
    """Keep the journal, which ends with an event that is about to be recorded.

    Raises FleetError.
    """
    if not kept(run) or not isinstance(journal[-1], KEPT_AT):
        return
    text = "".join(f"{encode_event(event)}\n" for event in journal)
    with repositories.open(run.repository or "", run.id) as checkout:
        checkout.keep_journal(text)


def tidy(run: Run, repositories: Repositories) -> None:
    """Remove what only an open run needs. Raises FleetError."""
    if run.plan is not None:
        with repositories.open(run.repository or "", run.id) as checkout:
            checkout.forget()


def recall(run: Run, repositories: Repositories) -> Sequence[RunEvent]:
    """What was kept of a run that the database knows nothing of, without its opening.

    Empty for a run that is really new, and where what was kept is not this run's. Raises
    RetryableError.
    """
    if run.repository is None:
        return ()
    try:
        with repositories.open(run.repository, run.id) as checkout:
            text = checkout.kept_journal()
    except PermanentError:
        # Examining the story meets the same fault, and tells the ticket.
        return ()
    return _events(run, text) if text else ()


def _events(run: Run, text: str) -> Sequence[RunEvent]:
    try:
        opened, *events = [decode_event(line) for line in text.splitlines() if line]
    except (JournalUnreadable, ValueError):
        return ()
    if not isinstance(opened, RunOpened) or opened.run_id != run.id:
        return ()
    # What was worked as a rerun is on a branch of its own.
    return events if opened.repeats == run.repeats else ()


def kept_opening(text: str) -> RunOpened | None:
    """How the run of a kept journal was opened; None where that cannot be read."""
    try:
        opened = decode_event(text.partition("\n")[0])
    except JournalUnreadable:
        return None
    return opened if isinstance(opened, RunOpened) else None
