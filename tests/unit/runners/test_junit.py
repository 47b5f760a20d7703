"""JUnit XML as other writers document it; these were not run here."""

import pytest

from integrations.runners import InstalledRunners
from worker.domain.test_results import TestOutcome, TestReport, TestResult

SUREFIRE = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" name="com.example.CartTest"
 tests="4" errors="2" skipped="1" failures="1">
<properties><property name="java.version" value="21"/></properties>
<testcase name="adds" classname="com.example.CartTest" time="0.01"/>
<testcase name="addsWrongly" classname="com.example.CartTest" time="0.01">
<failure message="expected: &lt;3&gt; but was: &lt;2&gt;"
 type="org.opentest4j.AssertionFailedError">
<![CDATA[org.opentest4j.AssertionFailedError: expected: <3> but was: <2>
	at com.example.CartTest.addsWrongly(CartTest.java:12)]]></failure></testcase>
<testcase name="raises" classname="com.example.CartTest" time="0.01">
<error message="/ by zero" type="java.lang.ArithmeticException">java.lang.ArithmeticException
	at com.example.Cart.boom(Cart.java:5)
	at com.example.CartTest.raises(CartTest.java:16)</error></testcase>
<testcase name="neverSetUp" classname="com.example.CartTest" time="0.01">
<error message="no database" type="java.lang.IllegalStateException">
	at com.example.CartTest.setUp(CartTest.java:8)</error></testcase>
<testcase name="flaky" classname="com.example.CartTest" time="0.01">
<flakyFailure message="once" type="java.lang.Error">x</flakyFailure></testcase>
<testcase name="later" classname="com.example.CartTest" time="0">
<skipped message="later"/></testcase>
</testsuite>
"""
GOTESTSUM = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="2"><testsuite tests="3" failures="2" name="example.com/cart">
<properties><property name="go.version" value="go1.22"></property></properties>
<testcase classname="example.com/cart" name="TestAdds" time="0.0"></testcase>
<testcase classname="example.com/cart" name="TestWrong" time="0.0">
<failure message="Failed" type="">=== RUN   TestWrong&#xA;    cart_test.go:8: got 3&#xA;</failure>
</testcase>
<testcase classname="example.com/cart" name="TestRaises" time="0.0">
<failure message="Failed" type="">=== RUN   TestRaises&#xA;panic: boom&#xA;</failure></testcase>
</testsuite></testsuites>
"""
NEXTEST = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="3" failures="2" errors="0">
<testsuite name="cart" tests="3" disabled="0" errors="0" failures="2">
<testcase name="tests::adds" classname="cart" time="0.004"></testcase>
<testcase name="tests::wrong" classname="cart" time="0.004">
<failure message="thread &apos;tests::wrong&apos; panicked at src/lib.rs:8:9"
 type="test failure with exit code 101">thread 'tests::wrong' panicked at src/lib.rs:8:9:
assertion `left == right` failed
  left: 2</failure></testcase>
<testcase name="tests::raises" classname="cart" time="0.004">
<failure type="test failure with exit code 101">thread 'tests::raises' panicked at src/lib.rs:3:5:
index out of bounds: the len is 1</failure></testcase>
</testsuite></testsuites>
"""


def told(text: str) -> dict[str, tuple[TestOutcome, str]]:
    results = InstalledRunners().read("", text).results
    return {result.name: (result.outcome, result.error) for result in results}


def test_surefire_calls_what_code_raises_an_error_too() -> None:
    assert told(SUREFIRE) == {
        "com.example.CartTest.adds": (TestOutcome.PASSED, ""),
        "com.example.CartTest.addsWrongly": (TestOutcome.FAILED, "AssertionFailedError"),
        "com.example.CartTest.raises": (TestOutcome.FAILED, "ArithmeticException"),
        "com.example.CartTest.neverSetUp": (TestOutcome.ERROR, "IllegalStateException"),
        "com.example.CartTest.flaky": (TestOutcome.PASSED, ""),
        "com.example.CartTest.later": (TestOutcome.SKIPPED, ""),
    }
    assert InstalledRunners().read("", SUREFIRE).runner == "junit"


def test_gotestsum() -> None:
    assert told(GOTESTSUM) == {
        "example.com/cart.TestAdds": (TestOutcome.PASSED, ""),
        "example.com/cart.TestWrong": (TestOutcome.FAILED, ""),
        "example.com/cart.TestRaises": (TestOutcome.FAILED, "panic"),
    }
    assert InstalledRunners().read("", GOTESTSUM).runner == "go"


def test_nextest() -> None:
    assert told(NEXTEST) == {
        "tests::adds": (TestOutcome.PASSED, ""),
        "tests::wrong": (TestOutcome.FAILED, "assertion"),
        "tests::raises": (TestOutcome.FAILED, "panic"),
    }
    assert InstalledRunners().read("", NEXTEST).runner == "cargo"


@pytest.mark.parametrize("root", ["testsuites", "testsuite"])
def test_a_report_of_no_test_leaves_the_word_to_the_output(root: str) -> None:
    output = "FAIL\texample.com/cart [build failed]\n"
    assert InstalledRunners().read(output, f"<{root}/>") == TestReport(
        "go",
        (TestResult("example.com/cart", TestOutcome.ERROR, "", "build", "[build failed]"),),
    )


def test_a_command_of_several_runners_has_all_their_tests() -> None:
    output = "--- FAIL: TestA (0.00s)\n    a_test.go:1: no\nFAIL\texample.com/a\t0.1s\n"
    report = (
        '<testsuite name="pytest"><testcase classname="test_a" name="test_b" file="test_a.py"/>'
        "</testsuite>"
    )
    read = InstalledRunners().read(output, report)
    assert read.runner == "pytest"
    assert [result.name for result in read.results] == ["test_a.py::test_b", "example.com/a.TestA"]
