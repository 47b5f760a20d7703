"""Many short runs, one wave after another (R20): nothing grows, and nothing gets stuck.

Shortened: a few minutes and some 150 tickets. The 72 hours and 20,000 runs that R20 asks for cannot
be had in a test run; slopes per 1,000 tickets are reported so that a leak shows all the same.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.chaos.scenarios.seeing import Onlooker, open_files, resident_bytes
from tests.chaos.scenarios.staging import AT_ONCE, SCRIPTED, SELDOM_TIDY, Troupe, playing
from tests.chaos.scenarios.stories import CALLS_PER_ROUND, rules, story
from tests.chaos.scenarios.tickets import tell
from worker.domain.events import Outcome

pytestmark = [pytest.mark.chaos, pytest.mark.soak, pytest.mark.timeout(1800)]

WAVES, TICKETS_PER_WAVE = 12, 12
SETTLED = WAVES // 3
"""Waves after which everything is imported, connected and cached."""
MORE_FILES, MORE_MEMORY = 5, 0.15
MIB = 1024 * 1024
Property = Callable[[str, object], None]


@dataclass(frozen=True, slots=True)
class Sample:
    """What one process holds."""

    memory: int
    files: int


def test_many_short_runs_leave_memory_and_files_as_they_were(
    tmp_path: Path, record_property: Property
) -> None:
    """R20."""
    with playing(tmp_path / "soak", workers=2, settings={**SCRIPTED, **SELDOM_TIDY}) as troupe:
        troupe.models_answer(*rules())
        with closing(Onlooker(troupe)) as seen:
            _soak(troupe, seen, record_property)


def _soak(troupe: Troupe, seen: Onlooker, record_property: Property) -> None:
    samples: list[dict[str, Sample]] = []
    for wave in range(WAVES):
        for number in range(TICKETS_PER_WAVE):
            troupe.ticket(f"Wave {wave}, {number}", story(), AT_ONCE, "agent")
        written = (wave + 1) * TICKETS_PER_WAVE
        seen.until("the wave is over", lambda: _closed(seen) == written)  # noqa: B023 - at once
        samples.append(_sampled(troupe, seen))
    rows = seen.rows()
    assert {row.outcome for row in rows} == {Outcome.ACCEPTED}
    assert len(rows) == WAVES * TICKETS_PER_WAVE
    assert len(troupe.stage.get("/github/pulls")) == len(rows)
    assert len(troupe.stage.get("/requests")) == CALLS_PER_ROUND * len(rows)
    assert seen.watch.inbox() == []
    first, last = samples[SETTLED - 1], samples[-1]
    thousands = (WAVES - SETTLED) * TICKETS_PER_WAVE / 1000
    for name, before in first.items():
        after = last[name]
        slope = (after.memory - before.memory) / MIB / thousands
        tell(
            record_property, **{f"{name}: MiB": after.memory / MIB, f"{name}: MiB per 1000": slope}
        )
        tell(record_property, **{f"{name}: files": f"{before.files} -> {after.files}"})
        assert after.files - before.files <= MORE_FILES, name
        assert after.memory < before.memory * (1 + MORE_MEMORY), name


def _closed(seen: Onlooker) -> int:
    return sum(row.state == "closed" for row in seen.rows())


def _sampled(troupe: Troupe, seen: Onlooker) -> dict[str, Sample]:
    """The services' main processes, and the workers' children that do the work."""
    pids = {
        name: process.pid
        for name, process in troupe.stage.processes.running.items()
        if name != "stubs"
    }
    for name in ("worker", "worker-2"):
        pids[f"{name}'s child"] = seen.job_process(name)
    return {name: Sample(resident_bytes(pid), open_files(pid)) for name, pid in pids.items()}
