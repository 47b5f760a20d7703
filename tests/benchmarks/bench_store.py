"""What the store's main calls cost beside one bare, durable insert into the same database.

Run by hand, where nothing else runs: ``python -m tests.benchmarks.bench_store [DATABASE_URL …]``.
Without an address: a SQLite file and a private PostgreSQL, both in the temporary directory.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import text

from integrations.sql import SqlRunStore, open_store
from integrations.sql.database_url import display, read
from integrations.sql.connections import WORK, open_engine
from integrations.sql.engines import Engines
from tests.contracts.run_store import postgres_server
from tests.contracts.run_store.values import NO_LIMITS, opened, ready, ref
from worker.domain.events import ExecutionFinished
from worker.domain.evidence import Evidence
from worker.domain.lease import Lease

CALLS = 300
BODY = "x" * 6_000
"""Characters; about what a round's evidence or a webhook brings."""
EVENT = ExecutionFinished(Evidence("c" * 40, "make test", 0, BODY, 1.0))
Series = list[float]


def main(urls: list[str]) -> None:
    """Print a table per database: microseconds per call, median and 99th percentile."""
    with ExitStack() as stack:
        for url in urls or stack.enter_context(_databases()):
            sys.stdout.write(f"\n{display(read(url))}, {CALLS} calls each\n")
            sys.stdout.write(f"{'call':<34}{'median':>9}{'p99':>9}{'x bare':>9}\n")
            series = measured(url)
            bare = statistics.median(series["bare insert, committed"])
            for name, taken in series.items():
                sys.stdout.write(row(name, taken, bare))


def measured(url: str) -> dict[str, Series]:
    """Seconds per call, by the call's name."""
    store = open_store(url, lease_seconds=3600)
    run = str(time.time_ns())
    store.open_run(None, opened(f"{run}-append", f"bench/{run}"))
    lease = _claimed(store)
    series = {"bare insert, committed": _bare(url)}
    series["receive"] = timed(lambda n: store.receive(ready(run, f"{run}-{n}")))
    series["append (6 kB)"] = timed(lambda _: store.append(lease, EVENT))
    series["heartbeat"] = timed(lambda _: store.heartbeat(lease))
    series["open_run"] = timed(lambda n: store.open_run(None, opened(f"{run}-{n}", f"b/{n % 9}")))
    series[f"claim, {CALLS} waiting"] = timed(lambda _: _claimed(store))
    series["claim, nothing due"] = timed(lambda _: store.claim_next("bench", NO_LIMITS))
    series["journal (300 events of 6 kB)"] = timed(lambda _: store.journal(lease.run_id), calls=20)
    assert store.seen(ref(f"{run}-1").id)
    store.close()
    return series


def timed(call: Callable[[int], object], calls: int = CALLS) -> Series:
    """Seconds of each call."""
    taken = []
    for number in range(calls):
        began = time.perf_counter()
        call(number)
        taken.append(time.perf_counter() - began)
    return taken


def row(name: str, taken: Series, bare: float) -> str:
    """One line of the table."""
    middle, worst = statistics.median(taken), statistics.quantiles(taken, n=100)[-1]
    return f"{name:<34}{middle * 1e6:>9.0f}{worst * 1e6:>9.0f}{middle / bare:>9.1f}\n"


def _claimed(store: SqlRunStore) -> Lease:
    lease = store.claim_next("bench", NO_LIMITS)
    assert lease is not None
    return lease


def _bare(url: str) -> Series:
    """The same driver and settings with nothing of ours around them: the fsync and the trip."""
    with Engines(read(url)).apart(WORK) as connection:
        connection.execute(text("create table if not exists bare (body text)"))
    engine = open_engine(read(url), WORK)
    raw = engine.raw_connection()
    cursor, mark = raw.cursor(), "?" if url.startswith("sqlite") else "%s"
    cursor.execute("select 1")
    raw.commit()

    def insert(_: int) -> None:
        cursor.execute(f"insert into bare values ({mark})", (BODY,))  # noqa: S608 - our own mark
        raw.commit()

    taken = timed(insert)
    raw.close()
    engine.dispose()
    return taken


@contextmanager
def _databases() -> Iterator[list[str]]:
    with ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory())
        urls = [f"sqlite:///{place}/bench.db"]
        if programs := postgres_server.binaries():
            urls.append(stack.enter_context(postgres_server.running(programs, durable=True)))
        yield urls


if __name__ == "__main__":
    main(sys.argv[1:])
