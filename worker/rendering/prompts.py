"""Prompts for the coding agent and the judge, built from scratch for each round."""

from collections.abc import Sequence
from typing import Any

from worker.domain.mode import Phase
from worker.domain.round import Round
from worker.domain.run import Run
from worker.rendering.templates import fill

FILES_NAMED = 200
OPEN_NAMED = 30
MENDED_NAMED = 10
MENDED_ROUNDS = 2
"""How long what was mended stays in mind, unless it has come back before."""


def round_prompt(run: Run, files: Sequence[str]) -> str:
    """The next round's instructions: the story, the criteria, what is open and what must not come
    back; never the history, so that it does not grow with the rounds.
    """
    return fill(
        "round",
        run=run,
        red=run.phase is Phase.RED,
        taken_over=_taken_over(run),
        files=files[:FILES_NAMED],
        more_files=max(0, len(files) - FILES_NAMED),
        **_feedback(run),
    )


def resumed_prompt(run: Run) -> str:
    """The next round's instructions for an agent that remembers the round before: the feedback
    alone.
    """
    return fill("round_resumed", number=len(run.rounds) + 1, **_feedback(run))


def _feedback(run: Run) -> dict[str, Any]:
    """What the round before came to, and what the ledger says now."""
    stretch, followed = run.stretch, run.ledger
    last = stretch[-1] if stretch else None
    wrong = followed.unresolved
    mended = followed.kept_in_mind(len(run.rounds) + 1 - MENDED_ROUNDS)
    return {
        "plan": run.plan,
        "last": last,
        "open": wrong[:OPEN_NAMED],
        "more_open": max(0, len(wrong) - OPEN_NAMED),
        "mended": mended[-MENDED_NAMED:],
        "claimed": claimed_otherwise(last) if last else "",
    }


def _taken_over(run: Run) -> str:
    """For the first round of a higher tier: who was stuck, and how; else empty."""
    before = run.rounds[-1] if run.rounds else None
    if run.stretch or before is None or before.tier == run.tier:
        return ""
    model = f" with `{before.report.model}`" if before.report.model else ""
    rounds = sum(one.tier == before.tier for one in run.rounds)
    return f"`{before.report.agent}`{model} worked on it for {rounds} round(s): {run.raised}."


def claimed_otherwise(last: Round) -> str:
    """What the agent's own last run of the execution command ended with, where the clean room's
    ended otherwise; empty where they agree or it ran none.
    """
    evidence = last.evidence
    if evidence is None or evidence.failure_wanted:
        return ""
    own = [
        action.exit_code
        for action in last.report.session.actions
        if action.exit_code is not None and evidence.command in action.text
    ]
    if not own or (own[-1] == 0) == evidence.passed:
        return ""
    return f"exited {own[-1]}"


def brief(run: Run) -> str:
    """The story and the last feedback alone, for models that get lost in more."""
    return fill("brief", run=run, last=run.last)


def judge_instructions(phase: Phase) -> str:
    """What the judge is and how it answers; the same for every run in that phase."""
    return fill("judge_instructions", red=phase is Phase.RED)


def judge_evidence(run: Run) -> str:
    """The evidence of the newest round, each part marked so that nothing in it can end the mark."""
    ticket, plan = run.require_ticket(), run.require_plan()
    criteria = "\n".join(f"{c.number}. {c.text}" for c in plan.criteria)
    story = f"{ticket.title}\n\n{ticket.description}"
    return fill("judge_evidence", run=run, story=story, criteria=criteria)
