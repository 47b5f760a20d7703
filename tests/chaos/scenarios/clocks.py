"""Processes whose wall clock is wrong.

libfaketime is no help: of 0.9.10, one way of setting it up makes CPython's ``time.sleep`` fail, the
other makes its timed locks wait for as long as the clock is off. So the few lines of C that are
needed are beside this file.
"""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.scenarios.staging import Troupe
from worker.demo.processes import Processes

SOURCE = Path(__file__).with_name("wrong_clock.c")


def library(directory: Path) -> Path:
    """The compiled library, or the end of this test: a skip on a laptop, a failure in CI."""
    compiler = shutil.which("cc")
    if compiler is None:
        missing(
            "a C compiler is not installed (Debian, Ubuntu: sudo apt-get install gcc libc6-dev)"
        )
    made = directory / "wrong_clock.so"
    command = [str(compiler), "-shared", "-fPIC", "-O1", "-o", str(made), str(SOURCE)]
    subprocess.run(command, check=True)
    return made


def missing(what: str) -> None:
    """The end of this test: a skip on a laptop, a failure in CI."""
    if os.environ.get("CI"):  # noqa: TID251 - nothing may be skipped there
        pytest.fail(what)
    pytest.skip(what)


def start_at(troupe: Troupe, library: Path, name: str, shift_seconds: int) -> None:
    """Start a process whose wall clock is off by so much; see ``Troupe.start``.

    The time since the machine's start stays true, as where a clock is set wrongly.
    """
    shifted = {"LD_PRELOAD": str(library), "CLOCK_SHIFT_SECONDS": str(shift_seconds)}
    own = troupe.stage.processes
    elsewhere = Processes(own.logs, {**own.environment, **shifted}, own.running)
    replace(troupe.stage, processes=elsewhere).start(name)
