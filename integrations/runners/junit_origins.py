"""What each writer of JUnit XML means by it: names, files, and whose fault a failure was."""

import html
import re
from collections.abc import Callable, Iterator, Mapping

from integrations.runners import javascript_errors, pytest_cases, python_errors
from integrations.runners.junit_xml import Case, Document, Verdict, parsed
from worker.domain.test_results import TestOutcome, TestReport, TestResult

_SCRIPT = re.compile(r"\.[cm]?[jt]sx?$")
_PANICKED = re.compile(r"panicked at [^\s:]+:\d+:\d+:?\s*(.*)")
_TYPE = re.compile(r"[\w.$]{1,200}")
_NO_RESULT = frozenset({"cancelledByParent", "hookFailed", "parentAlreadyFinished"})
"""Failure types of Node's runner for tests that were never run to their end."""


def read(report: str) -> TestReport | None:
    """None for a text that is no JUnit XML, or that tells of no test."""
    document = parsed(report)
    if document is None or not document.cases:
        return None
    runner = _runner(document)
    return TestReport(runner, tuple(_READERS[runner](document)))


def _runner(document: Document) -> str:
    by_name = {
        "pytest tests": "pytest",
        "vitest tests": "vitest",
        "jest tests": "jest",
        "nextest-run": "cargo",
    }
    if document.name in by_name:
        return by_name[document.name]
    if "go.version" in document.properties:
        return "go"
    if pytest_cases.wrote(document):
        return "pytest"
    of_node = not document.name and all(case.classname == "test" for case in document.cases)
    return "node" if of_node else "junit"


def _worst(case: Case) -> Verdict | None:
    ranks = {"skipped": 0, "error": 1, "failure": 2}
    return max(case.verdicts, key=lambda verdict: ranks[verdict.kind], default=None)


def _node(document: Document) -> Iterator[TestResult]:
    for case in document.cases:
        # Its names are escaped twice.
        name = " > ".join(html.unescape(part) for part in (*case.suites, case.name))
        told = {verdict.kind: verdict for verdict in case.verdicts}
        if "skipped" in told:
            is_todo = told["skipped"].type == "todo" and "failure" in told
            outcome = TestOutcome.XFAILED if is_todo else TestOutcome.SKIPPED
            yield TestResult(name, outcome, case.file, message=told["skipped"].message)
        elif (verdict := _worst(case)) is None:
            yield TestResult(name, TestOutcome.PASSED, case.file)
        else:
            yield _node_failure(name, case, verdict)


def _node_failure(name: str, case: Case, verdict: Verdict) -> TestResult:
    whole_file = bool(case.file) and case.file.endswith(case.name)
    whole_file = whole_file or ("exitCode:" in verdict.text and not case.suites)
    if whole_file or verdict.type in _NO_RESULT:
        error = "" if whole_file else "hook"
        return TestResult(name, TestOutcome.ERROR, case.file, error, verdict.message)
    if verdict.type == "testTimeoutFailure":
        return TestResult(name, TestOutcome.FAILED, case.file, "timeout", verdict.message)
    cause = verdict.text.partition("cause: ")[2] or verdict.message
    error = javascript_errors.typed(cause.split("\n", 1)[0])
    return TestResult(name, TestOutcome.FAILED, case.file, error, verdict.message)


def _vitest(document: Document) -> Iterator[TestResult]:
    suites = {case.name.rpartition(" > ")[0] for case in document.cases}
    for case in document.cases:
        result = _plain(case, case.name, case.classname)
        # A file that cannot be loaded, or a hook that fails, is told as a test of its name.
        if result.outcome is TestOutcome.FAILED and case.name in {case.classname, *suites}:
            result = TestResult(
                result.name, TestOutcome.ERROR, result.file, result.error, result.message
            )
        yield result


def _jest(document: Document) -> Iterator[TestResult]:
    for case in document.cases:
        told = case.name.startswith(case.classname)
        name = case.name if told else f"{case.classname} > {case.name}"
        yield _plain(case, name.replace(" › ", " > "), case.file)


def _go(document: Document) -> Iterator[TestResult]:
    for case in document.cases:
        result = _plain(case, f"{case.classname}.{case.name}", case.file)
        if result.outcome is TestOutcome.FAILED:
            text = "".join(verdict.text for verdict in case.verdicts)
            panicked = re.search(r"^panic: ", text, re.MULTILINE) is not None
            error = "panic" if panicked else ""
            result = TestResult(
                result.name, result.outcome, result.file, error, text or result.message
            )
        yield result


def _cargo(document: Document) -> Iterator[TestResult]:
    for case in document.cases:
        result = _plain(case, case.name, "")
        text = "\n".join(verdict.text for verdict in case.verdicts)
        if result.outcome is TestOutcome.FAILED and (match := _PANICKED.search(text)):
            error = "assertion" if match[1].startswith("assertion") else "panic"
            result = TestResult(result.name, result.outcome, "", error, match[1])
        yield result


def _unknown(document: Document) -> Iterator[TestResult]:
    for case in document.cases:
        script = _SCRIPT.search(case.classname) is not None
        file = case.file or (case.classname if script else "")
        named = not case.classname or script or case.name.startswith(case.classname)
        name = case.name if named else f"{case.classname}.{case.name}"
        yield _plain(case, name, file)


def _plain(case: Case, name: str, file: str) -> TestResult:
    verdict = _worst(case)
    if verdict is None:
        return TestResult(name, TestOutcome.PASSED, file)
    message = verdict.message or verdict.text.strip()
    if verdict.kind == "skipped":
        return TestResult(name, TestOutcome.SKIPPED, file, message=message)
    failed = verdict.kind == "failure" or _raised_within(case, verdict)
    outcome = TestOutcome.FAILED if failed else TestOutcome.ERROR
    return TestResult(name, outcome, file, _type(verdict), message)


def _raised_within(case: Case, verdict: Verdict) -> bool:
    """Whether the test itself is on the stack: then the code that it calls raised, which many
    writers call an error, too.
    """
    name = re.sub(r"[(\[{].*", "", case.name, flags=re.DOTALL)
    return bool(name) and (f".{name}(" in verdict.text or f", in {name}\n" in verdict.text)


def _type(verdict: Verdict) -> str:
    told = verdict.type if _TYPE.fullmatch(verdict.type) else ""
    if told and told != "Error":
        return re.split(r"[.$]", told)[-1]
    lines = [verdict.message.split("\n", 1)[0], *verdict.text.strip().split("\n")[:2]]
    return javascript_errors.of_lines(lines) or python_errors.of_message(verdict.message) or told


_READERS: Mapping[str, Callable[[Document], Iterator[TestResult]]] = {
    "pytest": pytest_cases.results,
    "vitest": _vitest,
    "jest": _jest,
    "node": _node,
    "cargo": _cargo,
    "go": _go,
    "junit": _unknown,
}
