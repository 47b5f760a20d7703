"""The director, from an opened run to its end, over memory adapters."""

from dataclasses import replace
from typing import NoReturn

import pytest

from tests.unit.builders import REF, ticket
from tests.unit.director.doubles import (
    SLUG,
    PlaySandbox,
    does_nothing,
    world,
    writes,
)
from tests.unit.director.driving import ALL_MET, QUICK, UNREADABLE, driven, outcome
from worker.director import steps
from worker.director.loop import drive
from worker.director.performing import perform
from worker.domain.errors import AgentFailed, FleetError, HandOverRefused, JudgeUnavailable
from worker.domain.events import Outcome, RunEvent, TierRaised
from worker.domain.lease import RunId
from worker.domain.question import JudgeAnswer
from worker.domain.run import Run
from worker.domain.transcript import AgentSession
from worker.domain.verdict import CriterionJudgement, Decision, Judgement, Status


def test_green_at_once_is_one_round_and_a_pull_request() -> None:
    w = world()
    run = driven(w)
    assert outcome(run) is Outcome.ACCEPTED
    (pull,) = w.code_host.pulls(SLUG)
    assert (pull.branch, pull.base, pull.draft) == ("agent/ENG-1-square-numbers", "main", False)
    assert pull.text.labels == ("storyfleet",)
    assert w.repositories.branch_files(SLUG, pull.branch) is not None
    assert sorted(key.partition(":")[2] for key in w.tracker.comments(REF.id)) == [
        "end",
        "progress",
        "start",
    ]
    assert [a.subtitle for a in w.tracker.attachments(REF.id)] == ["ready for review"]
    assert [s.purpose for s in w.sandboxes.opened] == ["agent", "execution"]
    assert w.repositories.forgotten == [RunId("r1")]
    assert w.tracker.ticket(REF.id).state_type == "started"


def test_observers_see_every_event_and_the_run_comes_back_as_its_journal_tells_it() -> None:
    w = world([writes("nothing"), writes("square")])
    lease = w.open()
    run = drive(lease, w.ports(), w.fleet, QUICK)
    assert w.seen.events == list(w.store.journal(lease.run_id))[1:]
    assert run == w.journal()


def test_observers_are_told_only_of_what_is_durable() -> None:
    class Durable:
        def saw(self, run: Run, event: RunEvent) -> None:
            assert w.store.journal(run.id)[-1] == event
            assert w.journal() == run

    w = world([writes("nothing"), writes("square")])
    lease = w.open()
    ports = replace(w.ports(), observers=(Durable(), w.seen))
    assert outcome(drive(lease, ports, w.fleet, QUICK)) is Outcome.ACCEPTED
    assert w.seen.events


def test_red_then_green_feeds_the_output_back() -> None:
    w = world([writes("nothing"), writes("square")])
    run = driven(w)
    assert outcome(run) is Outcome.ACCEPTED
    assert len(run.rounds) == 2
    assert "1 failed" in run.rounds[1].report.prompt
    assert run.rounds[1].report.commit != run.rounds[0].report.commit


def test_each_round_starts_from_the_last_ones_commit() -> None:
    w = world([writes("nothing", "one.py"), writes("nothing", "two.py"), writes("square")])
    run = driven(w)
    assert outcome(run) is Outcome.ACCEPTED
    assert run.require_round().report.diff.files == ("calc.py", "one.py", "two.py")
    assert [task.round_number for task in w.agent.tasks] == [1, 2, 3]


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
    assert [a.subtitle for a in w.tracker.attachments(REF.id)] == ["draft: out of rounds"]


def test_a_judge_that_quotes_what_is_not_there_ends_as_a_draft() -> None:
    lie = tuple(replace(c, quotation="all 99 tests passed") for c in ALL_MET.criteria)
    w = world([writes("square")], [Judgement(lie, "")] * 3, evaluator="judge")
    run = driven(w)
    assert outcome(run) is Outcome.GAVE_UP
    assert [pull.draft for pull in w.code_host.pulls(SLUG)] == [True]


def test_an_unreadable_verdict_is_asked_once_more() -> None:
    w = world([writes("square")], [UNREADABLE, ALL_MET], evaluator="judge")
    run = driven(w)
    assert outcome(run) is Outcome.ACCEPTED
    assert len(w.judge.questions) == 2
    assert run.spend.tokens == 21


@pytest.mark.parametrize(
    ("answers", "asked"),
    [([UNREADABLE] * 6, 6), ([JudgeUnavailable("timed out")] * 3, 3)],
    ids=["garbage", "silence"],
)
def test_no_readable_verdict_is_never_an_acceptance(
    answers: list[JudgeAnswer | Judgement | FleetError], asked: int
) -> None:
    w = world([writes("square")], answers, evaluator="judge")
    run = driven(w)
    assert outcome(run) is Outcome.GAVE_UP
    assert {r.verdict.decision for r in run.rounds if r.verdict} == {Decision.UNCLEAR}
    assert len(w.judge.questions) == asked


def test_an_agent_that_changes_nothing_costs_no_evidence_and_no_pull_request() -> None:
    w = world([does_nothing])
    run = driven(w)
    assert outcome(run) is Outcome.GAVE_UP
    assert w.code_host.pulls(SLUG) == []
    assert {s.purpose for s in w.sandboxes.opened} == {"agent"}
    assert len(w.agent.tasks) == 3


def test_a_failed_session_is_a_round_whose_failure_is_fed_back() -> None:
    def fails(_: PlaySandbox) -> NoReturn:
        raise AgentFailed("the model refused")

    w = world([fails, writes("square")])
    run = driven(w)
    assert outcome(run) is Outcome.ACCEPTED
    assert "the model refused" in run.rounds[1].report.prompt


def test_a_failure_with_work_is_told_to_the_agent_besides_the_judges_words() -> None:
    def breaks_off(sandbox: PlaySandbox) -> AgentSession:
        return replace(writes("square")(sandbox), failure="it broke off")

    failing = Judgement((CriterionJudgement(1, Status.NOT_MET),), "Do more.")
    w = world([breaks_off, writes("square")], [failing, ALL_MET], evaluator="judge")
    run = driven(w)
    assert "it broke off\n\nDo more." in run.rounds[1].report.prompt


def test_a_failure_whose_work_is_accepted_after_all_asks_for_nothing() -> None:
    def breaks_off(sandbox: PlaySandbox) -> AgentSession:
        return replace(writes("square")(sandbox), failure="it broke off")

    run = driven(world([breaks_off], [ALL_MET], evaluator="judge"))
    verdict = run.require_round().verdict
    assert outcome(run) is Outcome.ACCEPTED
    assert verdict is not None
    assert verdict.feedback == ""


def test_refused_work_is_thrown_away_and_counts_as_a_round() -> None:
    def hostile(sandbox: PlaySandbox) -> AgentSession:
        sandbox.refusal = HandOverRefused("a symlink leads outside")
        return writes("square")(sandbox)

    w = world([hostile, writes("square")])
    run = driven(w)
    assert outcome(run) is Outcome.ACCEPTED
    assert run.rounds[0].report.diff.empty
    assert "a symlink leads outside" in run.rounds[1].report.prompt


def test_secrets_never_reach_the_journal() -> None:
    w = world([writes("square hunter2")])
    run = driven(w, lambda text: text.replace("hunter2", "[redacted]"))
    assert "hunter2" not in repr(run)
    assert "hunter2" not in repr(w.journal())
    assert "hunter2" not in repr(w.seen.events)
    assert "[redacted]" in run.rounds[0].report.diff.text


def test_waiting_is_never_performed() -> None:
    w = world(tickets=[ticket()])
    run = driven(w)
    with pytest.raises(ValueError, match="not performed"):
        perform(steps.Wait("x"), run, w.ports(), w.fleet, world().open())


def test_a_stalled_tier_gives_way_to_the_next_and_the_journal_says_why() -> None:
    files = {
        ".storyfleet.toml": 'execution_command = "make test"\nmax_iterations = 4\n'
        '[[ladder]]\ncoder_model = "openai:large"\n'
    }
    w = world([*[writes("nothing")] * 3, writes("square")], files=files)
    run = driven(w)
    assert outcome(run) is Outcome.ACCEPTED
    assert [one.report.model for one in run.rounds] == ["openai:coder"] * 3 + ["openai:large"]
    raised = [event for event in w.store.journal(run.id) if isinstance(event, TierRaised)]
    assert raised == [TierRaised(1, "stalled: 3 rounds that ended with the same change")]
    assert "`native` with `openai:coder`" in run.rounds[3].report.prompt
