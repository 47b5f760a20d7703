"""The gate ``red``: tests that were written first fail on the base, and for the right reason."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from worker.domain.evidence import Finding
from worker.domain.protection import is_test
from worker.domain.source import TestFacts
from worker.domain.test_results import TestOutcome, TestReport, TestResult
from worker.gates.change import Change
from worker.ports import Syntax

GATE = "red"
_OWN_FAULT = {
    "SyntaxError": "cannot be parsed",
    "IndentationError": "cannot be parsed",
    "TabError": "cannot be parsed",
    "NameError": "uses a name that it never made or imported",
    "ReferenceError": "uses a name that it never made or imported",
    "fixture": "asks for a fixture that does not exist",
    "panic": "ends its runner",
    "crash": "ends its runner",
    "hook": "breaks in its set-up",
}
_PASSES = "passes already, without any new code: it proves nothing. Test what is missing."
_USUAL_ENDS = range(8)
"""Exit codes by which runners say that tests failed, or that none were found."""
_MISSING = frozenset({"AttributeError", "NotImplementedError", "build", "SyntaxError"})
_MISSING_EXPORT = re.compile(r"does not provide an export named")
_BUILD_MISSING = re.compile(
    r"undefined: |cannot find (?:function|value|type|struct|macro)|unresolved import"
    r"|has no field or method|no method named|no function or associated item"
    r"|not enough arguments|too many arguments"
)
_MODULE = re.compile(r"(?:No module named|from|Cannot find (?:module|package)) '([^']+)'")


_NAME_OF_MODULE = re.compile(r"cannot import name '(\w+)'")
_PYTHON_MODULE = re.compile(r"\w+(?:\.\w+)*")


@dataclass(frozen=True, slots=True)
class NewTest:
    """A test that the change brings."""

    path: str
    facts: TestFacts

    @property
    def place(self) -> str:
        """``path:line``."""
        return f"{self.path}:{self.facts.line}"

    def is_of(self, result: TestResult) -> bool:
        """Whether the runner's result is this test's, whatever its parameters were."""
        if result.file and result.file != self.path:
            return False
        return _last(result.name) == _last(self.facts.name)


def new_tests(change: Change, syntax: Syntax) -> tuple[NewTest, ...]:
    """Tests that the base does not have, or has with other contents."""
    found = []
    for path in change.tests:
        known = {test.name for test in syntax.tests(path, change.base(path) or "")}
        now = syntax.tests(path, change.head(path) or "")
        found += [NewTest(path, test) for test in now if test.name not in known]
    return tuple(found)


def missing(report: TestReport, files: Sequence[str]) -> tuple[str, ...]:
    """What tests import that is not there yet and would be code of the repository, as ``module`` or
    ``module:name``.
    """
    found = []
    for result in report.of(TestOutcome.ERROR):
        name = _NAME_OF_MODULE.search(result.message)
        module = _MODULE.search(result.message)
        path = module.group(1) if module else ""
        if _PYTHON_MODULE.fullmatch(path) and _of_the_project(path, files):
            found.append(f"{path}:{name.group(1)}" if name else path)
    return tuple(dict.fromkeys(found))


def findings(
    change: Change, report: TestReport, syntax: Syntax, files: Sequence[str], exit_code: int = 1
) -> Iterator[Finding]:
    """``report`` is of a run on the change, which ended with ``exit_code``; ``files`` are all paths
    of its commit.
    """
    for path in change.files:
        if not is_test(path):
            text = "In this phase only tests may be written. Take the change of this path back."
            yield Finding(GATE, path, text, "elsewhere")
    tests = new_tests(change, syntax)
    if not tests:
        yield Finding(GATE, "the change", "It holds no new test. Write the tests.", "no tests")
    elif not report.runner:
        text = (
            "What the tests did could not be read: the runner broke before it reported, or it is"
            " none that is known. Nothing shows that they fail for the right reason."
        )
        yield Finding(GATE, "the test runner", text, "unreadable")
    else:
        for test in tests:
            yield from _judged(test, report, files, exit_code)


def _judged(
    test: NewTest, report: TestReport, files: Sequence[str], exit_code: int
) -> Iterator[Finding]:
    own = [result for result in report.results if test.is_of(result)]
    if not own:
        own = [r for r in report.results if r.outcome is TestOutcome.ERROR and _whole(r, test.path)]
    if not own:
        why = "was not collected by the test runner. Name and place it so."
        if exit_code == 0 and not report.results:  # some runners only name what fails
            why = _PASSES
        elif exit_code not in _USUAL_ENDS:
            why = f"has no result: the runner broke, with exit code {exit_code}. Do not end it."
        text = f"`{test.facts.name}` {why}"
        yield Finding(GATE, test.place, text, f"not collected {test.facts.name}")
    for result in own:
        if wrong := _wrong(result, files):
            text = f"`{test.facts.name}` {wrong}"
            yield Finding(GATE, test.place, text, f"wrong reason {test.facts.name}")
            return


def _wrong(result: TestResult, files: Sequence[str]) -> str | None:
    """Why the result is no right-reason red, as the end of a sentence; None if it is one."""
    match result.outcome:
        case TestOutcome.PASSED:
            return _PASSES
        case TestOutcome.SKIPPED:
            return "is skipped. Let it run, and fail."
        case TestOutcome.XFAILED:
            return "is marked as expected to fail. Take the mark off."
        case _:
            return _wrong_error(result, files)


def _wrong_error(result: TestResult, files: Sequence[str]) -> str | None:
    said = f"{result.error}: {result.message}"[:300]
    if result.error in _OWN_FAULT and not _MISSING_EXPORT.search(said):
        return f"{_OWN_FAULT[result.error]}: a fault of the test, not the missing code. ({said})"
    module = _MODULE.search(result.message)
    missing = result.error in {"ImportError", "ModuleNotFoundError"} or "Cannot find" in said
    if missing and module and not _of_the_project(module.group(1), files):
        return f"imports `{module.group(1)}`, which is not the code to be written. ({said})"
    if result.error == "build" and not _BUILD_MISSING.search(result.message):
        return f"cannot be built, for another reason than missing code. ({said})"
    known = missing or result.error in _MISSING
    if result.outcome is TestOutcome.ERROR and not known:
        return f"breaks before it comes to its assertion. ({said})"
    return None


def _of_the_project(module: str, files: Sequence[str]) -> bool:
    """Whether an imported module is, or would be, code of the repository and not of its tests."""
    if module.startswith("."):
        return not is_test(posixpath.normpath(module.lstrip("./")))
    if is_test(module.replace(".", "/") + ".py"):
        return False
    top = re.split(r"[./]", module)[0]
    roots = {part for path in files for part in path.split("/")[:3]}
    whole_new = "." not in module and "/" not in module
    return top in roots or f"{top}.py" in roots or (whole_new and _flat(files))


def _flat(files: Sequence[str]) -> bool:
    """Whether the repository keeps modules at its top, where a new one could be added."""
    return any("/" not in path and path.endswith((".py", ".js", ".ts")) for path in files)


def _whole(result: TestResult, path: str) -> bool:
    return path in {result.file, result.name} or result.name.endswith(path)


def _last(name: str) -> str:
    """The test's own name, without parameters, file and classes."""
    plain = name.partition("[")[0].partition(" (")[0]
    return re.split(r"::| > |\.", plain)[-1].strip()
