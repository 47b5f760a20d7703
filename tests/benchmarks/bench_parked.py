"""What a parked run costs: memory of the fleet's processes, and room in the database.

Run by hand: ``python -m tests.benchmarks.bench_parked [NUMBER …]`` (100 and 1000 by default). A
fleet of real processes on SQLite parks that many blocked tickets; each process's resident memory
and the database's size are told, and what of it each parked run takes.
"""

import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.chaos.scenarios.seeing import Onlooker, resident_bytes
from tests.chaos.scenarios.staging import AT_ONCE, SCRIPTED, Troupe, playing
from tests.chaos.scenarios.stories import rules, story

NUMBERS = (100, 1000)
REST_SECONDS = 15.0
"""Several looks at the tracker, with that many runs open."""
PATIENCE_SECONDS = 1800.0
KIB = 1024


def main(numbers: tuple[int, ...]) -> None:
    """Print a table: kilobytes by number of parked runs, and bytes per run."""
    with (
        tempfile.TemporaryDirectory() as place,
        playing(Path(place) / "parked", settings=SCRIPTED) as troupe,
        closing(Onlooker(troupe)) as seen,
    ):
        troupe.models_answer(*rules())
        _measure(troupe, seen, numbers)


def _measure(troupe: Troupe, seen: Onlooker, numbers: tuple[int, ...]) -> None:
    blocker = troupe.ticket("Blocks all", story(), AT_ONCE)
    _park(troupe, seen, blocker["id"], 0, 1)
    # One rather than none, so that what the first of them loads is not taken for its cost.
    tables = {1: _held(troupe, seen)}
    parked = 1
    for number in numbers:
        _park(troupe, seen, blocker["id"], parked, number)
        parked = number
        tables[number] = _held(troupe, seen)
    first = tables[1]
    sys.stdout.write("kB".ljust(24) + "".join(f"{number:>10}" for number in tables))
    sys.stdout.write(f"{'bytes per run':>16}\n")
    for name in first:
        line = "".join(f"{table[name] // KIB:>10}" for table in tables.values())
        each = (tables[parked][name] - first[name]) / (parked - 1)
        sys.stdout.write(f"{name:<24}{line}{each:>16.0f}\n")
    total = sum(tables[parked].values()) - sum(first.values())
    sys.stdout.write(f"{total / (parked - 1):.0f} bytes per parked run in all\n")


def _park(troupe: Troupe, seen: Onlooker, blocker: str, have: int, want: int) -> None:
    for number in range(have, want):
        ticket = troupe.ticket(f"Parked {number}", story(), AT_ONCE)
        troupe.stage.act(f"/linear/tickets/{ticket['id']}/block", by=blocker)
        troupe.label(ticket, add=("agent",))

    def parked() -> bool:
        return sum(row.state == "parked" for row in seen.rows()) >= want

    seen.until(f"{want} runs are parked", parked, PATIENCE_SECONDS)
    time.sleep(REST_SECONDS)


def _held(troupe: Troupe, seen: Onlooker) -> Mapping[str, int]:
    """Bytes, by what holds them."""
    running = troupe.stage.processes.running
    mains = {name: process.pid for name, process in running.items() if name != "stubs"}
    pids = {**mains, "worker's child": seen.job_process("worker")}
    held = {name: resident_bytes(pid) for name, pid in pids.items()}
    database = Path(make_url(troupe.stage.database_url).database or "")
    files = [database, database.with_name(f"{database.name}-wal")]
    held["database"] = sum(file.stat().st_size for file in files if file.exists())
    return held


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or NUMBERS)
