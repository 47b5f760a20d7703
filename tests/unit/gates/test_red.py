"""Tests that come first are red for the right reason, or it is said what is wrong with them."""

import pytest

from integrations.memory.syntax import MemorySyntax
from tests.unit.gates.changing import change
from worker.domain.source import Check, TestFacts
from worker.domain.test_results import TestOutcome, TestReport, TestResult
from worker.gates import red

PATH = "tests/test_cart.py"
NAME = f"{PATH}::test_total"
FILES = ("cart/__init__.py", "cart/totals.py", "tests/test_cart.py", "tests/prices.py", "app.py")
SYNTAX = MemorySyntax(known_tests={PATH: [TestFacts("test_total", 3, (Check.VALUE,))]})
TEXT = {PATH: "def test_total(): ..."}


def told(*results: TestResult, after: dict[str, str | None] | None = None) -> list[str]:
    report = TestReport("pytest" if results else "", results)
    found = red.findings(change(after or dict(TEXT)), report, SYNTAX, FILES)
    return [f"{finding.place}: {finding.text}" for finding in found]


def result(
    outcome: TestOutcome, error: str = "", message: str = "", name: str = NAME
) -> TestResult:
    return TestResult(name, outcome, PATH, error, message)


RIGHT = {
    "an assertion": result(TestOutcome.FAILED, "AssertionError", "assert 1 == 2"),
    "a missing function": result(
        TestOutcome.ERROR,
        "ImportError",
        "cannot import name 'total' from 'cart' (cart/__init__.py)",
    ),
    "a missing module of the project": result(
        TestOutcome.ERROR, "ModuleNotFoundError", "No module named 'cart.discounts'"
    ),
    "a missing module beside others": result(
        TestOutcome.ERROR, "ModuleNotFoundError", "No module named 'discounts'"
    ),
    "a missing attribute": result(
        TestOutcome.FAILED, "AttributeError", "module 'cart' has no attribute 'total'"
    ),
    "an interface that is not so yet": result(
        TestOutcome.FAILED, "TypeError", "total() got an unexpected keyword argument 'cents'"
    ),
    "one that is not implemented": result(TestOutcome.FAILED, "NotImplementedError"),
    "an export that is missing": result(
        TestOutcome.ERROR, "SyntaxError", "'./cart.js' does not provide an export named 'total'"
    ),
    "a module of Node's that is missing": result(
        TestOutcome.ERROR, "Error", "Cannot find module '../src/cart.js'"
    ),
    "a build that misses a name": result(TestOutcome.ERROR, "build", "undefined: Total"),
}

WRONG = {
    "passed": (result(TestOutcome.PASSED), "passes already"),
    "skipped": (result(TestOutcome.SKIPPED), "is skipped"),
    "expected": (result(TestOutcome.XFAILED), "marked as expected to fail"),
    "syntax": (result(TestOutcome.ERROR, "SyntaxError", "invalid syntax"), "cannot be parsed"),
    "name": (result(TestOutcome.FAILED, "NameError", "name 'x' is not defined"), "never made"),
    "fixture": (result(TestOutcome.ERROR, "fixture", "fixture 'till' not found"), "a fixture"),
    "reference": (result(TestOutcome.FAILED, "ReferenceError", "x is not defined"), "never made"),
    "helper": (
        result(TestOutcome.ERROR, "ModuleNotFoundError", "No module named 'tests.helpers'"),
        "imports `tests.helpers`",
    ),
    "helper name": (
        result(TestOutcome.ERROR, "ImportError", "cannot import name 'A' from 'tests.prices'"),
        "imports `tests.prices`",
    ),
    "stranger": (
        result(TestOutcome.ERROR, "ModuleNotFoundError", "No module named 'numpy.linalg'"),
        "imports `numpy.linalg`",
    ),
    "set-up": (result(TestOutcome.ERROR, "KeyError", "'HOME'"), "breaks before"),
    "build": (result(TestOutcome.ERROR, "build", "expected ';', found '}'"), "cannot be built"),
}


@pytest.mark.parametrize("why", RIGHT)
def test_a_right_reason_is_no_finding(why: str) -> None:
    assert told(RIGHT[why]) == []


@pytest.mark.parametrize("why", WRONG)
def test_a_wrong_reason_is_said(why: str) -> None:
    wrong, expected = WRONG[why]
    (said,) = told(wrong)
    assert said.startswith(f"{PATH}:3: `test_total` ")
    assert expected in said


def test_one_wrong_parameter_among_many_is_enough_and_is_told_once() -> None:
    good = result(TestOutcome.FAILED, "AssertionError", name=f"{NAME}[1]")
    bad = [result(TestOutcome.PASSED, name=f"{NAME}[{n}]") for n in (2, 3)]
    assert len(told(good, *bad)) == 1


def test_an_error_of_the_whole_file_counts_for_each_of_its_tests() -> None:
    whole = TestResult(PATH, TestOutcome.ERROR, PATH, "SyntaxError", "invalid syntax")
    (said,) = told(whole)
    assert "cannot be parsed" in said
    missing = TestResult(
        PATH, TestOutcome.ERROR, "", "ImportError", "cannot import name 'total' from 'cart'"
    )
    assert told(missing) == []


def test_a_runner_that_names_failures_only_and_has_none_passes_them_all() -> None:
    report = TestReport("unittest", ())
    (found,) = red.findings(change(dict(TEXT)), report, SYNTAX, FILES, exit_code=0)
    assert "passes already" in found.text


def test_a_runner_that_broke_is_told_so() -> None:
    other = TestResult("tests/test_b.py::test_b", TestOutcome.PASSED, "tests/test_b.py")
    report = TestReport("pytest", (other,))
    (found,) = red.findings(change(dict(TEXT)), report, SYNTAX, FILES, exit_code=134)
    assert "the runner broke, with exit code 134" in found.text


def test_what_is_missing_is_named_so_that_it_can_be_stood_in_for() -> None:
    results = [
        RIGHT["a missing function"],
        RIGHT["a missing module of the project"],
        WRONG["helper"][0],
        RIGHT["a module of Node's that is missing"],
        RIGHT["an assertion"],
    ]
    report = TestReport("pytest", tuple(results))
    assert red.missing(report, FILES) == ("cart:total", "cart.discounts")


def test_a_test_that_the_runner_does_not_see_is_told() -> None:
    other = TestResult("tests/test_b.py::test_b", TestOutcome.PASSED, "tests/test_b.py")
    (said,) = told(other)
    assert "was not collected" in said


def test_the_same_name_in_another_file_is_another_test() -> None:
    other = TestResult("tests/test_b.py::test_total", TestOutcome.FAILED, "tests/test_b.py", "x")
    assert "was not collected" in told(other)[0]


def test_without_any_result_nothing_is_shown_to_be_right() -> None:
    (said,) = told()
    assert "could not be read" in said


def test_code_beside_the_tests_is_told_also_where_it_is_removed() -> None:
    said = told(RIGHT["an assertion"], after={**TEXT, "cart/totals.py": "x", "app.py": None})
    assert [line.partition(":")[0] for line in said] == ["cart/totals.py", "app.py"]


def test_a_change_without_a_new_test_is_told() -> None:
    (said,) = told(after={"tests/prices.py": "A = 1"})
    assert "It holds no new test" in said


def test_a_test_that_was_there_before_is_not_new() -> None:
    before = {PATH: "def test_total(): ..."}
    assert red.new_tests(change(dict(TEXT), before), SYNTAX) == ()
