"""Real processes on one database: claims, receipts, migrations, forks, and kill -9."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from integrations.sql import open_store
from tests.contracts.run_store.values import CLOSED, opened, ready
from tests.contracts.run_store.worlds import another, execute
from worker.domain.events import WorkStarted
from worker.domain.lease import RunId

ROOT = Path(__file__).parents[3]
DRIVER = (sys.executable, "-W", "error", "-m", "tests.contracts.run_store.driver")


def test_eight_claimers_share_two_hundred_runs(database: str) -> None:
    store = open_store(database)
    for number in range(200):
        store.open_run(None, opened(str(number), f"acme/{number % 7}" if number % 10 else None))
    facts = together(8, "claim", database, "6", "2")
    assert len({fact["run"] for fact in facts}) == len(facts) == 200
    assert len({fact["token"] for fact in facts}) == 200
    assert max(fact["busy"] for fact in facts) <= 6
    for number in range(200):
        run = opened(str(number), f"acme/{number % 7}" if number % 10 else None)
        assert list(store.journal(run.run_id)) == [run, WorkStarted(), CLOSED]
    store.close()


def test_claimers_keep_the_limit_of_each_repository(database: str) -> None:
    store = open_store(database)
    for number in range(60):
        store.open_run(None, opened(str(number), f"acme/{number % 2}"))
    facts = together(6, "claim", database, "6", "2")
    assert len({fact["run"] for fact in facts}) == len(facts) == 60
    assert max(fact["most"] for fact in facts) <= 2
    store.close()


def test_one_delivery_in_many_processes_is_received_once(database: str) -> None:
    facts = together(5, "receive", database, "same", "10")
    assert [fact["first"] for fact in facts].count(True) == 1
    assert len(facts) == 50


def test_processes_that_migrate_at_once_do_no_harm(database: str) -> None:
    assert len(together(6, "migrate", database)) == 6
    assert len(execute(database, "select version_num from alembic_version")) == 1


def test_news_and_parking_in_processes_miss_each_other_never(database: str) -> None:
    store = open_store(database)
    store.open_run(None, opened("1"))
    with running("tell", database, "1", "60"):
        facts = together(2, "wait", database, "60")
    assert len({fact["consumed"] for fact in facts}) == len(facts) == 60
    assert len(store.journal(RunId("run-1"))) == 61
    assert store.due() == 0
    store.close()


def test_a_store_survives_a_fork(database: str) -> None:
    (fact,) = together(1, "fork", database, "3")
    assert fact == {"codes": [0, 0, 0], "items": 1 + 4 * 20}


def test_what_was_acknowledged_survives_kill_9(database: str) -> None:
    for life in ("1", "2", "3"):
        with running("write", database, life) as writer:
            assert writer.stdout
            numbers = [json.loads(next(writer.stdout))["number"] for _ in range(40)]
        store = another(database)
        again = [store.receive(ready(life, f"{life}-{number}")) for number in numbers]
        assert not any(again)
        journal = store.journal(RunId(f"run-{life}"))
        assert journal[0] == opened(life)
        assert len(journal) >= 1 + len(numbers)
        store.close()
    gaps = "select run_id from events group by run_id having count(*) <> max(seq) or min(seq) <> 1"
    assert not execute(database, gaps)
    lengths = "select id from runs where events <> (select count(*) from events where run_id = id)"
    assert not execute(database, lengths)


def together(number: int, *arguments: str) -> list[dict[str, Any]]:
    """Run so many drivers at once to their end; everything that they said."""
    command = [*DRIVER, *arguments]
    processes = [
        subprocess.Popen(
            command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(number)
    ]
    ends = [process.communicate() for process in processes]
    errors = [errors for _, errors in ends if errors]
    assert [process.returncode for process in processes] == [0] * number, errors
    return [json.loads(line) for output, _ in ends for line in output.splitlines()]


@contextmanager
def running(*arguments: str, stdin: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """A driver that is killed, in the middle of whatever it does, when the block ends."""
    command = [*DRIVER, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, text=True, stdout=pipe, stdin=stdin) as process:
        yield process
        process.kill()
