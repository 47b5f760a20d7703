"""What Node's own runner prints as ``spec``: a tree of tests, then its failures once more."""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from integrations.runners import javascript_errors
from integrations.runners.bounds import RESULTS, Output
from worker.domain.test_results import TestOutcome, TestReport, TestResult

_COUNTED = re.compile(r"ℹ (?:tests|pass|fail) \d+$")
_OPENED = re.compile(r"( *)▶ (.+)$")
_MARKED = re.compile(r"( *)([✔✖﹣⚠]) (.+)$")
_TAKEN = re.compile(r" \(\d+(?:\.\d+)?ms\)$")
_DIRECTIVE = re.compile(r" # (SKIP|TODO|EXPECTED FAILURE)\b.*$")
_PLACE = re.compile(r"test at (.+?):\d+:\d+$")
_FAILURES = "✖ failing tests:"
_SCRIPT = re.compile(r"\.[cm]?[jt]sx?$")
_NEVER_RUN = ("test did not finish before its parent", "parent already finished")
_BEFORE = 60


@dataclass(slots=True)
class _Tree:
    """The tests that are open, by their indentation, and what was said since the last mark."""

    open: list[tuple[int, str, int]] = field(default_factory=list)
    """Indentation, name, and how many results there were when it began."""
    results: list[TestResult] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def read(output: Output) -> TestReport | None:
    """Suites are no tests: only one that fails by itself is told."""
    if not any(_COUNTED.match(line) for line in output.lines):
        return None
    lines = list(output.lines)
    cuts = [at for at, line in enumerate(lines) if line == _FAILURES]
    tree = _Tree()
    for line in lines[: cuts[0]] if cuts else lines:
        _take(tree, line)
    details = _details(lines[cuts[0] + 1 :]) if cuts else iter(())
    return TestReport("node", tuple(_explained(tree.results, details)))


def _take(tree: _Tree, line: str) -> None:
    if match := _OPENED.match(line):
        depth = len(match[1])
        _close(tree, depth)
        tree.open.append((depth, _bare(match[2]), len(tree.results)))
    elif match := _MARKED.match(line):
        _mark(tree, len(match[1]), match[2], match[3])
        tree.said = []
    else:
        tree.said = [*tree.said[-_BEFORE:], line]


def _close(tree: _Tree, depth: int) -> None:
    while tree.open and tree.open[-1][0] >= depth:
        tree.open.pop()


def _mark(tree: _Tree, depth: int, mark: str, rest: str) -> None:
    name = _bare(rest)
    suite = tree.open[-1] if tree.open and tree.open[-1][:2] == (depth, name) else None
    _close(tree, depth)
    result = _result(" > ".join([*(title for _, title, _ in tree.open), name]), mark, rest)
    if suite is None:
        tree.results.append(_whole_file(result, tree.said))
        return
    inside = tree.results[suite[2] :]
    failed = any(r.outcome in {TestOutcome.FAILED, TestOutcome.ERROR} for r in inside)
    if mark == "✖" and not failed:
        tree.results.append(result)


def _bare(rest: str) -> str:
    """The name without its directive, and without how long it took."""
    return _TAKEN.sub("", _DIRECTIVE.sub("", re.sub(r"(ms\)) # .*$", r"\1", rest)))


def _result(name: str, mark: str, rest: str) -> TestResult:
    directive = _DIRECTIVE.search(rest)
    said = rest.partition("ms) # ")[2]
    if mark == "﹣" or (directive and directive[1] == "SKIP"):
        return TestResult(name, TestOutcome.SKIPPED, message=said)
    if directive and directive[1] == "EXPECTED FAILURE" and mark == "✔":
        return TestResult(name, TestOutcome.XFAILED)
    # What is still to do proves nothing, whether it holds or not.
    if mark == "⚠" or (said and mark == "✖"):
        return TestResult(name, TestOutcome.XFAILED, message=said)
    if directive and directive[1] == "TODO":
        return TestResult(name, TestOutcome.SKIPPED)
    return TestResult(name, TestOutcome.PASSED if mark == "✔" else TestOutcome.FAILED)


def _whole_file(result: TestResult, said: Sequence[str]) -> TestResult:
    """A file that could not be run to its end is told as a test; why is printed before it."""
    if result.outcome is not TestOutcome.FAILED or not _SCRIPT.search(result.name):
        return result
    # What other tests failed by is printed further in.
    told = (line for line in said if not line.startswith(" "))
    why = next((line for line in told if javascript_errors.typed(line)), "")
    error = javascript_errors.typed(why) or "crash"
    message = why or "The file ended before its tests did."
    return replace(
        result, outcome=TestOutcome.ERROR, file=result.name, error=error, message=message
    )


@dataclass(slots=True)
class _Detail:
    file: str
    name: str = ""
    lines: list[str] = field(default_factory=list)


def _details(lines: Sequence[str]) -> Iterator[_Detail]:
    detail: _Detail | None = None
    for line in lines:
        if match := _PLACE.match(line):
            if detail:
                yield detail
            detail = _Detail(match[1])
        elif detail and not detail.name and (match := _MARKED.match(line)):
            detail.name = _bare(match[3])
        elif detail and len(detail.lines) < _BEFORE:
            detail.lines.append(line.strip())
    if detail:
        yield detail


def _explained(results: Sequence[TestResult], details: Iterator[_Detail]) -> Iterator[TestResult]:
    """The failures come in the order of the tree, by their last names."""
    waiting: dict[str, deque[_Detail]] = {}
    for detail in islice(details, RESULTS):
        waiting.setdefault(detail.name, deque()).append(detail)
    for result in results[:RESULTS]:
        known = result.outcome in {TestOutcome.PASSED, TestOutcome.SKIPPED}
        name = None if known else next((n for n in _ends(result.name) if waiting.get(n)), None)
        yield result if name is None else _with(result, waiting[name].popleft())


def _ends(name: str) -> Iterator[str]:
    """The name, and what may be the last part of it: a title can hold the sign, too."""
    yield name
    parts = name.rsplit(" > ", 6)
    for start in range(1, len(parts)):
        yield " > ".join(parts[start:])


def _with(result: TestResult, detail: _Detail) -> TestResult:
    if result.outcome is TestOutcome.ERROR:
        return replace(result, file=detail.file)
    message = "\n".join(line for line in detail.lines if line).strip("'")
    if result.outcome is TestOutcome.XFAILED:
        return replace(result, file=detail.file)
    if message.startswith(_NEVER_RUN):
        return replace(
            result, outcome=TestOutcome.ERROR, file=detail.file, error="hook", message=message
        )
    error = "timeout" if message.startswith("test timed out") else ""
    error = error or javascript_errors.typed(message.split("\n", 1)[0])
    return replace(result, file=detail.file, error=error, message=message)
