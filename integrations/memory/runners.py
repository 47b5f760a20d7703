"""The TestRunners port in memory: a runner whose report is a line for each test."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from worker.domain.test_results import Reporting, TestOutcome, TestReport, TestResult

_OUTCOMES = "|".join(TestOutcome)
_LINE = re.compile(rf"({_OUTCOMES}): (\S.*?)(?: \((\w*)\)(?: (.*))?)?$")


@dataclass(slots=True)
class MemoryRunners:
    """See ``worker.ports.TestRunners``."""

    path: str = "/tmp/storyfleet-report.txt"  # noqa: S108 - in the sandbox
    variables: tuple[tuple[str, str], ...] = (("STORYFLEET_REPORT", "1"),)

    def reporting(self, command: str) -> Reporting:
        """The same for every command."""
        return Reporting(dict(self.variables), self.path) if command else Reporting()

    def read(self, output: str, report: str | None) -> TestReport:
        """Lines such as ``failed: tests/test_a.py::test_b (NameError) name 'c' is not defined``,
        of the report if there are any, else of the output.
        """
        results = _read(report or "") or _read(output)
        return TestReport("memory", results) if results else TestReport()

    @staticmethod
    def told(results: Iterable[TestResult]) -> str:
        """What such a runner would print of them."""
        lines = (
            f"{result.outcome}: {result.name} ({result.error}) {result.message}".rstrip()
            for result in results
        )
        return "".join(f"{line}\n" for line in lines)


def _read(text: str) -> tuple[TestResult, ...]:
    matches = (match for line in text.splitlines() if (match := _LINE.fullmatch(line)))
    return tuple(
        TestResult(
            name=match[2],
            outcome=TestOutcome(match[1]),
            file=match[2].partition("::")[0] if "::" in match[2] else "",
            error=match[3] or "",
            message=match[4] or "",
        )
        for match in matches
    )
