"""What was mended and comes back, what goes in circles and what never ends climbs the ladder."""

import pytest

from integrations.memory.judge import accepting
from tests.e2e.loops.shop import FILES, SETTINGS
from tests.e2e.loops.stage import FOOLED, Round, Stage
from worker.domain.events import Outcome

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

LADDER = SETTINGS + '[[ladder]]\nagent = "large"\n'
TESTS = {
    "tests/test_first.py": (
        "from shop import first\n\n\ndef test_first():\n    assert first() == 1\n"
    ),
    "tests/test_second.py": (
        "from shop import second\n\n\ndef test_second():\n    assert second() == 2\n"
    ),
}
BASE = {**FILES, **TESTS}


def code(first: int, second: int, also: str = "") -> Round:
    text = f"\n\ndef first():\n    return {first}\n\n\ndef second():\n    return {second}\n{also}"
    return {"shop.py": FILES["shop.py"] + text}


GOOD = code(1, 2)


def test_a_fix_that_drops_an_earlier_one_is_regressed_and_climbs(stage: Stage) -> None:
    rounds = [code(0, 0), code(1, 0), code(0, 2), code(0, 2, "\n\nTHIRD = 3\n"), GOOD]
    run = stage.play(BASE, rounds, settings=LADDER, most=9)
    assert run.outcome is Outcome.ACCEPTED
    assert [one.report.agent for one in run.run.rounds] == ["small"] * 4 + ["large"]
    place = "tests/test_first.py::test_first"
    assert f"**Came back (mended in round 2):** {place}" in run.prompt(4)
    assert place in run.prompt(3).partition("## Mended")[2]
    assert "what had been mended came back" in run.run.raised
    assert "`small` worked on it for 4 round(s)" in run.prompt(5)
    (pull,) = run.code_host.pulls(run.slug)
    assert "mended in round 5" in pull.text.body


def test_oscillation_is_noticed_and_ends_at_the_top_with_the_ledger(stage: Stage) -> None:
    one, other = code(1, 0), code(0, 2)
    run = stage.play(BASE, [one, other, one, other, one, other], settings=SETTINGS, most=9)
    assert run.outcome is Outcome.GAVE_UP
    assert "back and forth" in run.reason
    assert len(run.run.rounds) == 3
    (pull,) = run.code_host.pulls(run.slug)
    assert pull.draft
    assert "**came back in round 3**" in pull.text.body


def test_what_fails_for_ever_stops_within_the_stall_limit(stage: Stage) -> None:
    run = stage.play(BASE, [code(0, 0)], settings=SETTINGS, most=20)
    assert run.outcome is Outcome.GAVE_UP
    assert len(run.run.rounds) == 3
    assert run.reason == "stalled: 3 rounds that ended with the same change"


def test_each_tier_has_its_own_patience(stage: Stage) -> None:
    settings = "stall_rounds = 2\n" + LADDER
    run = stage.play(BASE, [code(0, 0)], settings=settings, most=20)
    assert run.outcome is Outcome.GAVE_UP
    assert [one.report.agent for one in run.run.rounds] == ["small"] * 2 + ["large"] * 2


def test_a_judge_that_never_accepts_stops_too(stage: Stage) -> None:
    run = stage.play(
        BASE, [GOOD], settings=SETTINGS, most=20, judge=[accepting((1,), "not in the evidence")]
    )
    assert run.outcome is Outcome.GAVE_UP
    assert len(run.run.rounds) == 3
    assert FOOLED not in run.reason
