"""Tests first: they must fail for the right reason, and then the code must make them pass."""

import pytest

from tests.e2e.loops.shop import CODE, FILES, FIRST, GOOD_CODE, GOOD_TESTS, NEW, STORY, TESTS
from tests.e2e.loops.stage import Played, Round, Stage
from worker.domain.events import Outcome
from worker.domain.mode import Phase

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

IMPORT = "from shop import discounted\n\n\n"
WRONG: dict[str, tuple[str, str]] = {
    "a syntax error": ("def test_a(:\n", "no new test"),
    "a fixture that is not there": (
        f"{IMPORT}def test_a(till):\n    assert discounted(till) == 1\n",
        "asks for a fixture that does not exist",
    ),
    "a helper that is not there": (
        f"from tests.prices import TWO\n{IMPORT}def test_a():\n    assert discounted(TWO) == 1\n",
        "imports `tests.prices`",
    ),
    "a name that was never imported": (
        "import shop\n\n\ndef test_a():\n    assert discounted([100]) == 90\n",
        "never made or imported",
    ),
    "a crash of the runner": (
        "import os\n\n\ndef test_a():\n    os.abort()\n    assert os == 1\n",
        "the runner broke",
    ),
    "a skip": (
        f"import pytest\n{IMPORT}@pytest.mark.skip\ndef test_a():\n    assert discounted(1) == 1\n",
        "is skipped",
    ),
    "an expected failure": (
        (
            "import pytest\n\nimport shop\n\n\n@pytest.mark.xfail\ndef test_a():\n"
            "    assert shop.discounted([1]) == 1\n"
        ),
        "expected to fail",
    ),
    "a test that passes on the base": (
        "from shop import total\n\n\ndef test_a():\n    assert total([100]) == 100\n",
        "passes already",
    ),
    "a tautology": (
        f"{IMPORT}def test_a():\n    discounted([1])\n    assert True\n",
        "does not depend on the code",
    ),
    "a type only": (
        f"{IMPORT}def test_a():\n    assert isinstance(discounted([1]), int)\n",
        "the type of a result",
    ),
    "no assertion": (f"{IMPORT}def test_a():\n    discounted([1])\n", "asserts nothing"),
    "an assertion that is caught": (
        (
            f"{IMPORT}def test_a():\n    try:\n        assert discounted([1]) == 1\n"
            "    except Exception:\n        pass\n"
        ),
        "catches the failure of its own assertion",
    ),
}


def played(stage: Stage, *rounds: Round, most: int = 5, story: str = STORY) -> Played:
    return stage.play(FILES, rounds, story=story, settings=FIRST, most=most)


def test_right_reason_red_then_green(stage: Stage) -> None:
    run = played(stage, TESTS, CODE)
    assert (run.outcome, len(run.run.rounds)) == (Outcome.ACCEPTED, 2)
    red, green = run.run.rounds
    assert (red.phase, green.phase) == (Phase.RED, Phase.GREEN)
    assert red.evidence is not None
    assert red.evidence.exit_code != 0
    assert "Write tests only" in run.prompt(1)
    assert "make them pass" in run.prompt(2)
    (pull,) = run.code_host.pulls(run.slug)
    assert not pull.draft
    assert "Mutation: of" in pull.text.body


def test_a_red_by_assertion_is_right_too(stage: Stage) -> None:
    wrong = GOOD_CODE.replace("* 90 //", "* 80 //")
    run = stage.play({**FILES, "shop.py": wrong}, [TESTS, CODE], story=STORY, settings=FIRST)
    # Two of the four parameters pass on that base already.
    assert "passes already" in run.told(1)
    pinned = {NEW: GOOD_TESTS.replace(", ([99], 99), ([], 0)", "")}
    run = stage.play({**FILES, "shop.py": wrong}, [pinned, CODE], story=STORY, settings=FIRST)
    assert run.gates(1) == []


@pytest.mark.parametrize("why", WRONG)
def test_a_wrong_reason_is_told_and_is_not_accepted(stage: Stage, why: str) -> None:
    text, told = WRONG[why]
    run = played(stage, {NEW: text}, most=1)
    assert run.outcome is Outcome.GAVE_UP
    assert told in run.told(1)
    assert [one.accepted for one in run.run.rounds] == [False]


def test_what_was_wrong_is_the_next_prompt(stage: Stage) -> None:
    text, told = WRONG["a fixture that is not there"]
    run = played(stage, {NEW: text}, TESTS, CODE)
    assert (run.outcome, len(run.run.rounds)) == (Outcome.ACCEPTED, 3)
    assert told in run.prompt(2)
    assert told not in run.prompt(3).partition("## Open")[2]


def test_a_test_that_the_story_names_must_be_there(stage: Stage) -> None:
    story = f"{STORY}- `test_no_discount_below` in `tests/test_edges.py` passes\n"
    run = played(stage, TESTS, most=1, story=story)
    assert run.outcome is Outcome.GAVE_UP
    assert run.gates(1) == ["named tests"]
    assert "tests/test_edges.py" in run.told(1)
    assert "test_no_discount_below" in run.told(1)


def test_code_that_comes_with_the_tests_is_found(stage: Stage) -> None:
    run = played(stage, {**TESTS, **CODE}, most=1)
    assert run.outcome is Outcome.GAVE_UP
    assert "In this phase only tests may be written" in run.told(1)
    assert "passes already" in run.told(1)


def test_tests_that_are_edited_while_code_is_written_are_put_back(stage: Stage) -> None:
    wrong = {"shop.py": GOOD_CODE.replace("* 90 //", "* 80 //")}
    easier = {NEW: GOOD_TESTS.replace("90", "80").replace("108", "96")}
    run = played(stage, TESTS, {**wrong, **easier}, {**CODE, **TESTS})
    assert (run.outcome, len(run.run.rounds)) == (Outcome.ACCEPTED, 3)
    assert run.gates(2) == ["protected paths"]
    second = run.run.rounds[1].evidence
    assert second is not None
    assert second.restored == (NEW,)
    assert second.exit_code == 1


def test_a_flaky_test_is_found(stage: Stage) -> None:
    text = (
        "import pathlib\n\nimport shop\n\nSEEN = pathlib.Path('/tmp/seen')\n\n\n"
        "def test_a():\n    if SEEN.exists():\n        assert shop.total([1]) == 1\n"
        "        return\n"
        "    SEEN.touch()\n    assert shop.discounted([100]) == 90\n"
    )
    run = played(stage, {NEW: text}, most=1)
    assert "steady" in run.gates(1)
