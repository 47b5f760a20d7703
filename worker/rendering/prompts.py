"""Prompts for the coding agent and the judge, built from scratch for each round."""

from collections.abc import Sequence

from worker.domain.run import Round, Run
from worker.domain.verdict import Status
from worker.rendering.templates import fill

FILES_NAMED = 200


def round_prompt(run: Run, files: Sequence[str]) -> str:
    """The next round's instructions: the story, the criteria, what is open; never the history."""
    last = run.last
    verdict = last.verdict if last else None
    unmet = [c for c in verdict.criteria if c.status is not Status.MET] if verdict else []
    judged = verdict is not None and verdict.evaluator != "command"
    return fill(
        "round",
        run=run,
        last=last,
        unmet=unmet if judged else [],
        claimed=claimed_otherwise(last) if last else "",
        files=files[:FILES_NAMED],
        more_files=max(0, len(files) - FILES_NAMED),
    )


def claimed_otherwise(last: Round) -> str:
    """What the agent's own last run of the execution command ended with, where the clean room's
    ended otherwise; empty where they agree or it ran none.
    """
    evidence = last.evidence
    if evidence is None:
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


def judge_instructions() -> str:
    """What the judge is and how it answers; the same for every run."""
    return fill("judge_instructions")


def judge_evidence(run: Run) -> str:
    """The evidence of the newest round, each part marked so that nothing in it can end the mark."""
    ticket, plan = run.require_ticket(), run.require_plan()
    criteria = "\n".join(f"{c.number}. {c.text}" for c in plan.criteria)
    story = f"{ticket.title}\n\n{ticket.description}"
    return fill("judge_evidence", run=run, story=story, criteria=criteria)
