"""Commands in a clean room, and what their output says of the tests."""

import shlex
from collections.abc import Mapping, Sequence

from worker.domain.command import Command, CommandResult
from worker.domain.errors import HandOverRefused
from worker.domain.plan import Plan
from worker.domain.test_results import TestReport
from worker.ports import Sandbox, TestRunners
from worker.stages import missing_code

_ORDERED = 200
"""Tests named in the environment of one run; more would not fit."""
_READ_SECONDS = 30.0
_QUIET = {"PYTHONDONTWRITEBYTECODE": "1"}
"""Python takes compiled code that is as old and as long as its source for the source's own; a
mutant is both.
"""
_KEPT = "/tmp/storyfleet-original"  # noqa: S108 - in a sandbox of one run
_SWAP_AND_RUN = f"""cp "./$1" {_KEPT} && cat > "./$1" || exit 1
sh -c "$2"; code=$?
cp {_KEPT} "./$1"; exit $code"""


def measured(
    sandbox: Sandbox,
    plan: Plan,
    runners: TestRunners,
    first: Sequence[str] = (),
    missing: Sequence[str] = (),
) -> tuple[CommandResult, TestReport]:
    """Run the execution command and read what each test did; ``first`` are tests that pytest is to
    run before the others, in that order, ``missing`` what ``missing_code`` stands in for.
    """
    reporting = runners.reporting(plan.execution_command)
    variables = dict(reporting.variables)
    if missing and missing_code.place(sandbox):
        variables |= missing_code.variables(missing, variables.get("PYTEST_ADDOPTS", ""))
    if first:
        named = " ".join(shlex.quote(name) for name in first[:_ORDERED])
        variables["PYTEST_ADDOPTS"] = f"{variables.get('PYTEST_ADDOPTS', '')} {named}".strip()
    result = sandbox.run(_shell(plan.execution_command, plan.execution_timeout_seconds, variables))
    return result, runners.read(result.output, _text(sandbox, reporting.path))


def checked(sandbox: Sandbox, plan: Plan) -> tuple[tuple[str, CommandResult], ...]:
    """Run the plan's further checks, each with what came of it."""
    seconds = plan.execution_timeout_seconds
    return tuple((check, sandbox.run(_shell(check, seconds, {}))) for check in plan.checks)


def with_other_text(
    sandbox: Sandbox, plan: Plan, path: str, text: str, seconds: float
) -> CommandResult:
    """Run the execution command with the text in the file, which is put back unless the run hits a
    limit.
    """
    script = ("sh", "-c", _SWAP_AND_RUN, "sh", path, plan.execution_command)
    variables = {**_QUIET, "PYTEST_ADDOPTS": "-x"}
    return sandbox.run(Command(script, seconds, variables, text.encode()))


def quietly(sandbox: Sandbox, plan: Plan) -> CommandResult:
    """Run the execution command as it is run with mutants, but without one."""
    variables = {**_QUIET, "PYTEST_ADDOPTS": "-x"}
    return sandbox.run(_shell(plan.execution_command, plan.execution_timeout_seconds, variables))


def _shell(line: str, seconds: float, variables: Mapping[str, str]) -> Command:
    return Command(("sh", "-c", line), seconds, variables)


def _text(sandbox: Sandbox, path: str | None) -> str | None:
    """The runner's report, if it wrote one."""
    if path is None:
        return None
    try:
        read = sandbox.run(Command(("cat", path), _READ_SECONDS))
    except HandOverRefused:
        return None
    return read.output if read.ok else None
