"""The gate ``hidden faults``: nothing swallows errors, and nothing is made for one example."""

from collections.abc import Iterator

from worker.domain.evidence import Finding
from worker.gates.change import Change
from worker.ports import Syntax

GATE = "hidden faults"
_REMEDY = {
    "broad except": "catches everything, also what nobody thought of. Name the errors.",
    "swallowed error": "makes an error vanish. Handle it, let it through, or say so to the caller.",
    "hard-coded example": "holds the very examples of a test. Work out the result instead.",
    "unused parameter": "changes nothing. Use it, or take it out.",
    "one value": "is the same number in every test, so that nobody knows what it does.",
}


def findings(change: Change, syntax: Syntax) -> Iterator[Finding]:
    """In the lines that were added."""
    tests = {path: change.head(path) or "" for path in change.tests}
    for path in change.code:
        for smell in syntax.smells(path, change.head(path) or "", change.added(path), tests):
            remedy = _REMEDY.get(smell.kind, "hides faults.")
            text = f"`{smell.text}` {remedy} ({smell.kind})"
            yield Finding(GATE, f"{path}:{smell.line}", text, f"{smell.kind} {smell.text}")
