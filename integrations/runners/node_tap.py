"""What Node's own runner prints as TAP, as it did by itself up to version 22."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from integrations.runners import javascript_errors
from integrations.runners.bounds import RESULTS, Output
from worker.domain.test_results import TestOutcome, TestReport, TestResult

_SUBTEST = re.compile(r"( *)# Subtest: (.*)$")
_POINT = re.compile(r"( *)(not ok|ok) \d+ - (.*)$")
_DIRECTIVE = re.compile(r" # (SKIP|TODO|EXPECTED FAILURE)\b ?(.*)$")
_KEY = re.compile(r"(failureType|error|name|code|type|location): (.*)$")
_LOCATION = re.compile(r"(.+):\d+:\d+$")
_SCRIPT = re.compile(r"\.[cm]?[jt]sx?$")
_NO_RESULT = frozenset({"cancelledByParent", "hookFailed", "parentAlreadyFinished"})
_YAML_LINES = 400
_SAID = 60


@dataclass(slots=True)
class _Tree:
    open: list[tuple[int, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """Comments since the last point: what a file that broke has printed."""


def read(output: Output) -> TestReport | None:
    """Of TAP by other writers, that of runners with the same comments is read alike."""
    lines = output.lines
    if not any(line.startswith("TAP version 1") for line in lines):
        return None
    if not any(line.startswith("# Subtest: ") for line in lines):
        return None
    return TestReport("node", tuple(islice(_results(lines), RESULTS)))


def _results(lines: Sequence[str]) -> Iterator[TestResult]:
    tree = _Tree()
    for at, line in enumerate(lines):
        if match := _SUBTEST.match(line):
            depth = len(match[1])
            tree.open = [entry for entry in tree.open if entry[0] < depth]
            tree.open.append((depth, _unescaped(match[2])))
        elif match := _POINT.match(line):
            depth = len(match[1])
            parents = [name for indent, name in tree.open if indent < depth]
            facts = _facts(lines[at + 1 : at + _YAML_LINES], depth)
            yield from _result(parents, match[2] == "ok", match[3], facts, tree.said)
            tree.said = []
        elif line.startswith("# "):
            tree.said = [*tree.said[-_SAID:], line[2:]]


def _unescaped(name: str) -> str:
    return name.replace("\\#", "#").replace("\\\\", "\\")


def _facts(lines: Sequence[str], depth: int) -> dict[str, str]:
    """Of the YAML below a point, which is only ever flat: its keys, and the lines of ``error``."""
    indent = " " * (depth + 2)
    facts: dict[str, str] = {}
    if not lines or lines[0] != f"{indent}---":
        return facts
    folded = ""
    for line in lines[1:]:
        if line == f"{indent}...":
            break
        inside = line[len(indent) :]
        if match := _KEY.match(inside):
            folded = match[1] if match[2].startswith("|") else ""
            facts[match[1]] = "" if folded else match[2].strip("'\"")
        elif inside.startswith("  ") and folded:
            facts[folded] = f"{facts[folded]}\n{inside.strip()}".lstrip()
        else:
            folded = ""
    return facts


def _result(
    parents: Sequence[str], passed: bool, rest: str, facts: dict[str, str], said: Sequence[str]
) -> Iterator[TestResult]:
    directive = _DIRECTIVE.search(rest)
    leaf = _unescaped(_DIRECTIVE.sub("", rest))
    name = " > ".join([*parents, leaf])
    place = _LOCATION.match(facts.get("location", ""))
    file = place[1] if place else ""
    if facts.get("type") == "suite" or facts.get("failureType") == "subtestsFailed":
        return
    if directive:
        expected = directive[1] == "EXPECTED FAILURE" or not passed
        outcome = TestOutcome.XFAILED if expected else TestOutcome.SKIPPED
        yield TestResult(name, outcome, file, message=directive[2])
    elif passed:
        yield TestResult(name, TestOutcome.PASSED, file)
    elif file.endswith(leaf) and _SCRIPT.search(leaf):
        told = (line for line in said if not line.startswith(" "))
        why = next((line for line in told if javascript_errors.typed(line)), "")
        error = javascript_errors.typed(why) or "crash"
        message = why or "The file ended before its tests did."
        yield TestResult(name, TestOutcome.ERROR, file, error, message)
    else:
        yield _failure(name, file, facts)


def _failure(name: str, file: str, facts: dict[str, str]) -> TestResult:
    kind, message = facts.get("failureType", ""), facts.get("error", "")
    if kind in _NO_RESULT:
        return TestResult(name, TestOutcome.ERROR, file, "hook", message)
    if kind == "testTimeoutFailure":
        return TestResult(name, TestOutcome.FAILED, file, "timeout", message)
    error = facts.get("name", "") or javascript_errors.typed(message)
    return TestResult(name, TestOutcome.FAILED, file, error, message)
