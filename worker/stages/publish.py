"""Push the branch, keep the whole transcript, and open the one pull request."""

from worker.domain.events import PullRequestPublished
from worker.domain.plan import Plan
from worker.domain.run import Run
from worker.ports import Checkout, CodeHost, Repositories, Tracker
from worker.rendering import pull_request, transcript

LABEL = "storyfleet"


def perform(
    run: Run,
    draft_because: str | None,
    repositories: Repositories,
    code_host: CodeHost,
    tracker: Tracker,
) -> PullRequestPublished:
    """Safe to repeat: the branch is fixed by the ticket and each effect is an upsert."""
    plan, ticket, repository = run.require_plan(), run.require_ticket(), run.repository or ""
    commit = run.require_round().report.commit
    with repositories.open(repository, run.id) as checkout:
        checkout.push(run.branch, commit)
        url = _keep_transcript(run, plan, checkout, code_host)
    text = pull_request.render(run, draft_because, url, labels=(LABEL,))
    # Of two that were accepted for one ticket, a person chooses: only the first asks to be merged.
    second = run.repeats is not None and run.repeats.accepted
    published = code_host.publish(
        repository, plan.base_branch, run.branch, text, draft=second or draft_because is not None
    )
    state = "draft: " + draft_because if draft_because else "ready for review"
    state = f"rerun of {run.repeats.run}, {state}" if run.repeats else state
    tracker.attach(ticket.ref.id, published.url, text.title, state)
    return PullRequestPublished(published, run.branch, commit, url)


def _keep_transcript(run: Run, plan: Plan, checkout: Checkout, code_host: CodeHost) -> str | None:
    if not plan.transcripts:
        return None
    path = f"{run.ref.identifier}/{run.id}.md"
    message = f"Transcript of {run.ref.identifier}, run {run.id}"
    checkout.add_file(plan.transcripts, path, transcript.render(run), message)
    return code_host.file_url(run.repository or "", plan.transcripts, path)
