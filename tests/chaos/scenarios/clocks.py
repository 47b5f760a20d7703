"""Processes that see another time than the rest of the machine, by libfaketime."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.scenarios.staging import Troupe
from worker.demo.processes import Processes

LIBRARIES = ("/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib/faketime/libfaketime.so.1")


def library() -> Path:
    """The library, or the end of this test: a skip on a laptop, a failure in CI."""
    found = [path for pattern in LIBRARIES for path in Path("/").glob(pattern[1:])]
    if not found:
        reason = "libfaketime is not installed (Debian, Ubuntu: sudo apt-get install faketime)"
        if os.environ.get("CI"):  # noqa: TID251 - nothing may be skipped there
            pytest.fail(reason)
        pytest.skip(reason)
    return found[0]


def start_at(troupe: Troupe, name: str, offset: str) -> None:
    """Start a process whose clock is off, such as by ``+15m``; see ``Troupe.start``.

    The time since the machine's start stays true, as where a clock is set wrongly.
    """
    faked = {
        "LD_PRELOAD": str(library()),
        "FAKETIME": offset,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_NO_CACHE": "1",
    }
    own = troupe.stage.processes
    elsewhere = Processes(own.logs, {**own.environment, **faked}, own.running)
    replace(troupe.stage, processes=elsewhere).start(name)
