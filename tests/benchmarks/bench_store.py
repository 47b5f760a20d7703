"""What durability costs beside one bare, durable insert into the same database.

Run by hand, where nothing else runs: ``python -m tests.benchmarks.bench_store [DATABASE_URL …]``.
Without an address: a SQLite file and a private PostgreSQL, both in the temporary directory, side by
side. Microseconds per call; ``x``: the median as a multiple of that of the bare inserts that were
made in turns with the calls, so that a busy moment of the machine hits both alike.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sqlalchemy import text

from integrations.sql import SqlRunStore, open_store
from integrations.sql.connections import WORK, open_engine
from integrations.sql.database_url import display, read
from integrations.sql.engines import Engines
from tests.contracts.run_store import postgres_server
from tests.contracts.run_store.values import NO_LIMITS, opened, ready, ref, withdrawn
from tests.contracts.run_store.worlds import execute
from worker.domain.events import ExecutionFinished, WorkStarted
from worker.domain.evidence import Evidence
from worker.domain.lease import Lease

CALLS = 300
BODY = "x" * 6_000
"""Characters; about what a round's evidence or a webhook brings."""
EVENT = ExecutionFinished(Evidence("c" * 40, "make test", 0, BODY, 1.0))
BARE = "bare insert, committed and fsynced"
Call = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Series:
    """Seconds of each call, and of each bare insert made in turns with them."""

    calls: list[float]
    bare: list[float]

    def cells(self) -> str:
        """One database's part of a row."""
        middle, worst = statistics.median(self.calls), statistics.quantiles(self.calls, n=100)[-1]
        ratio = middle / statistics.median(self.bare)
        return f"{middle * 1e6:>12.0f}{worst * 1e6:>9.0f}{ratio:>6.1f}"


def main(urls: Sequence[str]) -> None:
    """Print one table with three columns per database."""
    with ExitStack() as stack:
        databases = urls or stack.enter_context(_databases())
        tables = [measured(url) for url in databases]
    for place, url in enumerate(databases, 1):
        sys.stdout.write(f"{place}: {display(read(url))}, {CALLS} calls each\n")
    heads = "".join(f"{f'{n}: median':>12}{'p99':>9}{'x':>6}" for n in range(1, len(tables) + 1))
    sys.stdout.write(f"\n{'microseconds':<46}{heads}\n")
    for call in tables[0]:
        sys.stdout.write(f"{call:<46}{''.join(table[call].cells() for table in tables)}\n")


def measured(url: str) -> dict[str, Series]:
    """What each call took, by its name."""
    store, other, run = open_store(url, 3600), SqlRunStore(url, 3600), str(time.time_ns())
    table: dict[str, Series] = {}
    with _bare(url) as bare:

        def timed(name: str, call: Call, calls: int = CALLS) -> None:
            table[name] = _in_turns(call, bare, calls)

        timed(BARE, bare)
        timed("webhook to durable: receive", lambda n: store.receive(ready(run, f"{run}-{n}")))
        execute(url, "update inbox set state = 'done'")
        store.open_run(None, opened(f"{run}-append", f"bench/{run}"))
        lease = _claimed(store)
        timed("append an event of 6 kB", lambda _: store.append(lease, EVENT))
        timed("heartbeat", lambda _: store.heartbeat(lease))
        timed("hand-over: postpone, claim by another", _handing_over(store, other, run))
        timed("hand-over: park, webhook, claim, event", _waking(store, other, run))
        timed("open_run", lambda n: store.open_run(None, opened(f"{run}-{n}", f"b/{n % 9}")))
        timed(f"claim, {CALLS} waiting", lambda _: _claimed(store))
        timed("claim, nothing due", lambda _: store.claim_next("bench", NO_LIMITS))
        timed("journal of 300 such events", lambda _: store.journal(lease.run_id), calls=20)
    for each in (store, other):
        each.close()
    return table


def _in_turns(call: Call, bare: Call, calls: int) -> Series:
    series = Series([], [])
    for number in range(calls):
        for taken, each in ((series.bare, bare), (series.calls, call)):
            began = time.perf_counter()
            each(number)
            taken.append(time.perf_counter() - began)
    return series


def _handing_over(store: SqlRunStore, other: SqlRunStore, run: str) -> Call:
    """One worker gives a run back; another, with a connection of its own, takes it."""
    store.open_run(None, opened(f"{run}-postponed", f"bench/{run}"))
    stores, leases = (store, other), [_claimed(store)]

    def turn(number: int) -> None:
        stores[number % 2].postpone(leases[-1], 0, "handed over", failed=False)
        leases.append(_claimed(stores[1 - number % 2]))

    return turn


def _waking(store: SqlRunStore, other: SqlRunStore, run: str) -> Call:
    """One worker parks a run; a webhook comes and is admitted; another takes the run."""
    key = f"{run}-parked"
    store.open_run(None, opened(key, f"bench/{run}"))
    stores, leases = (store, other), [_claimed(store)]

    def turn(number: int) -> None:
        taker = stores[1 - number % 2]
        stores[number % 2].park(leases[-1], "waits")
        taker.receive(withdrawn(key))
        taker.address(taker.inbox()[-1], ref(key).id)
        leases.append(_claimed(taker))
        (news,) = taker.signals(leases[-1])
        taker.append(leases[-1], WorkStarted(), consumes=news)

    return turn


def _claimed(store: SqlRunStore) -> Lease:
    lease = store.claim_next("bench", NO_LIMITS)
    assert lease is not None
    return lease


@contextmanager
def _bare(url: str) -> Iterator[Call]:
    """The same driver and settings with nothing of ours around them: the fsync and the trip."""
    with Engines(read(url)).apart(WORK) as connection:
        connection.execute(text("create table if not exists bare (body text)"))
    engine = open_engine(read(url), WORK)
    raw = engine.raw_connection()
    cursor, mark = raw.cursor(), "?" if url.startswith("sqlite") else "%s"

    def insert(_: int) -> None:
        cursor.execute(f"insert into bare values ({mark})", (BODY,))  # noqa: S608 - our own mark
        raw.commit()

    insert(0)
    yield insert
    raw.close()
    engine.dispose()


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
