"""Of Python's unittest that really runs: with ``-v``, and without."""

import subprocess
import sys
from pathlib import Path

import pytest

from integrations.runners import InstalledRunners
from worker.domain.test_results import TestOutcome, TestReport

CART = '''
import unittest
class TestCart(unittest.TestCase):
    def test_adds(self):
        self.assertEqual(2, 2)
    def test_adds_wrongly(self):
        """With a docstring."""
        self.assertEqual(2, 3, "FAIL: not this (a.b)")
    def test_documented(self):
        """Passes with a docstring."""
    def test_prints(self):
        print("loud")
    def test_raises(self):
        1 / 0
    def test_name(self):
        discount(1)
    def test_chained(self):
        try:
            1 / 0
        except ZeroDivisionError as error:
            raise LookupError("after") from error
    def test_sub(self):
        for i in range(2):
            with self.subTest(i=i):
                self.assertEqual(i, 0)
    @unittest.skip("later")
    def test_skipped(self):
        pass
    @unittest.expectedFailure
    def test_expected(self):
        self.fail()
    @unittest.expectedFailure
    def test_unexpected(self):
        pass
class TestSetUp(unittest.TestCase):
    def setUp(self):
        raise RuntimeError("no database")
    def test_never(self):
        pass
class TestWhole(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError("no database")
    def test_never(self):
        pass
'''
FILES = {
    "tests/__init__.py": "",
    "tests/test_cart.py": CART,
    "tests/test_missing.py": "import nothing\n",
    "tests/test_syntax.py": "def f(:\n",
}
C = "tests.test_cart.TestCart."
FAILED = {
    f"{C}test_adds_wrongly": "AssertionError",
    f"{C}test_raises": "ZeroDivisionError",
    f"{C}test_name": "NameError",
    f"{C}test_chained": "LookupError",
    f"{C}test_sub": "AssertionError",
    f"{C}test_unexpected": "XPASS",
}
BROKEN = {
    "tests.test_cart.TestSetUp.test_never": "RuntimeError",
    "tests.test_cart.TestWhole.setUpClass": "RuntimeError",
    "tests.test_missing": "ModuleNotFoundError",
    "tests.test_syntax": "SyntaxError",
}


def run(top: Path, *arguments: str) -> TestReport:
    (top / "tests").mkdir()
    for name, text in FILES.items():
        (top / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "unittest", *arguments],
        cwd=top,
        env={"PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return InstalledRunners(str(top)).read(done.stdout.decode(), None)


def errors(report: TestReport, outcome: TestOutcome) -> dict[str, str]:
    return {result.name: result.error for result in report.of(outcome)}


@pytest.mark.parametrize("options", [("-v",), (), ("-v", "--buffer")])
def test_what_did_not_pass_is_told_with_its_reason(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    report = run(tmp_path, "discover", *options, "-s", "tests", "-t", ".")
    assert report.runner == "unittest"
    assert errors(report, TestOutcome.FAILED) == FAILED
    assert errors(report, TestOutcome.ERROR) == BROKEN
    files = {result.name.split(".")[1]: result.file for result in report.results}
    assert files == {name: f"tests/{name}.py" for name in files}


def test_with_v_every_test_is_named(tmp_path: Path) -> None:
    report = run(tmp_path, "-v", "tests.test_cart")
    passed = {f"{C}test_adds", f"{C}test_documented", f"{C}test_prints"}
    assert set(errors(report, TestOutcome.PASSED)) == passed
    assert set(errors(report, TestOutcome.SKIPPED)) == {f"{C}test_skipped"}
    assert set(errors(report, TestOutcome.XFAILED)) == {f"{C}test_expected"}


def test_a_module_at_the_top_has_its_file_told_only_where_it_is_sure(tmp_path: Path) -> None:
    report = run(tmp_path, "discover", "-v", "-s", "tests", "-p", "test_cart.py")
    assert {result.file for result in report.results} == {"tests/test_cart.py"}


def test_a_quiet_run_in_which_all_passes_names_nothing(tmp_path: Path) -> None:
    report = run(tmp_path, "tests.test_cart.TestCart.test_adds")
    assert report == TestReport("unittest", ())
