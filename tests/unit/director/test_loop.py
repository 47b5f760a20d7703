"""The director, from an opened run to its end, over memory adapters."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.unit.builders import CRITERIA, REF, ticket
from tests.unit.director.doubles import (
    SLUG,
    World,
    does_nothing,
    world,
    writes,
)
from worker.director import loop, steps
from worker.director.loop import Driving, drive
from worker.domain.budget import Spend
from worker.domain.errors import (
    AgentFailed,
    FleetError,
    HandOverRefused,
    JudgeUnavailable,
    LeaseLost,
    RateLimited,
    SandboxGone,
    Unavailable,
)
from worker.domain.events import Outcome, RunClosed
from worker.domain.lease import ClaimLimits, RunId
from worker.domain.run import Run
from worker.domain.signals import Delivery, TicketWithdrawn
from worker.domain.verdict import CriterionJudgement, Decision, Judgement, Status
from worker.ports import JudgeAnswer, Sandbox

QUICK = Driving(heartbeat_seconds=60, lease_seconds=60, max_attempts=2)
ALL_MET = Judgement(
    tuple(CriterionJudgement(c.number, Status.MET, "2 passed") for c in CRITERIA), ""
)


def driven(w: World, redact: Callable[[str], str] = str) -> Run:
    return drive(w.open(), w.ports(redact), w.fleet, QUICK)


def outcome(run: Run) -> Outcome | None:
    return run.closed.outcome if run.closed else None


def test_green_at_once_is_one_round_and_a_pull_request() -> None:
    w = world()
    run = driven(w)
    assert outcome(run) is Outcome.ACCEPTED
    (pull,) = w.code_host.pulls(SLUG)
    assert (pull.branch, pull.base, pull.draft) == ("agent/ENG-1-square-numbers", "main", False)
    assert pull.text.labels == ("storyfleet",)
    assert w.repositories.branch_files(SLUG, pull.branch) is not None
    assert sorted(key.partition(":")[2] for key in w.tracker.comments(REF.id)) == ["end", "start"]
    assert [s.purpose for s in w.sandboxes.opened] == ["agent", "execution"]
    assert w.repositories.forgotten == [RunId("r1")]
    assert [type(e).__name__ for e in w.seen.events][-1] == "RunClosed"


def test_red_then_green_feeds_the_output_back() -> None:
    w = world([writes("nothing"), writes("square")])
    run = driven(w)
    assert outcome(run) is Outcome.ACCEPTED
    assert len(run.rounds) == 2
    assert "1 failed" in run.rounds[1].report.prompt
    assert run.rounds[1].report.commit != run.rounds[0].report.commit


def test_the_judge_is_asked_and_its_cost_counts() -> None:
    w = world([writes("square")], [ALL_MET], evaluator="judge")
    run = driven(w)
    assert outcome(run) is Outcome.ACCEPTED
    assert run.spend.tokens == 11
    (question,) = w.judge.questions
    assert question.model == "openai:judge"
    assert "2 passed" in question.evidence


def test_a_red_command_with_an_accepting_judge_ends_as_a_draft() -> None:
    w = world([writes("wrong")], [ALL_MET] * 3, evaluator="judge")
    run = driven(w)
    assert outcome(run) is Outcome.GAVE_UP
    assert [pull.draft for pull in w.code_host.pulls(SLUG)] == [True]


UNREADABLE = JudgeAnswer(None, Spend(5, 5), "not JSON")


def test_an_unreadable_verdict_is_asked_once_more() -> None:
    w = world([writes("square")], [UNREADABLE, ALL_MET], evaluator="judge")
    run = driven(w)
    assert outcome(run) is Outcome.ACCEPTED
    assert len(w.judge.questions) == 2
    assert run.spend.tokens == 21


@pytest.mark.parametrize(
    "answers", [[UNREADABLE] * 6, [JudgeUnavailable("timed out")] * 3], ids=["garbage", "silence"]
)
def test_no_readable_verdict_is_never_an_acceptance(
    answers: list[JudgeAnswer | Judgement | FleetError],
) -> None:
    w = world([writes("square")], answers, evaluator="judge")
    run = driven(w)
    assert outcome(run) is Outcome.GAVE_UP
    assert {r.verdict.decision for r in run.rounds if r.verdict} == {Decision.UNCLEAR}


def test_an_agent_that_changes_nothing_costs_no_evidence_and_no_pull_request() -> None:
    w = world([does_nothing])
    run = driven(w)
    assert outcome(run) is Outcome.GAVE_UP
    assert w.code_host.pulls(SLUG) == []
    assert {s.purpose for s in w.sandboxes.opened} == {"agent"}


def test_a_failed_session_is_a_round_whose_failure_is_fed_back() -> None:
    def fails(_: Sandbox) -> None:
        raise AgentFailed("the model refused")

    w = world([fails, writes("square")])  # type: ignore[list-item]
    run = driven(w)
    assert outcome(run) is Outcome.ACCEPTED
    assert "the model refused" in run.rounds[1].report.prompt


def test_a_failure_with_work_is_told_to_the_agent_besides_the_judges_words() -> None:
    failing = Judgement((CriterionJudgement(1, Status.NOT_MET),), "Do more.")
    w = world([writes("square")], [failing, ALL_MET], evaluator="judge")
    original = w.agent.acts[0]

    def breaks_off(sandbox: Sandbox) -> object:
        return replace(original(sandbox), failure="it broke off")

    w.agent.acts[:] = [breaks_off, original]
    run = driven(w)
    assert "it broke off\n\nDo more." in run.rounds[1].report.prompt


def test_refused_work_is_thrown_away_and_counts_as_a_round() -> None:
    def hostile(sandbox: Sandbox) -> object:
        sandbox.refusal = HandOverRefused("a symlink leads outside")
        return writes("square")(sandbox)

    w = world([hostile, writes("square")])  # type: ignore[list-item]
    run = driven(w)
    assert outcome(run) is Outcome.ACCEPTED
    assert run.rounds[0].report.diff.empty
    assert "a symlink leads outside" in run.rounds[1].report.prompt


def test_secrets_never_reach_the_journal() -> None:
    w = world([writes("square hunter2")])
    run = driven(w, lambda text: text.replace("hunter2", "[redacted]"))
    assert "hunter2" not in repr(run)
    assert "[redacted]" in run.rounds[0].report.diff.text


@pytest.mark.parametrize(
    ("tickets", "reason"),
    [
        ([ticket(state_type="canceled")], "the ticket is canceled"),
        ([ticket(labels=("bug",))], "the label `agent` is not on the ticket any more"),
    ],
)
def test_a_ticket_that_is_not_wanted_any_more_is_cancelled_before_any_work(
    tickets: list[object], reason: str
) -> None:
    w = world(tickets=tickets)  # type: ignore[arg-type]
    run = driven(w)
    assert run.closed == RunClosed(Outcome.CANCELLED, reason)
    assert w.sandboxes.opened == []


@pytest.mark.parametrize(
    ("files", "asked"),
    [({"README.md": "x"}, "How does"), ({".storyfleet.toml": "prompt = 3"}, "`prompt`")],
)
def test_questions_close_the_run_and_start_nothing(files: dict[str, str], asked: str) -> None:
    w = world(files=files)
    run = driven(w)
    assert outcome(run) is Outcome.QUESTIONS
    assert asked in w.tracker.comments(REF.id)["r1:end"]
    assert not run.started


def test_an_empty_story_is_asked_about() -> None:
    w = world(tickets=[ticket(title="", description=" ")])
    assert "what is to be done" in (driven(w).closed or RunClosed(Outcome.FAILED, "")).reason


def test_a_derived_execution_command_is_told_as_an_assumption() -> None:
    w = world(files={"Makefile": "test:\n\ttrue\n", ".storyfleet.toml": "max_iterations = 1"})
    run = driven(w)
    assert any("`make test`" in line for line in run.require_plan().assumptions)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ('execution_command = "x"\nagent = "ghost"', "There is no agent `ghost`"),
    ],
)
def test_a_wrong_setting_fails_the_run_with_its_remedy(settings: str, reason: str) -> None:
    run = driven(world(files={".storyfleet.toml": settings}))
    assert outcome(run) is Outcome.FAILED
    assert reason in (run.closed or RunClosed(Outcome.FAILED, "")).reason


def test_a_ticket_without_a_repository_is_told_what_to_do() -> None:
    w = world()
    run = drive(w.open(None), w.ports(), w.fleet, QUICK)
    assert "No repository is set" in w.tracker.comments(REF.id)["r1:end"]
    assert outcome(run) is Outcome.FAILED


def test_a_repository_that_left_the_allowlist_is_not_worked_on() -> None:
    w = world()
    run = drive(w.open("acme/other"), w.ports(), w.fleet, QUICK)
    assert "allowlist" in (run.closed or RunClosed(Outcome.FAILED, "")).reason


def withdraw(w: World) -> None:
    w.store.receive(
        Delivery("linear", "d-9", "withdrawn", TicketWithdrawn(REF.id, "label removed"))
    )
    (item,) = w.store.inbox()
    w.store.address(item, REF.id)


def test_news_between_steps_cancels_the_run() -> None:
    w = world()
    lease = w.open()
    withdraw(w)
    run = drive(lease, w.ports(), w.fleet, QUICK)
    assert run.closed == RunClosed(Outcome.CANCELLED, "label removed")
    assert "Cancelled" in w.tracker.comments(REF.id)["r1:end"]


def test_news_that_stops_the_sandbox_cancels_the_run() -> None:
    w = world()

    def stopped(_: Sandbox) -> None:
        withdraw(w)
        raise SandboxGone("removed")

    w.agent.acts[:] = [stopped]
    assert outcome(driven(w)) is Outcome.CANCELLED


def test_a_sandbox_that_vanished_without_news_is_tried_again_later() -> None:
    w = world()
    w.sandboxes.fault = SandboxGone("removed")
    run = driven(w)
    assert run.closed is None
    (row,) = w.store.runs()
    assert (row.state, row.note) == ("queued", "removed")


def test_infrastructure_failures_end_after_the_last_attempt() -> None:
    w = world()
    w.sandboxes.fault = Unavailable("the Docker daemon does not answer")
    lease = w.open()
    object.__setattr__(lease, "attempt", 2)
    run = drive(lease, w.ports(), w.fleet, QUICK)
    assert outcome(run) is Outcome.FAILED
    assert "gave up after 2 attempts" in w.tracker.comments(REF.id)["r1:end"]


def test_a_run_ends_even_if_nobody_can_be_told() -> None:
    w = world()
    lease = w.open()
    object.__setattr__(lease, "attempt", 2)
    ports = w.ports()
    w.repositories.failure = Unavailable("git is down")

    class Deaf:
        def __getattr__(self, name: str) -> object:
            if name == "ticket":
                return w.tracker.ticket
            raise Unavailable("Linear is down")

    run = drive(lease, replace(ports, tracker=Deaf()), w.fleet, QUICK)  # type: ignore[arg-type]
    assert outcome(run) is Outcome.FAILED
    assert "nobody was told" in (run.closed or RunClosed(Outcome.FAILED, "")).reason


def test_a_rate_limit_postpones_without_counting_an_attempt() -> None:
    w = world()
    w.sandboxes.fault = RateLimited("slow down", 7)
    driven(w)
    (row,) = w.store.runs()
    assert (row.state, row.note) == ("queued", "slow down")


def test_a_failing_last_step_waits_for_no_step() -> None:
    w = world()
    run = driven(w)
    with pytest.raises(ValueError, match="not performed"):
        loop.perform(steps.Wait("x"), run, w.ports(), w.fleet, world().open())


def test_a_ticket_that_is_gone_does_not_keep_the_run_open() -> None:
    w = world()

    def deleted(sandbox: Sandbox) -> object:
        w.tracker.remove(REF.id)
        return writes("square")(sandbox)

    w.agent.acts[:] = [deleted]
    run = driven(w)
    assert run.closed is not None
    assert "in closing" in run.closed.reason


def test_stopping_the_worker_gives_the_run_back_at_once() -> None:
    w = world()

    def interrupted(_: Sandbox) -> None:
        raise SystemExit(0)

    w.agent.acts[:] = [interrupted, writes("square")]
    with pytest.raises(SystemExit):
        driven(w)
    run = drive(w.claim(), w.ports(), w.fleet, QUICK)
    assert outcome(run) is Outcome.ACCEPTED


def test_a_worker_that_lost_its_lease_changes_nothing_outside() -> None:
    w = world()
    lease = w.open()
    w.store.postpone(lease, 0, "taken", failed=False)
    newer = w.store.claim_next("w2", ClaimLimits())
    assert newer is not None
    with pytest.raises(LeaseLost):
        drive(lease, w.ports(), w.fleet, QUICK)
    assert w.tracker.comments(REF.id) == {}
    assert w.code_host.pulls(SLUG) == []


def test_every_cut_of_the_journal_resumes_to_the_same_end() -> None:
    whole = world([writes("nothing"), writes("square")])
    end = driven(whole)
    journal = list(whole.store.journal(RunId("r1")))
    for cut in range(1, len(journal)):
        w = world([writes("nothing"), writes("square")])
        w.repositories.commits.update(whole.repositories.commits)
        w.agent.tasks.extend(
            [None] * sum(type(e).__name__ == "AgentReported" for e in journal[:cut])
        )
        lease = w.open()
        for event in journal[1:cut]:
            w.store.append(lease, event)
        run = drive(lease, w.ports(), w.fleet, QUICK)
        assert outcome(run) is outcome(end), cut
        assert len(run.rounds) == len(end.rounds), cut
        published_before = any(type(e).__name__ == "PullRequestPublished" for e in journal[:cut])
        assert len(w.code_host.pulls(SLUG)) == (0 if published_before else 1), cut


def test_a_missing_ticket_fails_the_run() -> None:
    w = world(tickets=[])
    run = driven(w)
    assert outcome(run) is Outcome.FAILED
