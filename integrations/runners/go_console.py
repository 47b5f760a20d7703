"""What ``go test`` prints, as text or with ``-json``: with ``-v`` every test, else failures."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from integrations.runners.bounds import Output
from worker.domain.test_results import TestOutcome, TestReport, TestResult

_PACKAGE = re.compile(r"(ok  |FAIL|\?   )\t(\S+)(?:\t(.*)| (\[(?:build|setup) failed\]))?$")
_STATED = re.compile(r"=== (?:RUN|CONT|NAME|PAUSE) +(\S+)$")
_ENDED = re.compile(r"--- (PASS|FAIL|SKIP): (\S+) \(\d+(?:\.\d+)?s\)$")
_HEADING = re.compile(r"# (\S+)(?: \[\S+\])?$")
_COMPILED = re.compile(r"(?:\./)?(\S+\.go):\d+(?::\d+)?: ")
_TOLD_LINES = 30
_OUTCOMES = {
    "PASS": TestOutcome.PASSED,
    "FAIL": TestOutcome.FAILED,
    "SKIP": TestOutcome.SKIPPED,
}


@dataclass(slots=True)
class _Package:
    """What was said since the last package ended."""

    ended: dict[str, TestOutcome] = field(default_factory=dict)
    started: dict[str, None] = field(default_factory=dict)
    told: dict[str, list[str]] = field(default_factory=dict)
    """By test; the empty name for what belongs to none."""
    panicked: str = ""
    """The test during which the program fell over."""
    panics: bool = False
    current: str = ""


def read(output: Output) -> TestReport | None:
    """A name is ``example.com/cart.TestAdd``, of a subtest ``example.com/cart.TestAdd/one``."""
    lines = _unrolled(output.lines)
    if not any(_PACKAGE.match(line) for line in lines):
        return None
    builds = _builds(lines)
    results: list[TestResult] = []
    package = _Package()
    for line in lines:
        if match := _PACKAGE.match(line):
            name, note = match[2], match[3] or match[4] or ""
            results.extend(_results(package, name, match[1] == "FAIL", note, builds))
            package = _Package()
        else:
            _take(package, line)
    return TestReport("go", tuple(results))


def _take(package: _Package, line: str) -> None:
    if match := _STATED.match(line):
        package.current = match[1]
        package.started[match[1]] = None
    elif match := _ENDED.search(line):
        # What a test prints without a line's end stands before it.
        package.current = match[2]
        package.ended[match[2]] = _OUTCOMES[match[1]]
    else:
        if line.startswith("panic: ") and not package.panics:
            package.panics, package.panicked = True, package.current
        told = package.told.setdefault(package.current, [])
        if line.strip() and len(told) < _TOLD_LINES:
            told.append(line.strip())


def _results(
    package: _Package, name: str, failed: bool, note: str, builds: dict[str, list[str]]
) -> Iterator[TestResult]:
    if "failed]" in note:
        told = builds.get(name, [])
        match = _COMPILED.match(told[0]) if told else None
        file = match[1] if match else ""
        yield TestResult(name, TestOutcome.ERROR, file, "build", "\n".join(told) or note)
        return
    broke = [test for test in package.started if test not in package.ended] if failed else []
    for test, outcome in package.ended.items():
        error = "panic" if package.panics and test == package.panicked else ""
        shown = outcome is not TestOutcome.PASSED
        message = "\n".join(package.told.get(test, [])) if shown else ""
        yield TestResult(f"{name}.{test}", outcome, "", error, message)
    for test in broke:
        message = "\n".join(package.told.get(test, []))
        yield TestResult(f"{name}.{test}", TestOutcome.ERROR, "", _fell(package), message)
    if failed and not broke and TestOutcome.FAILED not in package.ended.values():
        message = "\n".join(package.told.get("", []))
        yield TestResult(name, TestOutcome.ERROR, "", _fell(package), message)


def _fell(package: _Package) -> str:
    told = [line for lines in package.told.values() for line in lines]
    if any(line.startswith("panic: test timed out") for line in told):
        return "timeout"
    return "panic" if package.panics else "crash"


def _builds(lines: Sequence[str]) -> dict[str, list[str]]:
    """What the compiler said, by package: below a line of its own, before any test is run."""
    builds: dict[str, list[str]] = {}
    package = ""
    for line in lines:
        if match := _HEADING.match(line):
            package = match[1]
        elif _PACKAGE.match(line) or _STATED.match(line):
            package = ""
        elif package and len(builds.setdefault(package, [])) < _TOLD_LINES:
            builds[package].append(line.strip())
    return builds


def _unrolled(lines: Sequence[str]) -> Sequence[str]:
    """Of ``-json``, the text as it would have been printed: packages run at the same time."""
    if not any(line.startswith("{") and '"Action":"' in line for line in lines):
        return lines
    texts: dict[str, list[str]] = {}
    plain: list[str] = []
    for line in lines:
        event = _event(line)
        if event is None:
            plain.append(line)
        elif isinstance(told := event.get("Output"), str):
            place = event.get("Package") or event.get("ImportPath")
            texts.setdefault(str(place), []).append(told)
    printed = [line for parts in texts.values() for line in "".join(parts).split("\n")]
    built = [line for line in printed if line.startswith("# ")]
    return [*plain, *printed] if plain or built else printed


def _event(line: str) -> dict[str, object] | None:
    if not line.startswith("{"):
        return None
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and "Action" in event else None
