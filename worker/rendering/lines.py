"""One line per event, for a person who watches a run."""

from typing import assert_never

from worker.domain import events as ev
from worker.domain.mode import Phase
from worker.domain.run import Run
from worker.domain.transcript import AgentReport
from worker.domain.verdict import Status, Verdict
from worker.rendering.text import duration, money, one_line


def line(run: Run, event: ev.RunEvent) -> str:
    """What happened, in one line; ``run`` is as it is after ``event``."""
    match event:
        case ev.RunOpened():
            again = f", a rerun of {event.repeats.run}" if event.repeats else ""
            return f"run {event.run_id} opened for {event.ticket.identifier}{again}"
        case ev.StoryExamined():
            return _examined(event)
        case ev.WorkStarted():
            return "work started; the ticket was told"
        case ev.AgentReported(report):
            return f"{_round(run)}: {_reported(report)}"
        case ev.SessionLost(_, _, spend):
            return f"a session was lost; it had cost {spend.tokens} tokens, {money(spend)}"
        case ev.ExecutionFinished(evidence):
            how = evidence.breach or f"exit {evidence.exit_code}"
            took = duration(evidence.seconds)
            return f"{_round(run)}: `{_short(evidence.command)}`: {how} after {took}"
        case ev.RoundJudged(verdict):
            return f"{_round(run)}: {_judged(verdict)}"
        case ev.TierRaised(_, reason):
            return f"{_short(reason)}; {_tier(run)} goes on"
        case ev.PullRequestPublished(pull_request):
            kind = "draft pull request" if pull_request.draft else "pull request"
            return f"{kind}: {pull_request.url} (branch {event.branch})"
        case ev.CancelRequested(reason) | ev.NewsIgnored(reason) | ev.RunFailed(reason):
            return f"{_WORDS[type(event)]}: {_short(reason)}"
        case ev.RunBlocked(by):
            return f"blocked by {', '.join(by)}; waiting"
        case ev.RunUnblocked():
            return "nothing blocks the ticket any more"
        case ev.RunReopened():
            return "taken up again"
        case ev.RunClosed(outcome, reason):
            spend = run.spend
            took = f"{len(run.rounds)} round(s), {spend.tokens} tokens, {money(spend)}"
            return f"closed: {outcome} ({_short(reason)}); {took}"
        case _:
            assert_never(event)


_WORDS = {
    ev.CancelRequested: "cancelled",
    ev.NewsIgnored: "not so any more",
    ev.RunFailed: "failed",
}


def _examined(event: ev.StoryExamined) -> str:
    if event.plan is None:
        return "examined; a question first: " + _short(" ".join(event.questions))
    plan = event.plan
    return (
        f"examined: {len(plan.criteria)} criteria, `{_short(plan.execution_command)}`, "
        f"agent {plan.agent}, model {plan.coder_model or 'none'}, evaluator {plan.evaluator}"
    )


def _reported(report: AgentReport) -> str:
    change, session = report.diff, report.session
    did = f"{len(change.files)} file(s), +{change.insertions} -{change.deletions}"
    failure = f"; {_short(session.failure)}" if session.failure else ""
    return f"{report.agent} changed {did}, {session.spend.tokens} tokens{failure}"


def _judged(verdict: Verdict) -> str:
    met = sum(c.status is Status.MET for c in verdict.criteria)
    feedback = f": {_short(verdict.feedback)}" if verdict.feedback else ""
    shown = "" if verdict.evaluator == "command" else f" ({met}/{len(verdict.criteria)} met)"
    return f"verdict {verdict.decision}{shown} by {verdict.evaluator}{feedback}"


def _tier(run: Run) -> str:
    tier = run.require_tier()
    return f"{tier.agent} with {tier.coder_model or 'no model'}"


def _round(run: Run) -> str:
    red = run.last is not None and run.last.phase is Phase.RED
    return f"round {len(run.rounds)}" + (" (tests first)" if red else "")


def _short(text: str, limit: int = 160) -> str:
    return one_line(text, limit)
