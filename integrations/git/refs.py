"""The fleet's own refs on a remote, which no clone fetches by default: their names, and back."""

import re
from collections.abc import Iterable

from integrations.git.names import safe_name
from worker.domain.lease import RunId
from worker.domain.summary import Kept

EVERY_REF = "refs/storyfleet/*"

_RUNS = "refs/storyfleet/runs/"
_JOURNALS = "refs/storyfleet/journals/"
_RUN_ID = re.compile(r"[a-z0-9-]+")


def safety_ref(run_id: str, commit: str) -> str:
    """A ref per commit: two workers on one run can never push each other's commits away.

    ``*`` for the commit is the pattern of them all.
    """
    return f"{_RUNS}{safe_name(run_id)}/{commit}"


def journal_ref(run_id: str) -> str:
    """Where the run's journal is kept."""
    return f"{_JOURNALS}{safe_name(run_id)}"


def kept_by(refs: Iterable[str], directories: Iterable[str]) -> Kept:
    """Whose refs (full names) and directories (``safe_name`` of the run) these are.

    Names that are not the id itself are left out: they could not be turned back.
    """
    runs = {ref.removeprefix(_RUNS).split("/")[0] for ref in refs if ref.startswith(_RUNS)}
    journals = {ref.removeprefix(_JOURNALS) for ref in refs if ref.startswith(_JOURNALS)}
    return Kept(_ids(runs.union(directories)), _ids(journals))


def _ids(names: Iterable[str]) -> frozenset[RunId]:
    return frozenset(
        RunId(name) for name in names if _RUN_ID.fullmatch(name) and safe_name(name) == name
    )
