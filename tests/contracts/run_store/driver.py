"""What the store's tests run in processes of their own: ``python -m … COMMAND URL …``.

Prints one JSON line per fact, after it is durable.
"""

import json
import os
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from itertools import count
from typing import ParamSpec, TypeVar

from integrations.sql import SqlRunStore, open_store
from tests.contracts.run_store.values import CLOSED, NO_LIMITS, opened, ready, ref, withdrawn
from worker.domain.errors import Unavailable
from worker.domain.events import WorkStarted
from worker.domain.lease import ClaimLimits

LEASE_SECONDS = 120.0
DEADLINE_SECONDS = 240.0
RECEIVED = (
    "insert into inbox (source, delivery_id, outcome, state, received_at) "
    "values ('old', ?, ?, 'done', 0)"
)


P = ParamSpec("P")
T = TypeVar("T")


def patiently(call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Call again as long as somebody else has SQLite's one lock; nothing has happened then."""
    while True:
        try:
            return call(*arguments, **named)
        except Unavailable as fault:
            if "locked" not in str(fault):
                raise


def claim(store: SqlRunStore, running: str, each: str) -> None:
    """Claim and close runs until none is open; say what was seen each time."""
    limits = ClaimLimits(int(running), int(each))
    while store.runs(1, only_open=True):
        lease = patiently(store.claim_next, f"process-{os.getpid()}", limits)
        if lease is None:
            time.sleep(0.005)
            continue
        busy = [r.repository for r in store.runs(1000, only_open=True) if r.state == "running"]
        patiently(store.append, lease, WorkStarted())
        say(run=lease.run_id, token=lease.token, busy=len(busy), most=max(Counter(busy).values()))
        patiently(store.append, lease, CLOSED)


def receive(store: SqlRunStore, delivery: str, times: str) -> None:
    """Receive one delivery again and again."""
    for _ in range(int(times)):
        say(first=store.receive(ready("1", delivery)))


def write(store: SqlRunStore, key: str) -> None:
    """Receive deliveries and append events until killed; each number is said once it is safe."""
    assert store.open_run(None, opened(key))
    lease = store.claim_next("writer", NO_LIMITS)
    assert lease is not None
    for number in count():
        assert store.receive(ready(key, f"{key}-{number}"))
        store.append(lease, WorkStarted())
        say(number=number)


def fork(store: SqlRunStore, children: str) -> None:
    """Use one store in a parent and its forked children at the same time."""
    store.receive(ready("parent", "before"))
    processes = []
    for child in range(int(children)):
        process = os.fork()
        if process == 0:
            fresh = [store.receive(ready("child", f"{child}-{n}")) for n in range(20)]
            os._exit(0 if all(fresh) else 1)
        processes.append(process)
    assert all(store.receive(ready("parent", f"parent-{n}")) for n in range(20))
    codes = [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in processes]
    store.ping()
    say(codes=codes, items=len(store.inbox(1000)))


def wait(store: SqlRunStore, signals: str) -> None:
    """Drive the one run: consume what is there, park, until so many signals were consumed."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    (run,) = store.runs()
    while len(store.journal(run.id)) <= int(signals):
        assert time.monotonic() < deadline, store.runs()
        lease = patiently(store.claim_next, f"process-{os.getpid()}", NO_LIMITS)
        if lease is None:
            continue
        for item in store.signals(lease):
            patiently(store.append, lease, WorkStarted(), consumes=item)
            say(consumed=item.id, token=lease.token)
        patiently(store.park, lease, "waits for news")


def tell(store: SqlRunStore, key: str, signals: str) -> None:
    """Address one signal after the other, each as soon as the last one was consumed."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    (run,) = store.runs()
    for number in range(1, int(signals) + 1):
        patiently(store.receive, withdrawn(key))
        (item,) = store.inbox()
        assert patiently(store.address, item, ref(key).id)
        while len(store.journal(run.id)) <= number:
            assert time.monotonic() < deadline, store.runs()


def go_on(store: SqlRunStore, name: str) -> None:
    """Receive deliveries until killed, whatever happens to the database; say when each call began.

    On the clock that all processes of a machine share.
    """
    for number in count():
        began = time.monotonic()
        try:
            fresh = store.receive(ready(name, f"{name}-{number}"))
        except Unavailable:
            continue
        say(delivery=f"{name}-{number}", began=began, fresh=fresh)


def stay(_: SqlRunStore, file: str) -> None:
    """Write through one connection that notices nothing, a little at each line of input."""
    with closing(sqlite3.connect(file, isolation_level=None)) as oblivious:
        for number in count():
            for part in range(5):
                values = (f"old-{number}-{part}", "x" * 30_000)
                oblivious.execute(RECEIVED, values)
            say(number=number)
            if not sys.stdin.readline():
                return


def migrate(store: SqlRunStore) -> None:
    """Being opened has migrated it."""
    store.ping()
    say(ready=True)


def say(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


COMMANDS: dict[str, Callable[..., None]] = {
    "claim": claim,
    "receive": receive,
    "write": write,
    "fork": fork,
    "wait": wait,
    "tell": tell,
    "go_on": go_on,
    "stay": stay,
    "migrate": migrate,
}

if __name__ == "__main__":
    name, url, *arguments = sys.argv[1:]
    COMMANDS[name](open_store(url, LEASE_SECONDS), *arguments)
