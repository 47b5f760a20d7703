"""How an execution command is made to tell more without being changed: by variables alone."""

import re

from worker.domain.test_results import Reporting

PATH = "/tmp/storyfleet-report.xml"  # noqa: S108 - in the sandbox, which one command has to itself
_GO_TEST = re.compile(r"\bgo\s+test\b")
_NODE_TEST = re.compile(r"\bnode\b[^;&|\n]*\s--test(?![\w-])")
_NODE_TAKEN = re.compile(r"--test-reporter|NODE_OPTIONS|pytest|tox|nox|unittest")


def reporting(command: str) -> Reporting:
    """The variable of pytest always, since it may run below ``make`` or ``tox``; others only where
    their runner is named and the variable is not set already.
    """
    variables = {"PYTEST_ADDOPTS": f"--junitxml={PATH} -o junit_family=xunit1"}
    if _GO_TEST.search(command) and "GOFLAGS" not in command:
        # -json would make ``go vet`` succeed, whatever it finds; -v only lets tests be named.
        variables["GOFLAGS"] = "-v"
    if _NODE_TEST.search(command) and not _NODE_TAKEN.search(command):
        variables["NODE_OPTIONS"] = (
            "--test-reporter=spec --test-reporter-destination=stdout"
            f" --test-reporter=junit --test-reporter-destination={PATH}"
        )
    return Reporting(variables, PATH)
