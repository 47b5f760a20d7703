"""What is read of outputs and reports that runners really wrote (tests/recordings/runners)."""

from pathlib import Path

import pytest

from integrations.runners import InstalledRunners
from worker.domain.test_results import TestOutcome, TestReport, TestResult

RECORDINGS = Path(__file__).parents[2] / "recordings" / "runners"


def read(output: str = "", report: str = "") -> TestReport:
    texts = [
        (RECORDINGS / name).read_text(encoding="utf-8") if name else None
        for name in (output, report)
    ]
    return InstalledRunners().read(texts[0] or "", texts[1])


def told(report: TestReport) -> set[str]:
    """Each test as one line: ``failed test/cart.test.js: cart > adds (TypeError)``."""
    return {_line(result) for result in report.results}


def _line(result: TestResult) -> str:
    error = f" ({result.error})" if result.error else ""
    return f"{result.outcome} {result.file}: {result.name}{error}"


CART = "test/cart.test.js:"
JAVASCRIPT_FAILURES = {
    f"failed {CART} cart > adds wrongly (AssertionError)",
    f"failed {CART} cart > raises (TypeError)",
    f"failed {CART} cart > inner > calls what is missing (TypeError)",
}
NODE = {
    *JAVASCRIPT_FAILURES,
    f"passed {CART} cart > adds",
    f'passed {CART} top level > odd "name"',
    f"skipped {CART} cart > is skipped",
    f"xfailed {CART} cart > is to do",
    "error test/crash.test.js: test/crash.test.js (crash)",
    "error test/hooks.test.js: hooked > never runs (hook)",
    "error test/missing.test.js: test/missing.test.js (MODULE_NOT_FOUND)",
    "error test/name.test.js: test/name.test.js (SyntaxError)",
    "error test/syntax.test.js: test/syntax.test.js (SyntaxError)",
    "passed test/sub.test.mjs: parent > child",
    "failed test/sub.test.mjs: parent (AssertionError)",
    "failed test/sub.test.mjs: slow (timeout)",
    "skipped test/sub.test.mjs: todo passes",
    "passed test/sub.test.mjs: todo none",
    "xfailed test/sub.test.mjs: expected",
}


def without_files(lines: set[str]) -> set[str]:
    """As outputs tell them, which name the files of failures only."""
    unsaid = ("passed ", "skipped ", "xfailed test/sub")
    return {
        f"{line.split(' ', 1)[0]} : {line.split(': ', 1)[1]}" if line.startswith(unsaid) else line
        for line in lines
    }


def expected_failures_fail(lines: set[str]) -> set[str]:
    """Node 20 does not know of tests that are expected to fail."""
    last = "failed test/sub.test.mjs: expected (AssertionError)"
    return {line for line in lines if not line.endswith(": expected")} | {last}


def test_node_told_by_its_output_and_its_report() -> None:
    report = read("node24-spec.txt", "node24-junit.xml")
    assert report.runner == "node"
    assert told(report) == NODE


@pytest.mark.parametrize("name", ["node24-spec.txt", "node24-tap.txt"])
def test_node_told_by_its_output(name: str) -> None:
    assert told(read(name)) == without_files(NODE)


@pytest.mark.parametrize("name", ["node20-spec.txt", "node20-tap.txt"])
def test_node_20_told_by_its_output(name: str) -> None:
    assert told(read(name)) == expected_failures_fail(without_files(NODE))


def test_a_test_that_only_fails_by_its_subtests_is_told_by_them() -> None:
    tap = (
        "TAP version 13\n# Subtest: parent\n    # Subtest: child\n    not ok 1 - child\n"
        "      ---\n      type: 'test'\n      failureType: 'testCodeFailure'\n"
        "      error: 'boom'\n      name: 'TypeError'\n      ...\n    1..1\n"
        "not ok 1 - parent\n  ---\n  type: 'test'\n  failureType: 'subtestsFailed'\n  ...\n"
    )
    spec = "▶ parent\n  ✖ child (1ms)\n✖ parent (2ms)\nℹ fail 2\n"
    assert told(InstalledRunners().read(tap, None)) == {"failed : parent > child (TypeError)"}
    assert told(InstalledRunners().read(spec, None)) == {"failed : parent > child"}


def test_nodes_report_alone_does_not_say_why_a_file_broke() -> None:
    lines = told(read("", "node24-junit.xml"))
    assert lines >= JAVASCRIPT_FAILURES
    assert "error test/missing.test.js: test/missing.test.js" in lines
    assert "error test/hooks.test.js: hooked > never runs (hook)" in lines


JEST_BROKEN = {
    "error test/missing.test.js: test/missing.test.js (MODULE_NOT_FOUND)",
    "error test/syntax.test.js: test/syntax.test.js (SyntaxError)",
    "error test/empty.test.js: test/empty.test.js (no tests)",
}
JEST = {
    *JAVASCRIPT_FAILURES,
    f"failed {CART} throws an own error (RangeError)",
    "failed test/hooks.test.js: hooked > never runs (Error)",
}
JEST_NAMED = {
    f"passed {CART} cart > adds",
    f"passed {CART} cart > fails as expected",
    f"skipped {CART} cart > is skipped",
    f"skipped {CART} cart > is to do",
    f'passed {CART} top level > odd > "name"',
    "passed test/passing.test.js: passes",
}


def test_jest_names_failures_and_with_verbose_every_test() -> None:
    assert told(read("jest30.txt")) == JEST | JEST_BROKEN
    assert told(read("jest30-verbose.txt")) == JEST | JEST_BROKEN | JEST_NAMED
    assert read("jest30.txt").runner == "jest"


def test_jest_tells_all_of_a_single_file_with_colours_too() -> None:
    plain, coloured = read("jest30-one-file.txt"), read("jest30-colours.txt")
    assert told(plain) == told(coloured)
    assert len(plain.results) == 9
    assert {result.file for result in plain.results} == {"one/cart.test.js"}


def test_jest_as_json_tells_expected_failures() -> None:
    expected = {line.replace("(no tests)", "(Error)") for line in JEST | JEST_BROKEN | JEST_NAMED}
    expected -= {f"passed {CART} cart > fails as expected"}
    assert told(read("jest30-json.txt")) == expected | {f"xfailed {CART} cart > fails as expected"}


def test_jest_kinds_of_failures() -> None:
    lines = {line for line in told(read("jest30-kinds.txt")) if " hooks/h.test.js:" in line}
    assert {line.split(": ", 1)[1] for line in lines} == {
        "a > x (Error)",
        "b > x (TypeError)",
        "slow (timeout)",
        "throws a string (thrown)",
        "custom (Error)",
        "rejects (AssertionError)",
        "node assert (AssertionError)",
        "missing require inside (MODULE_NOT_FOUND)",
        "undef (ReferenceError)",
        "snapshot (AssertionError)",
        "assertions (AssertionError)",
    }


def test_jest_that_is_ended_by_a_test_is_an_error() -> None:
    assert told(read("jest30-exit.txt")) == {"error : jest (crash)"}


def test_jest_junit_with_what_only_the_output_tells() -> None:
    report = read("jest30.txt", "jest-junit17.xml")
    assert report.runner == "jest"
    lines = told(report)
    assert lines >= JEST_BROKEN
    assert f"failed {CART} cart adds wrongly (AssertionError)" in lines
    assert f"passed {CART} cart adds" in lines


VITEST = {
    *JAVASCRIPT_FAILURES,
    f"failed {CART} throws an own error (RangeError)",
    "error test/hooks.test.js: hooked (Error)",
    "error test/missing.test.js: test/missing.test.js (MODULE_NOT_FOUND)",
    "error test/syntax.test.js: test/syntax.test.js (SyntaxError)",
}
VITEST_NAMED = {
    f"passed {CART} cart > adds",
    f"passed {CART} cart > fails as expected",
    f"skipped {CART} cart > is skipped",
    f"skipped {CART} cart > is to do",
    f"passed {CART} top level",
    "skipped test/hooks.test.js: hooked > never runs",
    "passed test/passing.test.js: passes",
}


def test_vitest_names_failures_and_with_verbose_every_test() -> None:
    assert told(read("vitest4.txt")) == VITEST
    assert told(read("vitest4-verbose.txt")) == VITEST | VITEST_NAMED
    assert read("vitest4.txt").runner == "vitest"


def test_vitests_reports_tell_the_same() -> None:
    assert told(read("", "vitest4-junit.xml")) == VITEST | VITEST_NAMED
    by_file = {line.replace(": hooked (", ": test/hooks.test.js (") for line in VITEST}
    assert told(read("vitest4-json.txt")) == by_file | VITEST_NAMED


SHOP = "example.com/shop"
GO = {
    f"error setup/setup_test.go: {SHOP}/setup (build)",
    f"error broken/broken_test.go: {SHOP}/broken (build)",
    f"failed : {SHOP}/cart.TestAddsWrongly",
    f"failed : {SHOP}/cart.TestCases",
    f"failed : {SHOP}/cart.TestCases/two_words",
    f"failed : {SHOP}/crash.TestRaises (panic)",
}
GO_NAMED = {
    f"passed : {SHOP}/cart.TestAdds",
    f"passed : {SHOP}/cart.TestCases/one",
    f"skipped : {SHOP}/cart.TestSkipped",
    f"passed : {SHOP}/cart.TestPrints",
    f"passed : {SHOP}/crash.TestBefore",
}


def test_go_names_failures_and_with_v_every_test() -> None:
    assert told(read("go119.txt")) == GO
    assert told(read("go119-v.txt")) == GO | GO_NAMED
    assert told(read("go119-json.txt")) == GO | GO_NAMED
    messages = {result.name: result.message for result in read("go119-v.txt").results}
    assert messages[f"{SHOP}/cart.TestAddsWrongly"] == "cart_test.go:13: Total = 2, want 3"
    assert "undefined: cart.Discount" in messages[f"{SHOP}/broken"]


CARGO = {
    "failed : tests::adds_wrongly (assertion)",
    "failed : tests::not_written (panic)",
    "failed : tests::raises (panic)",
    "failed : tests::returns_an_error (Error)",
}


def test_cargo() -> None:
    assert told(read("cargo195-q.txt")) == CARGO
    assert told(read("cargo195.txt")) == CARGO | {
        "passed : tests::adds",
        "passed : tests::panics_as_expected",
        "skipped : tests::is_skipped",
        "passed tests/it.rs: from_outside",
        "passed src/lib.rs: src/lib.rs - total (line 3)",
    }
    broken = read("cargo195-broken.txt")
    assert told(broken) == {'error tests/broken.rs: cart (test "broken") (build)'}
    assert "cannot find function `discount`" in broken.results[0].message


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("*.txt")), ids=lambda path: path.name)
def test_an_output_that_breaks_off_makes_no_test_pass(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    whole = {result.name for result in read(path.name).results}
    for end in range(0, len(lines), max(1, len(lines) // 60)):
        part = InstalledRunners().read("".join(lines[:end]), None)
        assert {result.name for result in part.of(TestOutcome.PASSED)} <= whole
