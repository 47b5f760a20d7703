"""A tier that gets nowhere is noticed without asking a model."""

import pytest

from tests.unit import builders as b
from worker.domain.evidence import Diff, Finding
from worker.domain.round import Round
from worker.domain.stall import REPEATS, stalled
from worker.domain.transcript import Action, AgentSession
from worker.domain.verdict import by_command

A, B, C = (Finding("rails", f"{name}.py", "no", "directories") for name in "abc")
GATES = ("rails",)


def rounds(*found: tuple[Finding, ...], changes: str = "") -> list[Round]:
    """``changes`` names each round's diff by a letter; by default each is different."""
    made = []
    for number, findings in enumerate(found, 1):
        text = changes[number - 1] if changes else f"change {number}"
        evidence = b.evidence(findings=findings, gates=GATES)
        report = b.report(diff=Diff(text, ("calc.py",), 1, 0))
        made.append(Round(number, report, evidence, by_command(b.CRITERIA, evidence)))
    return made


def acting(*actions: Action) -> list[Round]:
    (one,) = rounds((A,))
    report = b.report(session=AgentSession("", actions))
    return [Round(1, report, one.evidence, one.verdict)]


def failing(text: str = "make", exit_code: int | None = 2) -> Action:
    return Action("shell", text, exit_code=exit_code)


def test_no_rounds_are_no_stall() -> None:
    assert stalled([], [], 3) is None


def test_the_same_findings_for_three_rounds_are() -> None:
    assert stalled(made := rounds((A,), (A,)), made, 3) is None
    assert (
        stalled(made := rounds((A,), (A,), (A,)), made, 3) == "stalled: 3 rounds without progress"
    )


def test_new_findings_are_no_progress_but_a_resolved_one_is() -> None:
    assert stalled(made := rounds((A,), (A, B), (A, B, C)), made, 3) is not None
    assert stalled(made := rounds((A, B), (A,), (A,)), made, 3) is None
    assert stalled(made := rounds((A, B), (A,), (A,), (A,)), made, 3) is not None


def test_a_failure_in_place_of_another_is_progress() -> None:
    assert stalled(made := rounds((A,), (B,), (C,)), made, 3) is None


def test_patience_is_a_setting() -> None:
    made = rounds((A,), (A,), (A,), (A,))
    assert stalled(made, made, 5) is None
    assert stalled(made[:2], made[:2], 2) is not None
    assert stalled(made[:1], made[:1], 1) is not None


def test_the_same_change_is_said_so() -> None:
    made = rounds((A,), (A,), (A,), changes="xxx")
    assert stalled(made, made, 3) == "stalled: 3 rounds that ended with the same change"


def test_an_accepted_round_is_never_a_stall() -> None:
    made = rounds((A,), (A,), ())
    assert made[-1].accepted
    assert stalled(made, made, 1) is None


@pytest.mark.parametrize(("changes", "back"), [("xyx", True), ("xyzx", True), ("xxy", False)])
def test_a_change_that_was_left_and_comes_again_is_oscillation(changes: str, back: bool) -> None:
    made = rounds(*([(A, B, C), (A, B), (A,), (B,)][: len(changes)]), changes=changes)
    said = stalled(made, made, 9)
    assert (said is not None and "back and forth" in said) is back


def test_what_came_back_and_stays_for_a_round_is() -> None:
    back = rounds((A,), (B,), (A,))
    assert stalled(back, back, 9) is None
    stays = rounds((A,), (B,), (A,), (A, C))
    assert stalled(stays, stays, 9) == "stalled: what had been mended came back (a.py)"


def test_what_came_back_twice_is_at_once() -> None:
    made = rounds((A,), (B,), (A,), (B,), (A,))
    assert stalled(made, made, 9) is not None


def test_what_came_back_before_the_tier_began_is_not_its_fault() -> None:
    made = rounds((A,), (B,), (A,), (A,))
    assert stalled(made, made[3:], 9) is None


def test_the_rounds_of_a_tier_are_its_own() -> None:
    made = rounds((A,), (A,), (A,), (A,))
    assert stalled(made, made[2:], 3) is None
    assert stalled(made, made[1:], 3) is not None


def test_a_command_that_fails_again_and_again_in_one_session_is() -> None:
    assert stalled(made := acting(*[failing()] * (REPEATS - 1)), made, 9) is None
    made = acting(*[failing()] * REPEATS)
    assert stalled(made, made, 9) == "stalled: the same command failed again and again"


def test_a_command_that_passes_in_between_or_whose_end_is_not_known_is_not() -> None:
    half = [failing()] * (REPEATS - 1)
    assert stalled(made := acting(*half, failing(exit_code=0), *half), made, 9) is None
    assert stalled(made := acting(*[failing(exit_code=None)] * REPEATS), made, 9) is None
    different = [failing(f"make {n}") for n in range(REPEATS)]
    assert stalled(made := acting(*different), made, 9) is None
