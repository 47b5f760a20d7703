"""Gates on what commands and stories say: checks, named tests, steadiness."""

import pytest

from worker.domain.command import Breach, CommandResult
from worker.domain.source import TestFacts
from worker.domain.test_results import TestOutcome, TestReport, TestResult
from worker.gates import checks, named_tests, steady
from worker.gates.red import NewTest

TEST = NewTest("tests/test_a.py", TestFacts("test_a", 2))
RED = CommandResult(
    1, "src/a.py:1: error: bad\ntests/test_a.py:3: error: Module has no attribute\n"
)


def test_a_red_check_is_told_with_the_end_of_its_output() -> None:
    ran = [("ruff check .", CommandResult(0, "fine")), ("mypy .", RED)]
    (found,) = checks.findings(ran, [], red=False)
    assert (found.place, "exited 1" in found.text, "bad" in found.text) == ("mypy .", True, True)
    slow = checks.findings([("mypy", CommandResult(1, "x", breach=Breach.TIMEOUT))], [], red=False)
    assert "hit a limit: timeout" in next(slow).text


def test_a_long_output_is_cut_to_its_end() -> None:
    (found,) = checks.findings([("c", CommandResult(1, "x" * 9_000 + "end"))], [], red=False)
    assert len(found.text) < 2_000
    assert found.text.endswith("end")


def test_while_only_tests_are_written_missing_code_is_no_fault() -> None:
    assert list(checks.findings([("mypy .", RED)], ["tests/test_a.py"], red=True)) == []
    worse = CommandResult(1, RED.output + "tests/test_a.py:4: error: Unused variable\n")
    (found,) = checks.findings([("mypy .", worse)], ["tests/test_a.py"], red=True)
    assert "Unused variable" in found.text
    assert "src/a.py" not in found.text


FILES = {
    "tests/test_a.py": "def test_adds(): ...\nclass TestCart: ...\n",
    "src/a.py": "def test_hidden(): ...",
}


@pytest.mark.parametrize(
    ("story", "missing"),
    [
        ("It works.", []),
        ("`test_adds` and TestCart pass, in tests/test_a.py", []),
        ("`test_adds_more` passes", ["test_adds_more"]),
        ("`tests/test_b.py` passes", ["tests/test_b.py"]),
        ("see test_a.py", []),
        ("`test_hidden` passes", ["test_hidden"]),
        ("run the tests of src/a.py", []),
    ],
)
def test_tests_that_the_story_names_must_be_there(story: str, missing: list[str]) -> None:
    found = named_tests.findings(story, sorted(FILES), FILES.get)
    assert [finding.place for finding in found] == missing


def report(**outcomes: TestOutcome) -> TestReport:
    results = (
        TestResult(f"tests/test_a.py::{n}", o, "tests/test_a.py") for n, o in outcomes.items()
    )
    return TestReport("pytest", tuple(results))


def test_a_new_test_that_ends_otherwise_the_second_time_is_told() -> None:
    first = report(test_a=TestOutcome.FAILED, test_b=TestOutcome.FAILED)
    other = report(test_a=TestOutcome.PASSED, test_b=TestOutcome.PASSED)
    (found,) = steady.findings([TEST], first, other)
    assert "`test_a` failed once and passed in another order" in found.text
    assert list(steady.findings([TEST], first, first)) == []
    assert list(steady.findings([TEST], first, TestReport())) == []


def test_a_test_of_the_base_that_fails_only_beside_the_new_ones_is_told() -> None:
    base = report(test_b=TestOutcome.PASSED, test_c=TestOutcome.FAILED)
    now = report(test_a=TestOutcome.FAILED, test_b=TestOutcome.ERROR, test_c=TestOutcome.FAILED)
    (found,) = steady.broken([TEST], now, base)
    assert found.place == "tests/test_a.py::test_b"
