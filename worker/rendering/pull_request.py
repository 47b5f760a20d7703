"""The pull request: for a reviewer with one minute, with the transcript folded underneath."""

from collections import Counter
from dataclasses import dataclass

from worker.domain.budget import Spend
from worker.domain.ledger import Failure
from worker.domain.plan import Tier
from worker.domain.pull_request import PullRequestText
from worker.domain.run import Run
from worker.domain.test_results import TestOutcome
from worker.domain.verdict import CriterionJudgement, Status
from worker.rendering import transcript
from worker.rendering.templates import fill
from worker.rendering.text import head

BODY_LIMIT = 65_536
"""GitHub's limit for a pull request's body, in characters."""

OUTPUT_LIMIT = 3_000
REFUSALS = 20
FAILURES = 25
TRANSCRIPT_LIMITS = (20_000, 6_000, 2_000, 500, 0)
"""Characters of each text in the folded transcript, tried until the whole body fits."""

MARKS = {Status.MET: "✅", Status.NOT_MET: "❌", Status.UNKNOWN: "❔"}


@dataclass(frozen=True, slots=True)
class Rung:
    """One line of the table of what the work took."""

    tier: Tier
    rounds: int
    spend: Spend


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of acceptance criteria."""

    number: int
    text: str
    status: str
    mark: str
    quotation: str
    note: str


def render(
    run: Run, draft_because: str | None, transcript_url: str | None, labels: tuple[str, ...] = ()
) -> PullRequestText:
    """The title from the story, and a body that fits the code host whatever the run printed."""
    ticket = run.require_ticket()
    key = f"{run.ref.identifier}{' (rerun)' if run.repeats else ''}"
    title = head(f"{key}: {' '.join(ticket.title.split())}", 250).split("\n")[0]
    top = fill(
        "pull_request",
        run=run,
        draft_because=draft_because,
        transcript_url=transcript_url,
        rows=rows(run),
        output_limit=OUTPUT_LIMIT,
        refusals=_refusals(run),
        tests=_tests(run),
        failures=_failures(run)[:FAILURES],
        more_failures=max(0, len(run.ledger.failures) - FAILURES),
        rungs=_rungs(run),
        lost=sum((one.spend for one in run.lost), Spend()),
    )
    return PullRequestText(title, _fitted(top, run), labels)


def _failures(run: Run) -> list[Failure]:
    """What is wrong still first; the rest in the order in which it was found."""
    followed = run.ledger
    mended = [failure for failure in followed.failures if not failure.unresolved]
    return [*followed.unresolved, *mended]


def _rungs(run: Run) -> list[Rung]:
    """The tiers that worked, with what each took."""
    tiers = run.require_plan().tiers
    worked = [sum(one.tier == n for one in run.rounds) for n in range(run.tier + 1)]
    return [Rung(tiers[n], rounds, run.spend_of(n)) for n, rounds in enumerate(worked)]


def _tests(run: Run) -> str:
    """How many tests ended how, in a sentence; empty where the runner could not be read."""
    evidence = run.last.evidence if run.last else None
    if evidence is None or not evidence.report.results:
        return ""
    counts = Counter(result.outcome for result in evidence.report.results)
    listed = ", ".join(f"{counts[outcome]} {outcome}" for outcome in TestOutcome if counts[outcome])
    return f"Tests ({evidence.report.runner}): {listed}."


def _refusals(run: Run) -> list[str]:
    """Of all rounds, each once, in order."""
    every = (refusal for r in run.rounds for refusal in r.report.session.refusals)
    return list(dict.fromkeys(every))[:REFUSALS]


def rows(run: Run) -> list[Row]:
    """Each acceptance criterion with what the newest verdict says of it; unknown if nothing."""
    last = run.last
    verdict = last.verdict if last else None
    said = {c.number: c for c in verdict.criteria} if verdict else {}
    found = [
        (c, said.get(c.number, CriterionJudgement(c.number, Status.UNKNOWN, note="not judged")))
        for c in run.require_plan().criteria
    ]
    return [
        Row(c.number, c.text, j.status.value, MARKS[j.status], j.quotation, j.note)
        for c, j in found
    ]


def _fitted(top: str, run: Run) -> str:
    for limit in TRANSCRIPT_LIMITS:
        body = top + "\n" + _folded(run, limit)
        if len(body) <= BODY_LIMIT:
            return body
    return head(top, BODY_LIMIT - 200)


def _folded(run: Run, limit: int) -> str:
    sections = [
        f"<details>\n<summary>Round {r.number}: "
        f"{r.verdict.decision if r.verdict else 'not judged'}</summary>\n\n"
        f"{transcript.round_section(r, limit)}\n</details>\n"
        for r in run.rounds
    ]
    return "## Transcript\n\n" + "\n".join(sections)
