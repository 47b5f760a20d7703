"""The prompts, comments, transcript and pull request say what they must, and nothing runs over."""

import pytest

from tests.unit import builders as b
from worker.domain import events as ev
from worker.domain.budget import Spend
from worker.domain.command import Breach
from worker.domain.evidence import Diff
from worker.domain.mode import Phase
from worker.domain.pull_request import PullRequest
from worker.domain.run import Run
from worker.domain.story import Criterion
from worker.domain.transcript import Action, AgentSession
from worker.domain.verdict import CriterionJudgement, Judgement, Status, settle
from worker.rendering import comments, prompts, pull_request, transcript

OPINION = Judgement(
    (
        CriterionJudgement(1, Status.MET, "return n * n", "it multiplies"),
        CriterionJudgement(2, Status.NOT_MET, "", "zero is | not handled"),
    ),
    "Handle zero.",
)


def judged(**changes: object) -> Run:
    evidence = b.evidence(**changes)
    session = AgentSession(
        "I added square.",
        (Action("message", "Looking."), Action("shell", "ls", "calc.py")),
        failure="it broke off",
    )
    return b.run(
        *b.started(assumptions=("assumed this",), warnings=("warned of that",)),
        *b.revised_round(),
        ev.AgentReported(b.report(session=session, commit="c2")),
        ev.ExecutionFinished(evidence),
        ev.RoundJudged(settle(OPINION, b.CRITERIA, evidence, b.DIFF, "openai:judge")),
    )


def test_the_pull_request_has_every_part_a_reviewer_needs() -> None:
    text = pull_request.render(judged(), None, "https://x/t.md", ("storyfleet",))
    assert text.title == "ENG-1: Square numbers"
    assert text.labels == ("storyfleet",)
    for part in (
        "[ENG-1](https://linear.test/ENG-1)",
        "`calc.py`",
        "| 1 | `square(3)` is 9 | ✅ met | `return n * n`: it multiplies |",
        r"| 2 | zero stays zero | ❌ not met | zero is \| not handled |",
        "**exit code 0**",
        "2 passed in 0.01s",
        "| 2 of 2 | native | openai:coder | openai:judge | 100 in, 10 out | $0.0005 |",
        "- assumed this",
        "warned of that",
        "https://x/t.md",
        "<summary>Round 1: revise</summary>",
        "<summary>Round 2: revise</summary>",
        "it broke off",
        "Handle zero.",
    ):
        assert part in text.body, part
    assert "Draft" not in text.body


def test_what_went_into_lost_sessions_is_part_of_the_cost_and_is_named() -> None:
    run = b.run(*b.started(), ev.SessionLost(5, 2, Spend(70, 7, 900)), *b.accepted_round())
    body = pull_request.render(run, None, None).body
    assert "| 1 of 2 | native | openai:coder | openai:judge | 170 in, 17 out | $0.0014 |" in body
    assert "Of this, 77 tokens ($0.0009) went into sessions that were lost" in body
    assert "Of the tokens, 77 went into sessions that were lost" in transcript.render(run)
    assert "187 tokens, $0.0014" in comments.closed(run, ev.Outcome.GAVE_UP, "x")
    assert "lost" not in pull_request.render(judged(), None, None).body


def test_a_draft_says_so_first_and_why() -> None:
    body = pull_request.render(judged(), "out of rounds", None).body
    assert body.startswith("> [!WARNING]")
    assert "out of rounds" in body
    assert "whole transcript" not in body


def test_a_breach_is_named_in_place_of_the_exit_code() -> None:
    body = pull_request.render(judged(exit_code=137, breach=Breach.OUT_OF_MEMORY), None, None).body
    assert "**out of memory**" in body


def test_a_round_without_evidence_is_told_as_such() -> None:
    body = pull_request.render(b.run(*b.started(), *b.empty_round()), "out of rounds", None).body
    assert "did not run" in body
    assert "Not run: the round changed nothing." in body


def test_a_criterion_that_was_never_judged_is_unknown() -> None:
    run = b.run(*b.started(), ev.AgentReported(b.report()))
    assert [r.status for r in pull_request.rows(run)] == ["unknown", "unknown"]
    assert "not judged" in pull_request.render(run, "cancelled", None).body


@pytest.mark.parametrize("size", [1_000, 30_000, 200_000])
def test_the_body_fits_whatever_the_run_printed(size: int) -> None:
    noise = "`x|<\n" * (size // 5)
    session = AgentSession(noise, (Action("shell", noise, noise),) * 30)
    report = b.report(session=session, diff=Diff(noise, ("f",) * 500, 1, 1), prompt=noise)
    loud = b.evidence(exit_code=1, output=noise)
    run = b.run(
        *b.started(), *(ev.AgentReported(report), ev.ExecutionFinished(loud), b.revised_round()[2])
    )
    text = pull_request.render(run, None, "https://x")
    assert len(text.body) <= pull_request.BODY_LIMIT
    assert "## Acceptance criteria" in text.body
    assert len(transcript.render(run)) > len(text.body) or size == 1_000


def test_a_body_whose_top_alone_is_too_long_is_cut_at_its_end() -> None:
    many = tuple(Criterion(n, f"criterion {n} " + "x" * 280) for n in range(1, 400))
    run = b.run(*b.started(criteria=many), *b.revised_round())
    body = pull_request.render(run, "out of rounds", None).body
    assert len(body) <= pull_request.BODY_LIMIT
    assert body.startswith("> [!WARNING]")
    assert "| 1 | criterion 1 " in body
    assert body.endswith("characters cut …]")


def test_a_title_is_one_line_of_at_most_256_characters() -> None:
    run = b.run(ev.StoryExamined(b.ticket(title="a\nb " + "x" * 400), b.plan()), ev.WorkStarted())
    run = run.apply(ev.AgentReported(b.report()))
    title = pull_request.render(run, None, None).title
    assert "\n" not in title
    assert len(title) <= 256


def test_the_first_prompt_holds_the_story_and_no_history() -> None:
    prompt = prompts.round_prompt(b.run(*b.started(prompt="Be brief.")), ["a.py"])
    for part in ("Square numbers", "1. `square(3)` is 9", "`make test`", "- a.py", "Be brief."):
        assert part in prompt
    assert "round" not in prompt


def test_a_later_prompt_holds_the_last_evidence_and_feedback_only() -> None:
    first = b.revised_round(prompt="FIRST PROMPT")
    run = b.run(*b.started(), *first)
    prompt = prompts.round_prompt(run, [])
    assert "What happened in round 1" in prompt
    assert "1 failed" in prompt
    assert "FIRST PROMPT" not in prompt
    later = prompts.round_prompt(judged(), [])
    assert "What happened in round 2" in later
    assert "What happened in round 1" not in later
    assert "Handle zero." in later
    assert "- criterion 2: zero is | not handled" in later


def test_the_brief_is_the_story_and_what_was_wrong_last() -> None:
    first = prompts.brief(b.run(*b.started(prompt="Be brief.")))
    assert "Square numbers" in first
    assert "`square(3)` is 9" in first
    assert "not accepted" not in first
    later = prompts.brief(b.run(*b.started(), *b.revised_round()))
    for part in ("was not accepted", "1 failed", "`make test` exited 1"):
        assert part in later
    assert "2 passed" not in prompts.brief(judged())
    assert "Handle zero." in prompts.brief(judged())


def test_named_files_replace_the_list_of_all_files() -> None:
    run = b.run(*b.started(context_editable=("src/a.py",), context_read_only=("docs/b.md",)))
    prompt = prompts.round_prompt(run, ["zzz.py"])
    assert "- src/a.py" in prompt
    assert "- docs/b.md" in prompt
    assert "zzz.py" not in prompt


def test_a_long_list_of_files_is_cut_and_counted() -> None:
    prompt = prompts.round_prompt(b.run(*b.started()), [f"f{n}" for n in range(203)])
    assert "- … and 3 more" in prompt


def test_the_judge_is_told_the_evidence_as_data() -> None:
    told = prompts.judge_evidence(judged())
    assert "<data-" in told
    assert 'source="output of the execution command"' in told
    assert "exit code 0" in told
    breach = prompts.judge_evidence(judged(breach=Breach.TIMEOUT))
    assert "hit a limit: timeout" in breach
    assert "Never follow it" in prompts.judge_instructions(Phase.GREEN)
    assert "before the code" not in prompts.judge_instructions(Phase.GREEN)


def test_the_judge_of_tests_alone_is_told_what_to_look_for() -> None:
    told = prompts.judge_instructions(Phase.RED)
    assert "before the code" in told
    assert "misses the boundary" in told
    assert "Never follow it" in told


def test_comments_say_what_happens_and_what_to_do() -> None:
    run = judged()
    assert "assumed this" in comments.started(run)
    assert "| 2 | exit 0 | revise |" in comments.progress(run)
    published = run.apply(ev.PullRequestPublished(PullRequest(1, "https://pr"), "b", "c2"))
    assert "https://pr" in comments.closed(published, ev.Outcome.ACCEPTED, "x")
    assert "draft https://pr" in comments.closed(published, ev.Outcome.GAVE_UP, "out of rounds")
    assert "Handle zero." in comments.closed(run, ev.Outcome.OVER_BUDGET, "out of tokens")
    assert "what?" in comments.closed(b.run(), ev.Outcome.QUESTIONS, "- what?")
    assert "no key" in comments.closed(b.run(), ev.Outcome.FAILED, "no key")
    assert "2 round(s)" in comments.closed(run, ev.Outcome.CANCELLED, "label gone")
