"""What a model is asked about a run that ended badly, and the pull request with its rule."""

from collections.abc import Sequence

from worker.domain.pull_request import PullRequestText
from worker.domain.rule import Fact, Rule
from worker.domain.run import Run
from worker.rendering.templates import fill
from worker.rendering.text import head

FACT_CHARACTERS = 500
OUTPUT_CHARACTERS = 8_000
DIFF_CHARACTERS = 40_000
RULES_CHARACTERS = 12_000
ROUNDS = 20
BODY_LIMIT = 60_000


def instructions(refused: str) -> str:
    """What the model is to do; ``refused`` says what was wrong with its last answer, if any."""
    return fill("rule_instructions", refused=refused)


def evidence(run: Run, facts: Sequence[Fact], path: str, present: str) -> str:
    """What the journal tells, each part marked so that nothing in it can end the mark; ``present``
    is the text of the rules file at ``path``.
    """
    ticket = run.ticket
    story = f"{ticket.title}\n\n{ticket.description}" if ticket else "(it was never read)"
    return fill(
        "rule_evidence",
        run=run,
        story=story,
        facts="\n".join(f"{f.number}. {_short(f.text)}" for f in facts),
        rounds=run.rounds[-ROUNDS:],
        path=path,
        present=present,
        output_limit=OUTPUT_CHARACTERS,
        diff_limit=DIFF_CHARACTERS,
        rules_limit=RULES_CHARACTERS,
    )


def pull_request(
    run: Run, rule: Rule, path: str, model: str, labels: tuple[str, ...]
) -> PullRequestText:
    """For the person who decides."""
    body = fill("rule_pull_request", run=run, rule=rule, path=path, model=model)
    return PullRequestText(f"Rule from {run.ref.identifier}", head(body, BODY_LIMIT), labels)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= FACT_CHARACTERS else line[: FACT_CHARACTERS - 1] + "…"
