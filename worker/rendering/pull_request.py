"""The pull request: for a reviewer with one minute, with the transcript folded underneath."""

from dataclasses import dataclass

from worker.domain.pull_request import PullRequestText
from worker.domain.run import Run
from worker.domain.verdict import CriterionJudgement, Status
from worker.rendering import transcript
from worker.rendering.templates import fill
from worker.rendering.text import head

BODY_LIMIT = 65_536
"""GitHub's limit for a pull request's body, in characters."""

OUTPUT_LIMIT = 3_000
REFUSALS = 20
TRANSCRIPT_LIMITS = (20_000, 6_000, 2_000, 500, 0)
"""Characters of each text in the folded transcript, tried until the whole body fits."""

MARKS = {Status.MET: "✅", Status.NOT_MET: "❌", Status.UNKNOWN: "❔"}


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
    title = head(f"{run.ref.identifier}: {' '.join(ticket.title.split())}", 250).split("\n")[0]
    top = fill(
        "pull_request",
        run=run,
        draft_because=draft_because,
        transcript_url=transcript_url,
        rows=rows(run),
        output_limit=OUTPUT_LIMIT,
        refusals=_refusals(run),
    )
    return PullRequestText(title, _fitted(top, run), labels)


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
