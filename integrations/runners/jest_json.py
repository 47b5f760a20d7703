"""What jest and vitest print as JSON (``--json``, ``--reporter=json``)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from integrations.runners import javascript_errors
from integrations.runners.bounds import Output
from worker.domain.test_results import TestOutcome, TestReport, TestResult

_STARTS = {'{"numFailedTestSuites"': "jest", '{"numTotalTestSuites"': "vitest"}
_OUTCOMES = {
    "passed": TestOutcome.PASSED,
    "failed": TestOutcome.FAILED,
    "pending": TestOutcome.SKIPPED,
    "skipped": TestOutcome.SKIPPED,
    "disabled": TestOutcome.SKIPPED,
    "todo": TestOutcome.SKIPPED,
}


def read(output: Output) -> TestReport | None:
    """The JSON stands on one line, whatever else is printed."""
    for start, runner in _STARTS.items():
        at = 0 if output.text.startswith(start) else output.text.find(f"\n{start}") + 1
        if not output.text.startswith(start, at):
            continue
        try:
            document, _ = json.JSONDecoder().raw_decode(output.text, at)
            return TestReport(runner, tuple(_results(document)))
        except (ValueError, RecursionError, TypeError, AttributeError, KeyError):
            return None
    return None


def _results(document: Mapping[str, Any]) -> Iterator[TestResult]:
    for suite in document["testResults"]:
        file = str(suite["name"])
        for told in suite["assertionResults"]:
            yield _result(told, file)
        if suite["status"] == "failed" and not _any_failed(suite["assertionResults"]):
            message = str(suite.get("message", ""))
            error = javascript_errors.of_lines(message.split("\n")[:40]) or "Error"
            yield TestResult(file, TestOutcome.ERROR, file, error, message)


def _any_failed(assertions: list[Mapping[str, Any]]) -> bool:
    return any(told["status"] == "failed" for told in assertions)


def _result(told: Mapping[str, Any], file: str) -> TestResult:
    titles = [*(str(title) for title in told["ancestorTitles"]), str(told["title"])]
    name = " > ".join(titles).replace(" › ", " > ")
    outcome = _OUTCOMES.get(str(told["status"]), TestOutcome.SKIPPED)
    result = TestResult(name, outcome, file)
    if outcome is TestOutcome.PASSED and told.get("failing") is True:
        return replace(result, outcome=TestOutcome.XFAILED)
    messages = told.get("failureMessages")
    if outcome is not TestOutcome.FAILED or not messages:
        return result
    message = str(messages[0])
    first = message.split("\n", 1)[0].removeprefix("Error: ")
    error = javascript_errors.typed(first) or javascript_errors.typed(message)
    return replace(result, error=error, message=message.partition("\n    at ")[0])
