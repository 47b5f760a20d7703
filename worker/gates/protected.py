"""The gate ``protected paths``: what the work is measured by is as it is on the base."""

from collections.abc import Iterator, Sequence

from worker.domain.evidence import Finding

GATE = "protected paths"
_NAMED = 30


def findings(restored: Sequence[str]) -> Iterator[Finding]:
    """One for each path that was changed, of very many the first."""
    for path in restored[:_NAMED]:
        yield Finding(
            GATE,
            path,
            "This path is protected: existing tests, CI, rules and the settings of test runners may"
            " only be changed where the story names the path. It was checked as it is on the base."
            " Put it back (if it is new: remove it).",
        )
    if len(restored) > _NAMED:
        yield Finding(GATE, f"{len(restored) - _NAMED} more paths", "These are protected too.")
