"""The port ``TestRunners``: what is read of a report and of an output, and by whom."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from integrations.runners import (
    cargo_console,
    commands,
    go_console,
    jest_console,
    jest_json,
    junit_origins,
    node_spec,
    node_tap,
    pytest_console,
    unittest_console,
    vitest_console,
)
from integrations.runners.bounds import RESULTS, Output, bounded, opened
from worker.domain.test_results import Reporting, TestOutcome, TestReport, TestResult

Reader = Callable[[Output], TestReport | None]

_READERS: tuple[Reader, ...] = (
    pytest_console.read,
    unittest_console.read,
    jest_json.read,
    jest_console.read,
    vitest_console.read,
    node_spec.read,
    node_tap.read,
    go_console.read,
    cargo_console.read,
)


class InstalledRunners:
    """See ``worker.ports.TestRunners``. ``top`` is where the checkout lies in the sandbox."""

    def __init__(self, top: str = "/workspace") -> None:
        self._top = top.rstrip("/")

    def reporting(self, command: str) -> Reporting:
        """Variables only: the command itself is run as it is written."""
        return commands.reporting(command)

    def read(self, output: str, report: str | None) -> TestReport:
        """The report's tests; then those of the output by runners that wrote no report, in a
        command of several. Of more than 20,000, the first.
        """
        reported = junit_origins.read(report) if report else None
        found: dict[str, TestReport] = {reported.runner: reported} if reported else {}
        raw = opened(output)
        shown = Output(raw.text, pytest_console.without_captured(raw.lines))
        for reader in _READERS:
            told = reader(shown)
            if told is None:
                continue
            known = found.get(told.runner)
            if known is None:
                found[told.runner] = told
            elif known is reported:
                found[told.runner] = replace(known, results=_completed(known, told))
        if not found:
            return TestReport()
        results = (result for told in found.values() for result in told.results)
        return TestReport(_first(found), tuple(self._bounded(results)))

    def _bounded(self, results: Iterable[TestResult]) -> Iterable[TestResult]:
        count = 0
        for result in results:
            fit = bounded(result, self._top)
            if fit.name and count < RESULTS:
                count += 1
                yield fit


def _first(found: Mapping[str, TestReport]) -> str:
    """The first with results, or else the first."""
    return next((name for name, told in found.items() if told.results), next(iter(found)))


def _completed(reported: TestReport, shown: TestReport) -> tuple[TestResult, ...]:
    """What the same runner tells only in its output: of jest, which files could not be run; of
    Node's, all but the names of files.
    """
    if reported.runner == "node":
        return _with_files(reported.results, shown.results)
    if reported.runner == "jest":
        broken = shown.of(TestOutcome.ERROR)
        return (*reported.results, *broken)
    return reported.results


def _with_files(
    reported: Sequence[TestResult], shown: Sequence[TestResult]
) -> tuple[TestResult, ...]:
    files: dict[str, set[str]] = {}
    for result in reported:
        files.setdefault(result.name, set()).add(result.file)
    completed: list[TestResult] = []
    for result in shown:
        known = files.get(result.name, set())
        sure = next(iter(known)) if len(known) == 1 else ""
        completed.append(replace(result, file=result.file or sure))
    told = {result.name for result in shown}
    return (*completed, *(result for result in reported if result.name not in told))
