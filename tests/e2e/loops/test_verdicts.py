"""chdr's own case: five verdicts, one of which can never come, and a test of membership alone."""

import pytest

from tests.e2e.loops.shop import SETTINGS
from tests.e2e.loops.stage import Stage
from worker.domain.events import Outcome

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

FILES = {
    "verdict.py": '"""What a round came to."""\n',
    "tests/test_nothing.py": "def test_nothing():\n    assert 1 + 1 == 2\n",
    "pyproject.toml": '[project]\nname = "v"\n\n[tool.pytest.ini_options]\npythonpath = ["."]\n',
}
STORY = """Classify a round by its phase and its exit code.

## Acceptance criteria
- `classify(phase, exit_code, judged)` is one of the five verdicts
"""
CODE = """from enum import Enum


class Verdict(Enum):
    RED_OK = "red ok"
    RED_WRONG = "red wrong"
    GREEN_OK = "green ok"
    GREEN_FAIL = "green fail"
    UNCLEAR = "unclear"


def classify(phase, exit_code, judged):
    if phase == "red":
        return Verdict.RED_OK if exit_code == 1 else Verdict.RED_WRONG
    if not judged:
        return Verdict.UNCLEAR
    return Verdict.GREEN_OK
"""
FIXED = CODE.replace(
    "    return Verdict.GREEN_OK\n",
    "    return Verdict.GREEN_OK if exit_code == 0 else Verdict.GREEN_FAIL\n",
)
MEMBERSHIP = """import pytest

from verdict import Verdict, classify


@pytest.mark.parametrize("phase", ["red", "green"])
@pytest.mark.parametrize("exit_code", [0, 1])
def test_classify(phase, exit_code):
    assert classify(phase, exit_code, True) in set(Verdict)
"""
PINNED = """import pytest

from verdict import Verdict, classify


@pytest.mark.parametrize(
    ("phase", "exit_code", "judged", "expected"),
    [
        ("red", 1, True, Verdict.RED_OK),
        ("red", 0, True, Verdict.RED_WRONG),
        ("red", 2, False, Verdict.RED_WRONG),
        ("green", 0, False, Verdict.UNCLEAR),
        ("green", 0, True, Verdict.GREEN_OK),
        ("green", 1, True, Verdict.GREEN_FAIL),
    ],
)
def test_classify(phase, exit_code, judged, expected):
    assert classify(phase, exit_code, judged) is expected
"""
TEST = "tests/test_verdict.py"


def test_the_unreachable_verdict_and_the_membership_test_are_caught_without_a_model(
    stage: Stage,
) -> None:
    rounds = [{"verdict.py": CODE, TEST: MEMBERSHIP}, {"verdict.py": FIXED, TEST: PINNED}]
    run = stage.play(FILES, rounds, story=STORY, settings=SETTINGS)
    assert {"weak tests", "outcomes"} <= set(run.gates(1))
    assert "`Verdict` declares `Verdict.GREEN_FAIL`, but nothing ever produces it" in run.told(1)
    assert "takes any result that is one of several" in run.told(1)
    assert "GREEN_FAIL" in run.prompt(2)
    assert (run.outcome, len(run.run.rounds), run.gates(2)) == (Outcome.ACCEPTED, 2, [])


def test_pinned_tests_alone_do_not_hide_it(stage: Stage) -> None:
    partly = PINNED.replace('        ("green", 1, True, Verdict.GREEN_FAIL),\n', "")
    run = stage.play(
        FILES, [{"verdict.py": CODE, TEST: partly}], story=STORY, settings=SETTINGS, most=1
    )
    assert run.outcome is Outcome.GAVE_UP
    assert run.gates(1) == ["outcomes"]
