"""The gate ``outcomes``: of what code says it can answer, everything can come."""

from collections.abc import Iterator, Sequence

from worker.domain.evidence import Finding
from worker.domain.protection import is_test
from worker.gates.change import Change, ReadFile
from worker.ports import Syntax

GATE = "outcomes"
_FILES = 2_000
"""Of a larger repository the first are read, and the changed ones."""


def findings(change: Change, files: Sequence[str], syntax: Syntax) -> Iterator[Finding]:
    """``files`` are all of the commit's. For sets that changed files declare: a member that nothing
    produces now, and that was either produced before or is new.
    """
    declaring = [path for path in change.code if syntax.outcomes(path, {path: _text(change, path)})]
    if not declaring:
        return
    now = _sources(change.head, [*change.code, *files], syntax)
    before = _sources(change.base, [*change.code, *files], syntax)
    for path in declaring:
        known = {member for found in syntax.outcomes(path, before) for member in found.unproduced}
        for found in syntax.outcomes(path, now):
            for member in found.unproduced:
                if member not in known:
                    text = (
                        f"`{found.name}` declares `{member}`, but nothing ever produces it. Make"
                        " the case reachable and test it, or take the outcome out."
                    )
                    yield Finding(GATE, f"{path}:{found.line}", text, member)


def _text(change: Change, path: str) -> str:
    return change.head(path) or ""


def _sources(read: ReadFile, files: Sequence[str], syntax: Syntax) -> dict[str, str]:
    known = [p for p in dict.fromkeys(files) if syntax.language(p) and not is_test(p)]
    return {path: text for path in known[:_FILES] if (text := read(path)) is not None}
