"""What jest prints: with ``--verbose``, or of a single file, every test, else only failures."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from integrations.runners import javascript_errors
from integrations.runners.bounds import Output, first
from worker.domain.test_results import TestOutcome, TestReport, TestResult

_FILE = re.compile(r"(PASS|FAIL) +(?:\S+ +)?(\S+\.[cm]?[jt]sx?)(?: \(.*\))?$")
_SUMMED = re.compile(r"Test Suites: .*\d+ total$")
_MARKED = re.compile(r"( +)([✓✕○✎√×]) (?:skipped |todo )?(.+?)(?: \(\d+(?:\.\d+)? m?s\))?$")
_TITLE = re.compile(r"( +)(\S.*)$")
_BLOCK = re.compile(r"  ● +(.+)$")
_BROKEN = "Test suite failed to run"
_EXITED = "process.exit called with"
_BLOCK_LINES = 60
_OUTCOMES = {
    **dict.fromkeys("✓√", TestOutcome.PASSED),
    **dict.fromkeys("✕×", TestOutcome.FAILED),
    **dict.fromkeys("○✎", TestOutcome.SKIPPED),
}


def read(output: Output) -> TestReport | None:
    """A name is ``cart > adds``, as the other runners of JavaScript have it."""
    lines = output.lines
    crash = _crash(lines)
    marks = any(_SUMMED.match(line) or _BLOCK.match(line) or _MARKED.match(line) for line in lines)
    if not crash and not (marks and any(_FILE.match(line.strip()) for line in lines)):
        return None
    found = first(_trees(lines)) | first(_blocks(lines))
    return TestReport("jest", (*found.values(), *crash))


def _crash(lines: Sequence[str]) -> tuple[TestResult, ...]:
    for line in lines:
        if (match := _BLOCK.match(line)) and match[1].startswith(_EXITED):
            return (TestResult("jest", TestOutcome.ERROR, "", "crash", match[1]),)
    return ()


def _trees(lines: Sequence[str]) -> Iterator[TestResult]:
    """Below a file's line: suites and tests, the deeper the further in."""
    file, open_suites, marked = "", list[tuple[int, str]](), False
    for line in lines:
        if match := _FILE.match(line.strip()):
            file, open_suites, marked = match[2], [], False
        elif not file or _BLOCK.match(line) or (marked and not line.strip()):
            file = ""
        elif match := _MARKED.match(line):
            depth, marked = len(match[1]), True
            parents = [title for indent, title in open_suites if indent < depth]
            name = _joined([*parents, match[3]])
            yield TestResult(name, _OUTCOMES[match[2]], file)
        elif match := _TITLE.match(line):
            depth = len(match[1])
            open_suites = [entry for entry in open_suites if entry[0] < depth]
            open_suites.append((depth, match[2]))


def _joined(titles: Sequence[str]) -> str:
    return " > ".join(titles).replace(" › ", " > ")


def _blocks(lines: Sequence[str]) -> Iterator[TestResult]:
    """Below a file's line: ``● cart › adds``, and what went wrong."""
    file = ""
    for at, line in enumerate(lines):
        if match := _FILE.match(line.strip()):
            file = match[2]
        elif _SUMMED.match(line) or line.startswith("Summary of all failing tests"):
            file = ""
        elif file and (match := _BLOCK.match(line)):
            block = _block(lines[at + 1 : at + 1 + _BLOCK_LINES])
            if match[1].startswith(_BROKEN):
                yield _broken(file, block)
            elif not match[1].startswith((_EXITED, "Console", "Cannot log after")):
                yield failure(_joined([match[1].rstrip()]), file, block)


def _block(lines: Sequence[str]) -> list[str]:
    block = []
    for line in lines:
        if _BLOCK.match(line) or (line and not line.startswith(" ")):
            break
        block.append(line.strip())
    return block


def failure(name: str, file: str, told: Sequence[str]) -> TestResult:
    """Of a test that was run; ``told`` is what jest says about it, in lines."""
    words = [line for line in told if line]
    first = words[0] if words else ""
    thrown = first.removeprefix('thrown: "')
    if thrown.startswith("Exceeded timeout"):
        error = "timeout"
    elif first.startswith("thrown: "):
        error = "thrown"
    else:
        # The type of an Error and of a class of one's own is left out.
        error = javascript_errors.typed(first) or "Error"
    return TestResult(name, TestOutcome.FAILED, file, error, "\n".join(words))


def _broken(file: str, told: Sequence[str]) -> TestResult:
    """A file that could not be run."""
    result = failure(file, file, told)
    error = javascript_errors.of_lines(line for line in told if not line.startswith("at "))
    if any("must contain at least one test" in line for line in told):
        error = "no tests"
    elif any(re.search(r"error.{0,20} TS\d+:", line) for line in told):
        error = "build"
    message = next((line for line in told if error and error in line), result.message)
    return replace(result, outcome=TestOutcome.ERROR, error=error or "Error", message=message)
