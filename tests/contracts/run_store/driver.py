"""What the store's tests run in processes of their own: ``python -m … COMMAND URL …``.

Prints one JSON line per fact, after it is durable.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import count

from integrations.sql import SqlRunStore, open_store
from tests.contracts.run_store.values import CLOSED, NO_LIMITS, opened, ready
from worker.domain.events import WorkStarted
from worker.domain.lease import ClaimLimits

LEASE_SECONDS = 120.0


def claim(store: SqlRunStore, running: str, each: str) -> None:
    """Claim and close runs until none is open; say what was seen each time."""
    limits = ClaimLimits(int(running), int(each))
    while store.runs(1, only_open=True):
        lease = store.claim_next(f"process-{os.getpid()}", limits)
        if lease is None:
            time.sleep(0.005)
            continue
        busy = [r.repository for r in store.runs(1000, only_open=True) if r.state == "running"]
        store.append(lease, WorkStarted())
        say(run=lease.run_id, token=lease.token, busy=len(busy), most=max(Counter(busy).values()))
        store.append(lease, CLOSED)


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
    "migrate": migrate,
}

if __name__ == "__main__":
    name, url, *arguments = sys.argv[1:]
    COMMANDS[name](open_store(url, LEASE_SECONDS), *arguments)
