"""The round's prompt holds what is open and what must not come back, never the history."""

from tests.unit import builders as b
from worker.domain import events as ev
from worker.domain.evidence import Finding
from worker.domain.mode import Mode
from worker.domain.plan import Tier
from worker.domain.verdict import by_command
from worker.rendering import prompts

GATES = ("rails",)
LARGE = Tier("codex", "openai:large")


def finding(name: str) -> Finding:
    return Finding(
        "rails", f"{name}.py:3", f"Only `lib/` may be changed, not {name}.", "directories"
    )


def gated(*names: str) -> tuple[ev.RunEvent, ...]:
    evidence = b.evidence(findings=tuple(map(finding, names)), gates=GATES)
    return (
        ev.AgentReported(b.report()),
        ev.ExecutionFinished(evidence),
        ev.RoundJudged(by_command(b.CRITERIA, evidence)),
    )


def prompt(*events: ev.RunEvent, **plan: object) -> str:
    return prompts.round_prompt(b.run(*b.started(**plan), *events), [])


def part(text: str, heading: str) -> str:
    return text.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def test_the_first_prompt_has_neither() -> None:
    told = prompt()
    assert "## Open" not in told
    assert "## Mended" not in told


def test_what_is_open_is_told_once_with_what_to_do() -> None:
    told = prompt(*gated("a"), *gated("a", "b"))
    assert part(told, "Open").count("- a.py:3: Only `lib/` may be changed, not a.") == 1
    assert "- b.py:3" in part(told, "Open")
    assert "## Mended" not in told


def test_what_came_back_is_told_first_and_as_that() -> None:
    told = part(prompt(*gated("a"), *gated("b"), *gated("b", "a")), "Open")
    assert "- **Came back (mended in round 2):** a.py:3" in told
    assert told.index("a.py:3") < told.index("b.py:3")


def test_what_was_mended_is_kept_in_mind_for_a_while() -> None:
    mended = prompt(*gated("a", "b"), *gated("b"))
    assert "- a.py:3" in part(mended, "Mended: keep it so")
    assert "- a.py:3" not in part(mended, "Open")
    later = prompt(*gated("a", "b"), *gated("b"), *gated("b"), *gated("b"))
    assert "## Mended" not in later


def test_of_very_many_the_first_are_told_and_how_many_more_there_are() -> None:
    told = part(prompt(*gated(*(f"f{n}" for n in range(40)))), "Open")
    assert told.count("\n- ") == prompts.OPEN_NAMED + 1
    assert "- … and 10 more" in told


def test_a_long_finding_is_cut() -> None:
    long = Finding("checks", "mypy", "x" * 5_000)
    evidence = b.evidence(findings=(long,))
    judged = ev.RoundJudged(by_command(b.CRITERIA, evidence))
    told = prompt(ev.AgentReported(b.report()), ev.ExecutionFinished(evidence), judged)
    assert len(part(told, "Open")) < 1_000


def test_the_prompt_does_not_grow_with_the_rounds() -> None:
    names = [f"f{n}" for n in range(30)]
    rounds = [gated(*names) for _ in range(10)]
    sizes = [len(prompt(*(e for one in rounds[:n] for e in one))) for n in range(1, 11)]
    assert max(sizes) - min(sizes) <= 1
    assert sizes[0] > 2_000


def test_a_higher_tier_is_told_what_was_tried_and_not_what_happened_in_the_round() -> None:
    raised = ev.TierRaised(1, "stalled: 3 rounds without progress")
    told = prompt(*gated("a"), *gated("a"), raised, ladder=(LARGE,))
    tried = part(told, "What was tried before you")
    assert "`native` with `openai:coder` worked on it for 2 round(s)" in tried
    assert "stalled: 3 rounds without progress" in tried
    assert "What happened in round" not in told
    assert "- a.py:3" in part(told, "Open")
    after = prompt(*gated("a"), raised, *gated("a"), ladder=(LARGE,))
    assert "What was tried" not in after
    assert "What happened in round 2" in after


def test_tests_come_first_where_that_is_the_mode() -> None:
    first = prompt(mode=Mode.TEST_FIRST)
    assert "**Write tests only, in this round.**" in first
    assert "must exit 0" not in first
    again = prompt(*b.red_round(findings=(finding("a"),)), mode=Mode.TEST_FIRST)
    assert "**Write tests only, in this round.**" in again
    assert "What happened in round 1" in again


def test_code_comes_when_the_tests_are_accepted_and_they_are_no_failure() -> None:
    told = prompt(*b.red_round(), mode=Mode.TEST_FIRST)
    assert "Write tests only" not in told
    assert "make them pass" in told
    assert "It was not accepted" not in told
    assert "## Open" not in told


def test_further_checks_are_named() -> None:
    assert "- `ruff check .`" in prompt(checks=("ruff check .",))


def test_an_agent_that_remembers_is_told_the_same_feedback_and_nothing_else() -> None:
    events = (*gated("a"), *gated("b"))
    whole = prompt(*events)
    told = prompts.resumed_prompt(b.run(*b.started(), *events))
    feedback = whole[whole.index("## What happened in round 2") :]
    assert told.endswith(feedback)
    assert "## Open" in feedback
    assert told.startswith("# The task goes on: round 3\n")
    assert "Acceptance criteria\n" not in told


def test_rules_that_runs_have_taught_are_repeated_in_each_round() -> None:
    told = prompt(*gated("a"), rules_file="AGENTS.md", rules=("Pin values.", "Name\nthe unit."))
    rules = part(told, "Rules of this repository")
    assert "They are in `AGENTS.md`" in rules
    assert "- Pin values.\n- Name the unit.\n" in rules
    assert "want of these" not in prompt(rules_file="AGENTS.md")
    assert "## Rules of this repository" not in prompt()
