"""The read model behind ``fleet runs`` and ``fleet show``."""

from collections.abc import Sequence

from worker.domain.lease import RunId
from worker.domain.run import Run
from worker.domain.summary import RunSummary
from worker.ports import RunStore
from worker.rendering.lines import line


def runs(store: RunStore, limit: int = 50) -> Sequence[RunSummary]:
    """The newest runs first."""
    return store.runs(limit)


def history(store: RunStore, run_id: RunId) -> list[str]:
    """A line for each event of a run; empty for a run that does not exist."""
    journal = list(store.journal(run_id))
    return [line(Run.from_journal(journal[: n + 1]), journal[n]) for n in range(len(journal))]


def run(store: RunStore, run_id: RunId) -> Run | None:
    """The run as its journal tells it, or None where there is none."""
    journal = store.journal(run_id)
    return Run.from_journal(journal) if journal else None
