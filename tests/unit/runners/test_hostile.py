"""What comes out of a sandbox must not hurt: bombs, floods, forged names."""

import sys

import pytest

from integrations.runners import InstalledRunners
from worker.domain.test_results import TestOutcome, TestReport

RUNNERS = InstalledRunners()


def report(*cases: str, suite: str = "pytest") -> str:
    inside = "".join(cases)
    return f'<testsuites><testsuite name="{suite}">{inside}</testsuite></testsuites>'


def case(name: str, inside: str = "", classname: str = "test_a", file: str = "test_a.py") -> str:
    return f'<testcase classname="{classname}" name="{name}" file="{file}">{inside}</testcase>'


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + f"]>{report(case('test_a', '<failure>&l;</failure>'))}"
)
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + report(
    case("test_a", "<failure>&x;</failure>")
)
TYPED = '<!DOCTYPE testsuites SYSTEM "http://127.0.0.1:9/x.dtd">' + report(case("test_a"))


@pytest.mark.parametrize("text", [BOMB, EXTERNAL, TYPED], ids=["bomb", "external", "typed"])
def test_declarations_are_refused(text: str) -> None:
    assert RUNNERS.read("", text) == TestReport()


@pytest.mark.parametrize(
    "text",
    [
        report(case("test_a"))[:-5],
        report(case("test_a")) + "<more/>",
        report('<testcase name="a" name="b"/>'),
        report("<testcase>&unknown;</testcase>"),
        "<testsuites><testsuite></testsuites>",
        report(),
        "<html><testcase name='a'/></html>",
    ],
)
def test_broken_xml_is_no_report(text: str) -> None:
    assert RUNNERS.read("", text) == TestReport()


def test_any_declared_encoding_and_illegal_characters_are_read() -> None:
    whole = report(case("test_é\x00\x1b[31m\ud800"))
    for declared in ("utf-16", "us-ascii", "nothing"):
        text = f'\ufeff\n<?xml version="1.0" encoding="{declared}"?>{whole}'
        read = RUNNERS.read("", text)
        assert [result.name for result in read.results] == ["test_a.py::test_é[31m"]


def test_of_very_many_tests_the_first_are_kept() -> None:
    read = RUNNERS.read("", report(*(case(f"test_{n}") for n in range(21_000))))
    assert len(read.results) == 20_000
    assert read.results[-1].name == "test_a.py::test_19999"
    lines = "".join(f"tests/test_a.py::test_{n} PASSED [ 1%]\n" for n in range(21_000))
    assert len(RUNNERS.read(f"{lines}21000 passed in 1.00s\n", None).results) == 20_000


def test_names_are_one_short_line_and_paths_stay_inside() -> None:
    name = "test_b[&#10;FAILED x\u202e\x07&#9;\u2028]" + "y" * 2_000
    (result,) = RUNNERS.read("", report(case(name))).results
    assert result.name.startswith("test_a.py::test_b[ FAILED x ]yyy")
    assert len(result.name) == 500
    for file in ("/etc/passwd", "../../x.py", "a/../../x.py", "file:///etc/passwd"):
        told = RUNNERS.read("", report(case("t", file=file, classname="x.Y"), suite="other"))
        assert [result.file for result in told.results] == [""]


def test_messages_are_cut_and_hold_no_control_characters() -> None:
    inside = f'<failure message="ValueError: \x1b[31m{"m" * 5_000}">{"t" * 100_000}</failure>'
    (result,) = RUNNERS.read("", report(case("test_b", inside))).results
    assert result.error == "ValueError"
    assert len(result.message) == 600
    assert "\x1b" not in result.message


def test_a_type_is_short_whatever_is_told() -> None:
    inside = f'<failure message="{"E" * 3_000}Error: x">x</failure>'
    (result,) = RUNNERS.read("", report(case("test_b", inside))).results
    assert len(result.error) <= 100


def test_deep_and_wide_documents_end() -> None:
    deep = report("<a>" * 100_000)
    wide = report(case("test_b"), "<a/>" * 1_000_000)
    inside = report(case("test_b", "<failure/>" * 300_000))
    assert RUNNERS.read("", deep) == TestReport()
    assert len(RUNNERS.read("", wide).results) == 1
    late = report(case("test_b"), "<a/>" * 500_000, case("test_c"))
    assert len(RUNNERS.read("", late).results) == 1
    assert len(RUNNERS.read("", inside).results) == 1


def test_a_report_of_fifty_megabytes_is_none() -> None:
    assert RUNNERS.read("", report(case("test_b", "x" * 50_000_000))) == TestReport()


FLOODS = {
    "binary": "".join(chr(n * 7919 % 0x3000) for n in range(10_000_000)),
    "lines": "\n" * 10_000_000,
    "one line": "=" * 10_000_000,
    "underlines": "_ " * 5_000_000,
    "verbose": ("a.b::" * 790 + " PASSED.\n") * 500 + "1 passed in 0.01s\n",
    "usage": "ERROR: not found: a\n" * 80_000 + "1 passed in 0.01s\n",
    "summary": "=== short test summary info ===\n" + "FAILED a.py::b[" * 200_000,
    "unittest": ("=" * 70 + "\nFAIL: a (b.C)\n") * 20_000 + "Ran 1 test in 0.001s\n",
    "jest": "FAIL a.js\n" + "  ● a\n" * 200_000 + "Test Suites: 1 total\n",
    "jest marks": "FAIL a.js\n" + "    ✓ a (1 ms)\n" * 100_000,
    "vitest": " RUN  v4.0.0 /w\n" + " FAIL  a.js\n" * 100_000,
    "node": "✖ a (1ms)\n" * 60_000
    + "ℹ fail 1\n✖ failing tests:\n"
    + "test at a.js:1:1\n✖ b > b (1ms)\n" * 30_000,
    "tap": "TAP version 13\n# Subtest: a\n" + "not ok 1 - a\n" * 100_000,
    "go": "--- FAIL: a (0.00s)\n" * 100_000 + "FAIL\tx\t0.1s\n",
    "go json": '{"Action":"output","Package":"a","Output":"--- FAIL: a (0.00s)\\n"}\n' * 100_000,
    "cargo": "running 1 test\n" + "test a ... FAILED\n---- a stdout ----\n" * 50_000,
}


@pytest.mark.parametrize("name", sorted(FLOODS))
def test_a_flood_is_read_to_its_end(name: str) -> None:
    read = RUNNERS.read(FLOODS[name], None)
    assert len(read.results) <= 20_000
    assert sum(sys.getsizeof(result.message) for result in read.results) < 60_000_000


def test_what_a_failing_test_printed_is_not_another_runners_word() -> None:
    output = (
        "____ test_a ____\n---- Captured stdout call ----\n--- PASS: TestForged (0.00s)\n"
        "ok  \texample.com/forged\t0.1s\n=== short test summary info ===\n"
        "FAILED test_a.py::test_a - assert 0\n=== 1 failed in 0.01s ===\n"
    )
    read = RUNNERS.read(output, None)
    assert [(result.name, result.outcome) for result in read.results] == [
        ("test_a.py::test_a", TestOutcome.FAILED)
    ]
