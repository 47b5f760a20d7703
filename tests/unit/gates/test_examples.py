"""Values that the criteria give are in the tests."""

import pytest

from tests.unit.gates.changing import change
from worker.gates import examples

PATH = "tests/test_a.py"
CRITERIA = ("`GOLD` pays `no fee`, `SILVER` and `half_board` pay `1 euro`.",)
STORY = f"{CRITERIA[0]}\n\nExample: `BRONZE` pays `10 euro`."


def missing(tests: str, criteria: tuple[str, ...] = CRITERIA, **more: str) -> list[str | None]:
    files = {PATH: tests, **{f"tests/test_{name}.py": text for name, text in more.items()}}
    it = change({PATH: tests}, dict.fromkeys(files, "") | files)
    return [f.kind for f in examples.findings(criteria, STORY, it, list(files))]


def test_values_that_no_test_mentions_are_told() -> None:
    assert missing("assert fee('GOLD') == 'no fee'") == ["SILVER", "1 euro"]


def test_values_of_the_rest_of_the_story_show_that_tests_can_speak_of_them() -> None:
    assert missing("fee('BRONZE')") == ["GOLD", "no fee", "SILVER", "1 euro"]


@pytest.mark.parametrize(
    "tests",
    [
        pytest.param("fee(gold), 'No Fee', silver", id="one is missing"),
        pytest.param("assert total() == 3", id="none is spoken of"),
        pytest.param("Gold NO_FEE silver '1  euro'", id="all are there"),
    ],
)
def test_one_alone_or_all_of_them_are_not(tests: str) -> None:
    assert missing(tests) == []


def test_a_test_that_was_there_before_may_speak_of_them() -> None:
    assert missing("gold", other="no fee, silver, 1 euro") == []


def test_without_tests_there_is_nothing_to_say() -> None:
    assert list(examples.findings(CRITERIA, STORY, change({"a.py": "x"}), ["a.py"])) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("`'out'` and `\"low\"`", ["out", "low"]),
        ("`e-mail address`, `250ms`, `GREEN_FAIL`", ["e-mail address", "250ms", "GREEN_FAIL"]),
        ("`count_words(text)`, `text`, `isReady`", []),
        ("`ValueError`, `Notes`, `orders.state`, `a.py`, `--all`", []),
        ("`100.00`, `5 %`, `-3`, `1_000`", []),
        ("`a + b`, `[1]`, `{x}`, `src/a.py`, `a=b`", []),
        ("no quotation at all", []),
    ],
)
def test_what_counts_as_a_value(text: str, found: list[str]) -> None:
    assert list(examples.values(text)) == found
