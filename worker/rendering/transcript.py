"""The transcript: what was asked, done, run and decided in each round, as Markdown."""

from worker.domain.round import Round
from worker.domain.run import Run
from worker.rendering.templates import fill

WHOLE = 200_000
"""Characters kept of one text in the transcript file: more than the journal holds of most."""


def render(run: Run) -> str:
    """The whole transcript, as a file of its own."""
    return fill(
        "transcript", run=run, sections=[round_section(r, WHOLE, titled=True) for r in run.rounds]
    )


def round_section(one: Round, limit: int, *, titled: bool = False) -> str:
    """One round; ``limit`` characters of each text, 0 for its verdict only."""
    verdict = one.verdict.decision.value if one.verdict else "not judged"
    return fill("transcript_round", round=one, verdict=verdict, limit=limit, titled=titled)
