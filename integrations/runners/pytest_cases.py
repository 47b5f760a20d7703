"""What pytest tells in JUnit XML: each test by its node id, and what became of it."""

import re
from collections.abc import Iterator

from integrations.runners import python_errors
from integrations.runners.junit_xml import Case, Document, Verdict
from worker.domain.test_results import TestOutcome, TestResult

_SETUP = re.compile(r'failed on (?:setup|teardown) with "')
_CLASS = re.compile(r"(?:^|\.)[A-Z]")
_RANK = {
    TestOutcome.FAILED: 4,
    TestOutcome.ERROR: 3,
    TestOutcome.XFAILED: 2,
    TestOutcome.PASSED: 1,
    TestOutcome.SKIPPED: 0,
}


def wrote(document: Document) -> bool:
    """Whether this is pytest's: its older versions name only the suite, which can be set."""
    if any("pytest" in case.suites for case in document.cases):
        return True
    return all(_is_of(case.file, case.classname) for case in document.cases)


def results(document: Document) -> Iterator[TestResult]:
    """One for each test: pytest tells of a test twice where its teardown fails after it did."""
    files = {case.file for case in document.cases if _is_of(case.file, case.classname)}
    found: dict[str, TestResult] = {}
    for case in document.cases:
        result = _result(case, files)
        known = found.get(result.name)
        if known is None or _RANK[result.outcome] > _RANK[known.outcome]:
            found[result.name] = result
    return iter(found.values())


def _result(case: Case, files: set[str]) -> TestResult:
    if case.name == "internal" and case.classname == "pytest":
        message = "".join(verdict.text for verdict in case.verdicts)
        return TestResult("pytest", TestOutcome.ERROR, "", "crash", message)
    name, file = _node_id(case, files)
    if not case.verdicts:
        return TestResult(name, TestOutcome.PASSED, file)
    outcome, error, message = _judged(case.verdicts[0])
    return TestResult(name, outcome, file, error, message)


def _judged(verdict: Verdict) -> tuple[TestOutcome, str, str]:
    message = verdict.message
    if verdict.kind == "error" and (during := _SETUP.match(message)):
        message = message[during.end() :].removesuffix('"')
    if verdict.kind == "skipped":
        expected = verdict.type == "pytest.xfail"
        return TestOutcome.XFAILED if expected else TestOutcome.SKIPPED, "", message
    if python_errors.crashed(message):
        return TestOutcome.ERROR, "crash", message
    if verdict.kind == "failure":
        if verdict.text.startswith("[XPASS(strict)]"):
            return TestOutcome.FAILED, "XPASS", verdict.text
        error = python_errors.of_message(message) or python_errors.of_explanation(verdict.text)
        return TestOutcome.FAILED, error, message
    explained = "\n".join(python_errors.last_block(verdict.text.split("\n")))
    error = python_errors.of_explanation(verdict.text) or python_errors.of_message(message)
    return TestOutcome.ERROR, error, explained or verdict.text or message


def _node_id(case: Case, files: set[str]) -> tuple[str, str]:
    """The node id and the file in it. A test that is inherited has the file of its base class told,
    so that the class's name decides.
    """
    if not case.classname:  # A file that could not be collected, told with dots.
        return (case.file or case.name), case.file
    file = case.file if _is_of(case.file, case.classname) else ""
    file = file or next((known for known in files if _is_of(known, case.classname)), "")
    file = file or _guessed(case)
    rest = case.classname.removeprefix(_dotted(file)).removeprefix(".")
    if not _is_of(file, case.classname):  # With a prefix that the command sets.
        rest = case.classname.partition(f"{_dotted(file)}.")[2]
    parts = [file, *(rest.split(".") if rest else []), case.name]
    return "::".join(parts), file


def _guessed(case: Case) -> str:
    """Modules are in lower case, classes are not."""
    if _dotted(case.file) and _dotted(case.file) in case.classname:
        return case.file
    module = case.classname[: found.start()] if (found := _CLASS.search(case.classname)) else ""
    return f"{(module or case.classname).replace('.', '/')}.py"


def _dotted(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")


def _is_of(file: str, classname: str) -> bool:
    """Whether the class's name begins with the file's."""
    return bool(file) and f"{classname}.".startswith(f"{_dotted(file)}.")
