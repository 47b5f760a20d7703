"""What vitest prints: with ``--reporter=verbose`` every test, else only failures by their names."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from integrations.runners import javascript_errors
from integrations.runners.bounds import Output, first
from worker.domain.test_results import TestOutcome, TestReport, TestResult

_RUN = re.compile(r"\s*(?:RUN|DEV)\s+v\d+\.\d+")
_SUMMED = re.compile(r"\s*Test Files\s.*\(\d+\)$")
_FILE = r"(?:\|[^|]{1,100}\| )?(\S+\.[cm]?[jt]sx?)"
_MARKED = re.compile(rf"\s{{0,3}}([✓×↓□✗]) {_FILE} > (.+?)(?: \d+m?s)?$")
_FAILED = re.compile(rf"\s?FAIL  {_FILE}(?: > (.+)| \[ .+ \])?$")
_SUITES = re.compile(r"⎯+ Failed Suites \d+ ⎯+$")
_TESTS = re.compile(r"⎯+ Failed Tests \d+ ⎯+$")
_END = re.compile(r"⎯⎯⎯+")
_BLOCK_LINES = 40
_OUTCOMES = {
    "✓": TestOutcome.PASSED,
    **dict.fromkeys("×✗", TestOutcome.FAILED),
    **dict.fromkeys("↓□", TestOutcome.SKIPPED),
}


def read(output: Output) -> TestReport | None:
    """A name is ``cart > adds``; the tree that is printed by default leaves suites out of it."""
    lines = output.lines
    if not any(_RUN.match(line) for line in lines) and not any(map(_SUMMED.match, lines)):
        return None
    found: dict[tuple[str, str], TestResult] = {}
    for result in chain(first(_failures(lines)).values(), first(_marked(lines)).values()):
        known = found.get((result.file, result.name))
        if known is None or not known.error:
            found[result.file, result.name] = result
    return TestReport("vitest", tuple(found.values()))


def _marked(lines: Sequence[str]) -> Iterator[TestResult]:
    for line in lines:
        if match := _MARKED.match(line):
            yield TestResult(match[3], _OUTCOMES[match[1]], match[2])


def _failures(lines: Sequence[str]) -> Iterator[TestResult]:
    """Files that cannot be loaded and hooks that fail are told in a section of their own."""
    of_suites = False
    for at, line in enumerate(lines):
        if _SUITES.match(line):
            of_suites = True
        elif _TESTS.match(line):
            of_suites = False
        elif match := _FAILED.match(line):
            block = _block(lines[at + 1 : at + 1 + _BLOCK_LINES])
            outcome = TestOutcome.ERROR if of_suites or not match[2] else TestOutcome.FAILED
            yield TestResult(
                match[2] or match[1], outcome, match[1], _error(block), "\n".join(block)
            )


def _block(lines: Sequence[str]) -> list[str]:
    """Several tests that fail alike are told one below the other, with one explanation."""
    block = []
    for line in lines:
        if _END.match(line):
            break
        if line.strip() and not _FAILED.match(line):
            block.append(line.strip())
    return block


def _error(block: Sequence[str]) -> str:
    first = block[0] if block else ""
    if "timed out in" in first:
        return "timeout"
    return javascript_errors.typed(first)
