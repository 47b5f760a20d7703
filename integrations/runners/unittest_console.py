"""What Python's unittest prints: with ``-v`` every test, without only those that did not pass."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from integrations.runners import python_errors
from integrations.runners.bounds import Output
from worker.domain.test_results import TestOutcome, TestReport, TestResult

_RAN = re.compile(r"Ran \d+ tests? in \d+\.\d+s$")
_NAMED = re.compile(r"(\w[^\s(]*) \(([\w.<>]+)\)")
_ENDED = re.compile(r"(.*?)\.\.\. (ok|FAIL|ERROR|skipped\b.*|expected failure|unexpected success)$")
_BEGUN = re.compile(r"(.*?)\.\.\. ")
_BLOCK = re.compile(r"(FAIL|ERROR|UNEXPECTED SUCCESS): (.*)$")
_FRAME = re.compile(r'\s*File "([^"]{1,1000})", line \d+, in (\S+)')
_SETUP = frozenset(
    {"setUp", "asyncSetUp", "tearDown", "setUpClass", "tearDownClass", "setUpModule"}
    | {"asyncTearDown", "tearDownModule", "_callSetUp", "_callTearDown"}
)
_BLOCK_LINES = 400
_OUTCOMES = {
    "ok": TestOutcome.PASSED,
    "FAIL": TestOutcome.FAILED,
    "ERROR": TestOutcome.FAILED,
    "expected failure": TestOutcome.XFAILED,
    "unexpected success": TestOutcome.FAILED,
    "UNEXPECTED SUCCESS": TestOutcome.FAILED,
}


def read(output: Output) -> TestReport | None:
    """A name is ``tests.test_cart.TestCart.test_total``, as ``-m unittest`` takes it."""
    if not any(_RAN.match(line) for line in output.lines):
        return None
    results = {result.name: result for result in _verbose(output.lines)}
    for result in _blocks(output.lines):
        # A subtest that passes its test over is told by its test's name.
        results[result.name] = result
    files = {_module(result): result.file for result in results.values() if result.file}
    return TestReport("unittest", tuple(_placed(result, files) for result in results.values()))


def _verbose(lines: Sequence[str]) -> Iterator[TestResult]:
    before = waiting = ""
    for line in lines:
        match = _ENDED.match(line)
        if match and (name := _name(match[1]) or _name(before)):
            yield _ended(name, match[2])
            waiting = ""
        elif begun := _BEGUN.match(line):
            waiting = _name(begun[1]) or _name(before)
        elif waiting and (alone := _ENDED.match(f"... {line}")):
            # What the test prints itself comes in between.
            yield _ended(waiting, alone[2])
            waiting = ""
        # With a docstring, the test's name stands on a line of its own before it.
        before = line


def _ended(name: str, word: str) -> TestResult:
    if word.startswith("skipped"):
        return TestResult(name, TestOutcome.SKIPPED, message=word)
    return TestResult(name, _OUTCOMES[word], error="XPASS" if word == "unexpected success" else "")


def _name(shown: str) -> str:
    """Python 3.11 and later tell the method within the brackets, too."""
    match = _NAMED.match(shown.strip())
    if match is None:
        return ""
    method, place = match[1], match[2]
    if "._FailedTest" in place:
        return method
    return place if place.endswith(f".{method}") else f"{place}.{method}"


def _blocks(lines: Sequence[str]) -> Iterator[TestResult]:
    """``=====``, what and where, ``-----``, a traceback."""
    for at, line in enumerate(lines):
        match = _BLOCK.match(line)
        if match is None or not at or not lines[at - 1].startswith("=====") or not _name(match[2]):
            continue
        end = at + 1
        while end < len(lines) and end - at < _BLOCK_LINES and not lines[end].startswith("====="):
            if lines[end].startswith("-----") and _RAN.match(lines[min(end + 1, len(lines) - 1)]):
                break
            end += 1
        yield _failure(match[1], match[2], lines[at + 1 : end])


def _failure(word: str, shown: str, block: Sequence[str]) -> TestResult:
    name = _name(shown)
    if word == "UNEXPECTED SUCCESS":
        return TestResult(name, TestOutcome.FAILED, error="XPASS")
    start = next((at for at, line in enumerate(block) if line.startswith("Traceback ")), 0)
    error, _ = python_errors.of_traceback(block[start:])
    frames = [match for line in block if (match := _FRAME.match(line))]
    told = max((at for at, line in enumerate(block) if _tells(line, error)), default=start)
    message = "\n".join(block[told:])
    loaded = "unittest.loader._FailedTest" not in shown
    set_up = bool(frames) and frames[0][2].rpartition(".")[2] in _SETUP
    set_up = set_up or shown.startswith(tuple(_SETUP))
    outcome = TestOutcome.FAILED if loaded and not set_up else TestOutcome.ERROR
    # The first frame is the test's own; of a file that cannot be loaded, the loader's.
    file = frames[0][1] if frames and loaded else ""
    return TestResult(name, outcome, file, error, message)


def _tells(line: str, error: str) -> bool:
    return bool(error) and not line.startswith(" ") and python_errors.typed(line) == error


def _module(result: TestResult) -> str:
    """What stands before the class in a name."""
    parts = result.name.split(".")
    at = next((at for at, part in enumerate(parts) if part[:1].isupper()), len(parts))
    return ".".join(parts[:at])


def _placed(result: TestResult, files: Mapping[str, str]) -> TestResult:
    module = _module(result)
    path = f"{module.replace('.', '/')}.py"
    known = files.get(module, "")
    if known.endswith(path):
        return replace(result, file=known)
    # A module at the top may stem from any directory that ``discover`` was started in.
    return replace(result, file=path if "." in module else "")
