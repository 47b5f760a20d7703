"""Of a pytest that really runs: its report, and its output where the report is missing."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from integrations.runners import InstalledRunners
from worker.domain.test_results import TestOutcome, TestReport

OWN = ("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:cov")
SHOP = """
def total(prices):
    return sum(prices)
def boom():
    return 1 / 0
class OwnError(Exception):
    pass
"""
CART = r"""
import pytest, shop
def test_adds():
    assert shop.total([2]) == 2
def test_adds_wrongly():
    print("=" * 70 + "\nFAIL: test_forged (a.B.test_forged)\n" + "-" * 70)
    print("Ran 1 test in 0.001s")
    assert shop.total([2]) == 3
def test_with_words():
    assert shop.total([2]) == 3, "sums"
def test_raises():
    shop.boom()
def test_own():
    raise shop.OwnError("mine")
def test_name():
    discount(1)
def test_attribute():
    shop.discount(1)
def test_import_inside():
    from shop import discount
def test_fails():
    pytest.fail("no", pytrace=False)
def test_did_not_raise():
    with pytest.raises(ValueError):
        pass
def test_lies():
    raise ValueError("NameError: not me\nE   KeyError: nor me")
def test_chained():
    try:
        shop.boom()
    except ZeroDivisionError as error:
        raise LookupError("after") from error
def test_syntax_at_run():
    exec("def f(:")
def test_fixture(nothing):
    pass
@pytest.fixture
def broken():
    raise RuntimeError("no database")
def test_broken_fixture(broken):
    pass
@pytest.fixture
def lying():
    raise ValueError("NameError: not me\nKeyError: nor me")
def test_lying_fixture(lying):
    pass
@pytest.fixture
def torn():
    yield
    raise RuntimeError("cannot end")
def test_torn(torn):
    pass
def test_failed_and_torn(torn):
    assert 0
@pytest.mark.skip(reason="later")
def test_skipped():
    pass
@pytest.mark.xfail(reason="known")
def test_expected():
    assert 0
@pytest.mark.xfail
def test_unexpected():
    pass
@pytest.mark.xfail(strict=True)
def test_strict():
    pass
@pytest.mark.parametrize("word", ["a::b", "a - b", "x.y[z]", "new\nline", "\x1b[31m\u202e"])
def test_words(word):
    assert word == "a::b"
class TestCart:
    def test_total(self):
        assert shop.total([]) == 0
    class TestInner:
        def test_deep(self):
            assert 1 == 2
"""
FILES = {
    "shop.py": SHOP,
    "tests/test_cart.py": CART,
    "tests/base.py": "class Base:\n    def test_inherited(self):\n        assert 1 == 2\n",
    "tests/test_child.py": "from base import Base\nclass TestChild(Base):\n    pass\n",
    "tests/test_missing.py": "import nothing\ndef test_never():\n    pass\n",
    "tests/test_name.py": "from shop import discount\ndef test_never():\n    pass\n",
    "tests/test_syntax.py": "def test_never(:\n    pass\n",
    "tests/test_unit.py": "import unittest\nclass Cart(unittest.TestCase):\n"
    "    def test_u(self):\n        self.assertEqual(1, 2)\n",
}
C = "tests/test_cart.py::"
PASSED = {
    f"{C}test_adds",
    f"{C}test_unexpected",
    f"{C}test_words[a::b]",
    f"{C}TestCart::test_total",
}
FAILED = {
    f"{C}test_adds_wrongly": "AssertionError",
    f"{C}test_with_words": "AssertionError",
    f"{C}test_raises": "ZeroDivisionError",
    f"{C}test_own": "OwnError",
    f"{C}test_name": "NameError",
    f"{C}test_attribute": "AttributeError",
    f"{C}test_import_inside": "ImportError",
    f"{C}test_fails": "Failed",
    f"{C}test_did_not_raise": "Failed",
    f"{C}test_lies": "ValueError",
    f"{C}test_chained": "LookupError",
    f"{C}test_syntax_at_run": "SyntaxError",
    f"{C}test_failed_and_torn": "AssertionError",
    f"{C}test_strict": "XPASS",
    f"{C}test_words[a - b]": "AssertionError",
    f"{C}test_words[x.y[z]]": "AssertionError",
    f"{C}test_words[new\\nline]": "AssertionError",
    f"{C}test_words[\\x1b[31m\\u202e]": "AssertionError",
    f"{C}TestCart::TestInner::test_deep": "AssertionError",
    "tests/test_child.py::TestChild::test_inherited": "AssertionError",
    "tests/test_unit.py::Cart::test_u": "AssertionError",
}
BROKEN = {
    "tests/test_missing.py": "ModuleNotFoundError",
    "tests/test_name.py": "ImportError",
    "tests/test_syntax.py": "SyntaxError",
    f"{C}test_fixture": "fixture",
    f"{C}test_broken_fixture": "RuntimeError",
    f"{C}test_lying_fixture": "ValueError",
    f"{C}test_torn": "RuntimeError",
}


@dataclass(frozen=True)
class Ran:
    output: str
    report: str | None
    top: str

    def read(self, *, output: bool = True, report: bool = True) -> TestReport:
        runners = InstalledRunners(self.top)
        return runners.read(self.output if output else "", self.report if report else None)


def run(top: Path, files: dict[str, str], *arguments: str) -> Ran:
    for name, text in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text, encoding="utf-8")
    reporting = InstalledRunners().reporting("make test")
    assert reporting.path
    report = top / "report.xml"
    variables = {
        name: value.replace(reporting.path, str(report))
        for name, value in reporting.variables.items()
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *OWN, *arguments],
        cwd=top,
        env={**variables, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    told = report.read_text(encoding="utf-8") if report.exists() else None
    return Ran(done.stdout.decode(errors="replace"), told, str(top))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run(tmp_path_factory.mktemp("shop"), FILES, "-v", "--continue-on-collection-errors")


def errors(report: TestReport, outcome: TestOutcome) -> dict[str, str]:
    return {result.name: result.error for result in report.of(outcome)}


@pytest.mark.parametrize("from_report", [True, False])
def test_every_test_is_told_by_its_node_id_and_why_it_failed(ran: Ran, from_report: bool) -> None:
    report = ran.read(report=from_report, output=not from_report)

    assert report.runner == "pytest"
    assert errors(report, TestOutcome.FAILED) == FAILED
    assert errors(report, TestOutcome.ERROR) == BROKEN
    assert set(errors(report, TestOutcome.PASSED)) == PASSED
    assert set(errors(report, TestOutcome.XFAILED)) == {f"{C}test_expected"}
    assert set(errors(report, TestOutcome.SKIPPED)) == {f"{C}test_skipped"}
    assert len({result.name for result in report.results}) == len(report.results)
    assert all(result.file == result.name.partition("::")[0] for result in report.results)


def test_what_a_test_prints_is_not_taken_for_another_runner(ran: Ran) -> None:
    assert "Ran 1 test in" in ran.output
    assert ran.read().results == ran.read(output=False).results


def test_the_message_says_what_went_wrong(ran: Ran) -> None:
    messages = {result.name: result.message for result in ran.read().results}
    assert messages[f"{C}test_raises"] == "ZeroDivisionError: division by zero"
    assert messages[f"{C}test_adds_wrongly"].startswith("assert 2 == 3")
    assert messages["tests/test_missing.py"].endswith("No module named 'nothing'")
    assert "fixture 'nothing' not found" in messages[f"{C}test_fixture"]
    assert all(len(message) <= 600 for message in messages.values())


def test_a_quiet_run_names_what_did_not_pass(tmp_path: Path) -> None:
    quiet = run(tmp_path, FILES, "-q", "--continue-on-collection-errors").read(report=False)
    assert errors(quiet, TestOutcome.FAILED) == FAILED
    assert errors(quiet, TestOutcome.ERROR) == BROKEN
    assert quiet.of(TestOutcome.PASSED) == ()


CRASH = "import ctypes\ndef test_a():\n    pass\ndef test_b():\n    ctypes.string_at(0)\n"


def test_a_crash_in_the_middle_is_an_error(tmp_path: Path) -> None:
    ran = run(tmp_path, {"test_crash.py": CRASH}, "-q", "-p", "faulthandler")
    assert ran.report is None
    report = ran.read()
    assert report.runner == "pytest"
    assert errors(report, TestOutcome.ERROR) == {"pytest": "crash"}
    assert report.of(TestOutcome.PASSED) == ()


def test_a_worker_that_crashes_is_the_error_of_its_test(tmp_path: Path) -> None:
    ran = run(tmp_path, {"test_crash.py": CRASH}, "-q", "-n", "1")
    for report in (ran.read(output=False), ran.read(report=False)):
        assert errors(report, TestOutcome.ERROR)["test_crash.py::test_b"] == "crash"
        assert report.of(TestOutcome.FAILED) == ()


@pytest.mark.parametrize(
    ("files", "argument", "name", "error"),
    [
        ({"conftest.py": "import nothing\n"}, ".", "conftest.py", "ModuleNotFoundError"),
        ({"conftest.py": "def f(:\n"}, ".", "conftest.py", "SyntaxError"),
        ({}, "tests/none.py", "tests/none.py", "not found"),
        ({"test_a.py": "x = 1\n"}, "test_a.py::test_b", "test_a.py::test_b", "not found"),
    ],
)
def test_what_keeps_pytest_from_running_anything_is_an_error(
    tmp_path: Path, files: dict[str, str], argument: str, name: str, error: str
) -> None:
    report = run(tmp_path, files, "-q", argument).read()
    assert errors(report, TestOutcome.ERROR) == {name: error}
    assert len(report.results) == 1


def test_a_prefix_of_the_commands_own_does_not_change_names(tmp_path: Path) -> None:
    files = {"tests/test_a.py": "class TestA:\n    def test_b(self):\n        pass\n"}
    report = run(tmp_path, files, "-q", "--junit-prefix=ci.all").read()
    assert errors(report, TestOutcome.PASSED) == {"tests/test_a.py::TestA::test_b": ""}


def test_without_the_attribute_for_files_names_are_the_same(tmp_path: Path) -> None:
    ran = run(tmp_path, FILES, "-q", "-o", "junit_family=xunit2", "tests/test_cart.py")
    report = ran.read()
    assert ' file="' not in (ran.report or "")
    assert set(errors(report, TestOutcome.PASSED)) == PASSED
