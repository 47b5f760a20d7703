"""What durability costs beside one bare, durable insert into the same database.

Run by hand, where nothing else runs: ``python -m tests.benchmarks.bench_store [DATABASE_URL …]``.
Without an address: a SQLite file and a private PostgreSQL, both in the temporary directory, side by
side. Microseconds per call; ``x`` is the median as a multiple of the bare insert's.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from sqlalchemy import text

from integrations.sql import SqlRunStore, open_store
from integrations.sql.connections import WORK, open_engine
from integrations.sql.database_url import display, read
from integrations.sql.engines import Engines
from tests.contracts.run_store import postgres_server
from tests.contracts.run_store.values import NO_LIMITS, opened, ready, ref, withdrawn
from worker.domain.events import ExecutionFinished
from worker.domain.evidence import Evidence
from worker.domain.lease import Lease

CALLS = 300
BODY = "x" * 6_000
"""Characters; about what a round's evidence or a webhook brings."""
EVENT = ExecutionFinished(Evidence("c" * 40, "make test", 0, BODY, 1.0))
BARE = "bare insert"
Series = list[float]
Call = Callable[[int], object]


def main(urls: Sequence[str]) -> None:
    """Print one table with three columns per database."""
    with ExitStack() as stack:
        databases = urls or stack.enter_context(_databases())
        measured_ = [measured(url) for url in databases]
    names = [display(read(url)) for url in databases]
    for place, name in enumerate(names, 1):
        sys.stdout.write(f"{place}: {name}, {CALLS} calls each\n")
    heads = "".join(f"{f'{n}: median':>12}{'p99':>8}{'x':>6}" for n in range(1, len(names) + 1))
    sys.stdout.write(f"\n{'microseconds':<44}{heads}\n")
    for call in measured_[0]:
        sys.stdout.write(f"{call:<44}{''.join(cells(call, each) for each in measured_)}\n")


def cells(call: str, series: dict[str, Series]) -> str:
    """One database's part of a row."""
    middle, worst = (1e6 * value for value in _middle_and_worst(series[call]))
    ratio = middle / (1e6 * statistics.median(series[BARE]))
    return f"{middle:>12.0f}{worst:>8.0f}{ratio:>6.1f}"


def measured(url: str) -> dict[str, Series]:
    """Seconds per call, by the call's name."""
    store, other = open_store(url, 3600), SqlRunStore(url, 3600)
    run = str(time.time_ns())
    series = {BARE: _bare(url)}
    series["webhook to durable (receive)"] = timed(
        lambda n: store.receive(ready(run, f"{run}-{n}"))
    )
    store.open_run(None, opened(f"{run}-append", f"bench/{run}"))
    lease = _claimed(store)
    series["event append (6 kB)"] = timed(lambda _: store.append(lease, EVENT))
    series["heartbeat"] = timed(lambda _: store.heartbeat(lease))
    series["hand-over: postpone, claimed by another"] = handed_over(store, other, run)
    series["hand-over: park, signal, claimed by another"] = handed_over(
        store, other, run, park=True
    )
    series["open_run"] = timed(lambda n: store.open_run(None, opened(f"{run}-{n}", f"b/{n % 9}")))
    series[f"claim, {CALLS} waiting"] = timed(lambda _: _claimed(store))
    series["claim, nothing due"] = timed(lambda _: store.claim_next("bench", NO_LIMITS))
    series["journal (300 events of 6 kB)"] = timed(lambda _: store.journal(lease.run_id), calls=20)
    for each in (store, other):
        each.close()
    return series


def handed_over(store: SqlRunStore, other: SqlRunStore, run: str, *, park: bool = False) -> Series:
    """One worker gives a run back, another on a connection of its own has the lease."""
    key = f"{run}-{'park' if park else 'postpone'}"
    store.open_run(None, opened(key, f"bench/{key}"))
    leases = [_claimed(store)]
    stores = (store, other)

    def turn(number: int) -> None:
        giver, taker = stores[number % 2], stores[1 - number % 2]
        if park:
            giver.park(leases[-1], "waits")
            giver.receive(withdrawn(key))
            giver.address(giver.inbox()[-1], ref(key).id)
        else:
            giver.postpone(leases[-1], 0, "handed over", failed=False)
        leases.append(_claimed(taker))

    return timed(turn)


def timed(call: Call, calls: int = CALLS) -> Series:
    """Seconds of each call."""
    taken = []
    for number in range(calls):
        began = time.perf_counter()
        call(number)
        taken.append(time.perf_counter() - began)
    return taken


def _middle_and_worst(taken: Series) -> tuple[float, float]:
    return statistics.median(taken), statistics.quantiles(taken, n=100)[-1]


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
