"""What pytest prints, for where it wrote no report: it crashed, or was never asked to."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice

from integrations.runners import python_errors
from integrations.runners.bounds import RESULTS, Output
from worker.domain.test_results import TestOutcome, TestReport, TestResult

_STARTED = re.compile(r"=+ test session starts( \(.*)? =+$")
_COUNTED = re.compile(
    r"(?:\d+ (?:passed|failed|errors?|skipped|deselected|warnings?|xfailed|xpassed|rerun)"
    r"|\d+ subtests passed|no tests ran|no tests collected)$"
)
_SUMMARY = re.compile(r"=+ short test summary info =+$")
_SUMMED = re.compile(r"(?:SUB(?=FAILED))?(FAILED|ERROR|PASSED|XFAIL|XPASS)(?:\([^)]*\))? (\S.*)$")
_OUTCOME = re.compile(r" (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b")
_NODE_ID = re.compile(r"(?:\[gw\d+\] )?(\S+\.\w+::.+)")
_DISTRIBUTED = re.compile(r"\[gw\d+\] \[ *\d+%\] (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS) (\S.*)$")
_SECTION = re.compile(r"_{3,} (?:ERROR (?:collecting|at setup of|at teardown of) )?(\S.*?) _{3,}$")
_CAPTURED = re.compile(r"-{3,} Captured \w+ (?:call|setup|teardown) -{3,}$")
_HEADING = re.compile(r"=+ [a-z\d].* =+$")
_CONFTEST = re.compile(r"ImportError while loading conftest '([^']{1,500})'")
_USAGE = re.compile(r"ERROR: (?:file or directory )?not found: (\S+)")
_CRASHED = re.compile(r"INTERNALERROR>|\S{0,200}Fatal Python error: |!+ _pytest\.outcomes\.Exit")
_BLOCK_LINES = 40
_OUTCOMES = {
    "PASSED": TestOutcome.PASSED,
    "XPASS": TestOutcome.PASSED,
    "FAILED": TestOutcome.FAILED,
    "ERROR": TestOutcome.ERROR,
    "SKIPPED": TestOutcome.SKIPPED,
    "XFAIL": TestOutcome.XFAILED,
}


def without_captured(lines: Sequence[str]) -> list[str]:
    """The lines but for what tests themselves have printed: it may look like anything."""
    kept: list[str] = []
    captured = False
    for line in lines:
        if _CAPTURED.match(line):
            captured = True
        elif captured and (_SECTION.match(line) or _HEADING.match(line)):
            captured = False
        if not captured:
            kept.append(line)
    return kept


def read(output: Output) -> TestReport | None:
    """Without ``-v`` or ``-rA`` only those tests are named that did not pass."""
    lines = output.lines
    results: dict[str, TestResult] = {}
    is_pytest = any(_is_pytest(line) for line in lines)
    told = chain(_broken(lines, is_pytest), _verbose(lines), _summed(lines, _explained(lines)))
    for result in islice(told, 2 * RESULTS):
        if _tells_more(result, results.get(result.name)):
            results[result.name] = result
    if not results and not is_pytest:
        return None
    return TestReport("pytest", tuple(results.values()))


def _tells_more(result: TestResult, known: TestResult | None) -> bool:
    """A test that failed has failed, even if it could not be torn down then."""
    if known is None or result.error == "crash" or known.outcome is result.outcome:
        return True
    return known.outcome is not TestOutcome.FAILED


def _is_pytest(line: str) -> bool:
    if _STARTED.match(line) or "INTERNALERROR>" in line[:20]:
        return True
    counts, within, seconds = line.strip("= ").rpartition(" in ")
    if not within or not re.match(r"\d+\.\d\ds\b", seconds):
        return False
    return all(_COUNTED.match(part) for part in counts.split(", "))


def _verbose(lines: Sequence[str]) -> Iterator[TestResult]:
    for line in lines:
        if (match := _OUTCOME.search(line)) is None:
            continue
        if named := _NODE_ID.match(line[: match.start()]):
            yield TestResult(named[1], _OUTCOMES[match[1]], named[1].partition("::")[0])
        elif found := _DISTRIBUTED.match(line):
            name = found[2].rstrip()
            yield TestResult(name, _OUTCOMES[found[1]], name.partition("::")[0])


def _summed(lines: Sequence[str], explained: Mapping[str, list[str]]) -> Iterator[TestResult]:
    """Of the short summary at the end: what tests print themselves stands before it."""
    start = max((at for at, line in enumerate(lines) if _SUMMARY.match(line)), default=len(lines))
    for line in lines[start:]:
        if (match := _SUMMED.match(line)) is None:
            continue
        name, reason = _split(match[2])
        outcome = _OUTCOMES[match[1]]
        file, _, inside = name.partition("::")
        block = explained.get(inside.replace("::", ".") or file, [])
        error = ""
        if outcome in {TestOutcome.FAILED, TestOutcome.ERROR}:
            shown = "\n".join(f"E   {line}" for line in block)
            error = python_errors.of_explanation(shown) or python_errors.of_message(reason)
            # A failure that begins so is an assertion that pytest has explained.
            error = "AssertionError" if block[:1] and block[0].startswith("assert ") else error
        error = "XPASS" if reason.startswith("[XPASS(strict)]") else error
        if python_errors.crashed(reason):
            outcome, error = TestOutcome.ERROR, "crash"
        yield TestResult(name, outcome, file, error, "\n".join(block) or reason)


def _split(rest: str) -> tuple[str, str]:
    """A node id and the reason behind it; parameters may hold anything, a dash too."""
    opened = rest.find("[")
    dash = rest.find(" - ")
    if 0 <= opened < dash or (opened >= 0 and dash < 0):
        closed = rest.find("] - ", opened)
        if closed >= 0:
            return rest[: closed + 1], rest[closed + 4 :]
        if rest.endswith("]"):
            return rest, ""
    name, _, reason = rest.partition(" - ")
    return name.rstrip(), reason


def _explained(lines: Sequence[str]) -> Mapping[str, list[str]]:
    """The last explanation in each section, by its title: ``TestCart.test_total[2]``."""
    sections: dict[str, list[str]] = {}
    title, within = "", False
    for line in lines:
        if match := _SECTION.match(line):
            title, within = match[1], False
        elif line.startswith(("==", "--")):
            title = ""
        elif title:
            explains = line == "E" or line.startswith("E  ")
            if explains and not within:
                sections[title] = []
            if explains and len(sections[title]) < _BLOCK_LINES:
                sections[title].append(line[1:].strip())
            within = explains
    return sections


def _broken(lines: Sequence[str], is_pytest: bool) -> Iterator[TestResult]:
    """What kept pytest from running anything, or to the end."""
    for at, line in enumerate(lines):
        if match := _CONFTEST.match(line):
            block = python_errors.last_block(lines[at : at + _BLOCK_LINES])
            told = "\n".join(f"E   {line}" for line in block)
            error = python_errors.of_explanation(told) or "ImportError"
            yield TestResult(match[1], TestOutcome.ERROR, match[1], error, "\n".join(block))
        elif is_pytest and (match := _USAGE.match(line)):
            file = match[1].partition("::")[0]
            yield TestResult(match[1], TestOutcome.ERROR, file, "not found", line)
        elif _CRASHED.match(line):
            message = "\n".join(lines[at : at + _BLOCK_LINES])
            if "pytest" in message:
                yield TestResult("pytest", TestOutcome.ERROR, "", "crash", message)
