"""What the gates cost on the demo's repository, beside its own test suite, without mutation.

Run by hand: ``python -m tests.benchmarks.bench_gates [TIMES]`` (after ``infra/scripts/images base
sandbox corpus``). Promised is less than twice the suite's time. In a round of tests alone the gates
run the suite again: with what it imports stood in for, and in another order; what that takes is the
difference to a round of work with the same files.
"""

import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from integrations.docker import DockerSandboxes
from tests.corpus.cases import RIGHT, SETTINGS, Case
from tests.corpus.measure import IMAGE, a_round, evidence_of
from worker.demo import scene

CODE, TESTS = "tills/money.py", "tests/test_money.py"
WITHOUT = "\n[mutation]\nseconds = 0\n"


def main(times: int) -> None:
    """Print medians in seconds, and the gates as a multiple of the suite."""
    work, tests, alone = (_medians(case, times) for case in _cases())
    again = alone[0] - tests[0] + tests[2]
    sys.stdout.write("| round | its suite | gates | × suite |\n|---|--:|--:|--:|" + "\n")
    for name, suite, gates in (("of work", *work[1:]), ("of tests alone", tests[1], again)):
        sys.stdout.write(f"| {name} | {suite:.2f} s | {gates:.2f} s | {gates / suite:.2f} |" + "\n")


def _cases() -> tuple[Case, Case, Case]:
    """All of the work; its tests as work; its tests as tests alone."""
    settings = scene.FILES[SETTINGS]
    work = Case(
        name="demo/right",
        project="demo",
        language="python",
        story="split",
        story_title=scene.STORY_TITLE,
        story_text=scene.STORY,
        right=True,
        kind=RIGHT,
        what="",
        base={**scene.FILES, SETTINGS: settings + WITHOUT},
        change={CODE: scene.SECOND_TRY, TESTS: scene.NEW_TESTS},
        execution_command="",
    )
    tests = replace(work, change={TESTS: scene.NEW_TESTS})
    first = {**work.base, SETTINGS: f'mode = "test-first"\n{settings}{WITHOUT}'}
    return work, tests, replace(tests, base=first)


def _medians(case: Case, times: int) -> tuple[float, float, float]:
    """Seconds for everything, for the suite alone, and for the gates after it."""
    rows = [_measured(case) for _ in range(times)]
    whole, suite, gates = (median(column) for column in zip(*rows, strict=True))
    return whole, suite, gates


def _measured(case: Case) -> tuple[float, float, float]:
    with TemporaryDirectory(prefix="bench-") as scratch:
        run, repositories = a_round(case, Path(scratch))
        began = time.monotonic()
        evidence = evidence_of(run, repositories, DockerSandboxes(IMAGE, fleet="bench"))
        return time.monotonic() - began, evidence.seconds, evidence.gates_seconds


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
