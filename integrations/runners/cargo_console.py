"""What ``cargo test`` prints: every test, with ``-q`` only those that failed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from integrations.runners.bounds import Output
from worker.domain.test_results import TestOutcome, TestReport, TestResult

_STARTED = re.compile(r"running \d+ tests?$")
_SUMMED = re.compile(r"test result: (?:ok|FAILED)\. \d+ passed; \d+ failed; ")
_TEST = re.compile(r"test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)\b(?:, )?(.*)$")
_QUIET = re.compile(r"(\S+) --- FAILED$")
_TARGET = re.compile(r"\s+Running (?:unittests )?(\S+\.rs) \(")
_SECTION = re.compile(r"---- (.+) stdout ----$")
_PANICKED = re.compile(r"thread '.*' (?:\(\d+\) )?panicked at (.+)$")
_OLD = re.compile(r"'(.*)', \S+\.rs:\d+:\d+$")
_DOCUMENTED = re.compile(r"(\S+\.rs) - .*\(line \d+\)")
_UNBUILT = re.compile(r"error: could not compile `([^`]+)`(?: \((.+?)\))? due to")
_COMPILED = re.compile(r"error(?:\[E\d+\])?: ")
_ARROW = re.compile(r"\s+--> (\S+):\d+:\d+$")
_DIED = re.compile(r"\s*process didn't exit successfully: .*\((signal: .+|exit code: .+)\)$")
_TOLD_LINES = 30
_OUTCOMES = {
    "ok": TestOutcome.PASSED,
    "FAILED": TestOutcome.FAILED,
    "ignored": TestOutcome.SKIPPED,
}


@dataclass(slots=True)
class _Target:
    """One test program."""

    file: str = ""
    results: dict[str, TestResult] = field(default_factory=dict)
    told: dict[str, list[str]] = field(default_factory=dict)
    section: str = ""


def read(output: Output) -> TestReport | None:
    """Tests of several programs may have the same name: cargo tells the program by its file."""
    lines = output.lines
    built = list(_unbuilt(lines))
    if not built and not any(_SUMMED.match(line) or _STARTED.match(line) for line in lines):
        return None
    if not built and not any(_TEST.match(line) or _SUMMED.match(line) for line in lines):
        return None
    results: list[TestResult] = []
    target = _Target()
    for line in lines:
        if match := _TARGET.match(line):
            results.extend(_ended(target))
            target = _Target(match[1])
        elif _SUMMED.match(line) or line.startswith("   Doc-tests "):
            results.extend(_ended(target))
            target = _Target()
        elif match := _DIED.match(line):
            results.append(TestResult("cargo", TestOutcome.ERROR, "", "crash", match[1]))
        else:
            _take(target, line)
    return TestReport("cargo", (*results, *_ended(target), *built))


def _take(target: _Target, line: str) -> None:
    if match := _TEST.match(line):
        file = _file(match[1], target.file)
        target.results[match[1]] = TestResult(match[1], _OUTCOMES[match[2]], file, "", match[3])
    elif match := _QUIET.match(line):
        target.results[match[1]] = TestResult(match[1], TestOutcome.FAILED, target.file)
    elif match := _SECTION.match(line):
        target.section = match[1]
    elif line == "failures:":
        target.section = ""
    elif target.section:
        told = target.told.setdefault(target.section, [])
        if line.strip() and len(told) < _TOLD_LINES:
            told.append(line.strip())


def _file(name: str, target: str) -> str:
    """The file that holds the test, where that is sure: of unit tests only the crate's is told."""
    if match := _DOCUMENTED.match(name):
        return match[1]
    return target if target.startswith(("tests/", "benches/", "examples/")) else ""


def _ended(target: _Target) -> Iterator[TestResult]:
    for result in target.results.values():
        failed = result.outcome is TestOutcome.FAILED
        yield _failure(result, target.told) if failed else result


def _failure(result: TestResult, told: Mapping[str, list[str]]) -> TestResult:
    lines = told.get(result.name, [])
    if any(line.startswith("Couldn't compile the test") for line in lines):
        message = "\n".join(lines)
        return TestResult(result.name, TestOutcome.ERROR, result.file, "build", message)
    at = next((at for at, line in enumerate(lines) if _PANICKED.match(line)), None)
    if at is None:
        error = "Error" if lines and lines[0].startswith("Error: ") else ""
        return TestResult(result.name, result.outcome, result.file, error, "\n".join(lines))
    place = (_PANICKED.match(lines[at]) or [""])[1]
    if old := _OLD.match(place):  # Before Rust 1.73.
        words = old[1]
    else:
        said = lines[at + 1 :]
        end = said.index("stack backtrace:") if "stack backtrace:" in said else len(said)
        words = "\n".join(said[:end])
    error = "assertion" if words.startswith("assertion") else "panic"
    return TestResult(result.name, result.outcome, result.file, error, words)


def _unbuilt(lines: Sequence[str]) -> Iterator[TestResult]:
    """What could not be compiled, with the first errors of all."""
    first = next((at for at, line in enumerate(lines) if _COMPILED.match(line)), 0)
    told = lines[first : first + _TOLD_LINES]
    places = [match[1] for line in told if (match := _ARROW.match(line))]
    for line in lines:
        if match := _UNBUILT.match(line):
            name = f"{match[1]} ({match[2]})" if match[2] else match[1]
            file = places[0] if places else ""
            yield TestResult(name, TestOutcome.ERROR, file, "build", "\n".join(told))
