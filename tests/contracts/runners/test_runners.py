"""What every TestRunners keeps, whatever it is given: all of it comes out of a sandbox."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from integrations.memory.runners import MemoryRunners
from integrations.runners import InstalledRunners
from worker import ports
from worker.domain.test_results import TestOutcome, TestReport, TestResult

ADDS = TestResult("tests/test_a.py::test_adds", TestOutcome.PASSED, "tests/test_a.py")
RAISES = TestResult(
    "tests/test_a.py::TestA::test_raises[a-1]",
    TestOutcome.FAILED,
    "tests/test_a.py",
    "NameError",
    "NameError: name 'c' is not defined",
)
BROKEN = TestResult(
    "tests/test_b.py::test_never",
    TestOutcome.ERROR,
    "tests/test_b.py",
    "fixture",
    "fixture 'b' not found",
)
LATER = TestResult("tests/test_b.py::test_later", TestOutcome.SKIPPED, "tests/test_b.py")
KNOWN = TestResult("tests/test_b.py::test_known", TestOutcome.XFAILED, "tests/test_b.py")
ALL = (ADDS, RAISES, BROKEN, LATER, KNOWN)

REPORT = """<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests">
<testsuite name="pytest"><testcase classname="tests.test_a" name="test_adds"
 file="tests/test_a.py" line="1" time="0.1"/>
<testcase classname="tests.test_a.TestA" name="test_raises[a-1]" file="tests/test_a.py" line="2">
<failure message="NameError: name 'c' is not defined">E   NameError: name 'c'</failure></testcase>
<testcase classname="tests.test_b" name="test_never" file="tests/test_b.py" line="1">
<error message="failed on setup with &quot;file x, line 1&quot;">E       fixture 'b' not found
</error></testcase>
<testcase classname="tests.test_b" name="test_later" file="tests/test_b.py" line="3">
<skipped type="pytest.skip" message="">x</skipped></testcase>
<testcase classname="tests.test_b" name="test_known" file="tests/test_b.py" line="4">
<skipped type="pytest.xfail" message=""/></testcase>
</testsuite></testsuites>
"""
OUTPUT = """===================== test session starts =====================
tests/test_a.py::test_adds PASSED      [ 20%]
tests/test_a.py::TestA::test_raises[a-1] FAILED      [ 40%]
tests/test_b.py::test_never ERROR      [ 60%]
tests/test_b.py::test_later SKIPPED      [ 80%]
tests/test_b.py::test_known XFAIL      [100%]
___________________ ERROR at setup of test_never ___________________
E       fixture 'b' not found
===================== short test summary info =====================
FAILED tests/test_a.py::TestA::test_raises[a-1] - NameError: name 'c' is not defined
ERROR tests/test_b.py::test_never
======= 1 failed, 1 passed, 1 skipped, 1 xfailed, 1 error in 0.03s =======
"""


@dataclass(frozen=True)
class World:
    """A way to read, and the same tests as its runner tells them."""

    runners: ports.TestRunners
    report: str
    output: str


def memory() -> World:
    told = MemoryRunners.told(ALL)
    return World(MemoryRunners(), told, f"some words\n{told}and more\n")


WORLDS: dict[str, Callable[[], World]] = {
    "memory": memory,
    "installed": lambda: World(InstalledRunners(), REPORT, OUTPUT),
}


@pytest.fixture(params=sorted(WORLDS))
def world(request: pytest.FixtureRequest) -> World:
    return WORLDS[request.param]()


def test_a_command_is_asked_to_write_its_report_in_the_sandbox(world: World) -> None:
    reporting = world.runners.reporting("make test")
    assert reporting.path is not None
    assert reporting.path.startswith("/tmp/")
    assert reporting.variables


def test_the_report_tells_of_each_test(world: World) -> None:
    assert world.runners.read("", world.report).results == ALL
    assert world.runners.read("anything", world.report).results == ALL
    assert world.runners.read("", world.report).runner


def test_without_a_report_the_output_tells(world: World) -> None:
    assert world.runners.read(world.output, None).results == ALL
    assert world.runners.read(world.output, "").results == ALL
    assert world.runners.read(world.output, "<broken").results == ALL


def test_each_test_is_told_once(world: World) -> None:
    assert world.runners.read(world.output, world.report).results == ALL


def test_the_report_is_believed_before_the_output(world: World) -> None:
    lie = world.output.replace("test_adds", "test_other")
    assert world.runners.read(lie, world.report).results == ALL


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n" * 100,
        "\0\x1b[31m\ud800\uffff",
        "<",
        "<testsuites>",
        '<?xml version="1.0"?><other/>',
        "{" * 50_000,
        "[" * 50_000,
        '{"numFailedTestSuites": ' + "[" * 50_000,
        "All is well.\n12 things were done.\n",
        "passed failed error: FAILED ERROR ok not ok\n",
        "a" * 1_000_000,
        " \t" * 500_000,
    ],
)
def test_what_cannot_be_read_is_no_report(world: World, text: str) -> None:
    assert world.runners.read(text, text) == TestReport()
    assert world.runners.read(text, None) == TestReport()
