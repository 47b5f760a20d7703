"""What a scenario can see of a staged fleet: its database, its logs, its processes."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx
from sqlalchemy import NullPool, create_engine, func, select

from integrations.sql import schema
from tests.chaos.engine import procfs
from tests.chaos.engine.watching import EventRow, Watch
from tests.chaos.scenarios.staging import Troupe
from tests.e2e.playing import Json
from worker import bootstrap
from worker.domain.summary import RunSummary
from worker.intake.admission import of_ticket

Seen = TypeVar("Seen")
PATIENCE_SECONDS = 150.0
"""Far more than anything takes, also on a machine that is busy with other things."""
LOOK_SECONDS = 0.1
MOST = 100_000


@dataclass
class Onlooker:
    """Looks at one troupe, without a hand in it."""

    troupe: Troupe

    def __post_init__(self) -> None:
        url = self.troupe.stage.database_url
        self._store = bootstrap.database(url)
        self._engine = create_engine(url, poolclass=NullPool)
        self.watch = Watch(url)

    def close(self) -> None:
        """Give the connections back."""
        self._store.close()

    def rows(self, ticket: Json | None = None) -> list[RunSummary]:
        """Runs, oldest first; all of them, or a ticket's."""
        rows = reversed(self._store.runs(MOST))
        return [r for r in rows if ticket is None or r.ticket == ticket["identifier"]]

    def newest(self, ticket: Json) -> RunSummary | None:
        return next(reversed(self.rows(ticket)), None)

    def events(self, ticket: Json) -> list[EventRow]:
        """Of all of a ticket's runs, one run after another."""
        runs = [row.id for row in self.rows(ticket)]
        events = self.watch.events()
        return [event for run in runs for event in events if event.run_id == run]

    def deliveries(self, source: str) -> int:
        """How many of that sender are stored."""
        with self._engine.connect() as connection:
            asked = select(func.count()).where(schema.inbox.c.source == source)
            return int(connection.execute(asked).scalar_one())

    def pulls(self, ticket: Json) -> list[Json]:
        """Every pull request of a ticket, open or not."""
        pulls: list[Json] = self.troupe.stage.get("/github/pulls")
        return [p for p in pulls if of_ticket(p["head"]["ref"], ticket["identifier"])]

    def calls_for(self, ticket: Json) -> int:
        """How often a model was asked about a ticket, which is known by its title."""
        asked = self.troupe.stage.get("/requests")
        return sum(ticket["title"] in json.dumps(request["messages"]) for request in asked)

    def log(self, name: str) -> str:
        path = self.troupe.stage.processes.logs / f"{name}.log"
        return path.read_text(encoding="utf-8", errors="replace")

    def until(
        self, what: str, look: Callable[[], Seen | None], seconds: float = PATIENCE_SECONDS
    ) -> Seen:
        """Look until something is there and return it. Raises AssertionError after a long time."""
        deadline = time.monotonic() + seconds
        while True:
            self.troupe.stage.processes.check()
            if seen := look():
                return seen
            if time.monotonic() > deadline:
                rows = "\n".join(map(str, self.rows()[-20:]))
                names = self.troupe.stage.processes.running
                logs = "\n".join(map(self.troupe.stage.processes.log_end, names))
                raise AssertionError(f"in vain: {what}\n{rows}\n{logs}")
            time.sleep(LOOK_SECONDS)

    def until_state(
        self, ticket: Json, state: str, seconds: float = PATIENCE_SECONDS
    ) -> RunSummary:
        """Wait until the ticket's newest run is in a state, and return its row."""

        def look() -> RunSummary | None:
            row = self.newest(ticket)
            return row if row is not None and row.state == state else None

        return self.until(f"{ticket['identifier']} is {state}", look, seconds)

    def until_waiting(self, ticket: Json) -> RunSummary:
        """Wait until the ticket's run was given back to wait for better times; its row."""

        def look() -> RunSummary | None:
            row = self.newest(ticket)
            return row if row and row.state == "queued" and row.note else None

        return self.until(f"{ticket['identifier']} waits", look)

    def job_process(self, name: str) -> int:
        """The pid of the child in which a worker does its work."""
        main = self.troupe.stage.processes.running[name].pid
        (job,) = [
            each.pid
            for each in procfs.processes()
            if each.parent == main and "celery" in each.command
        ]
        return job

    def tree(self, name: str) -> list[int]:
        """The pids of a process and of everything below it."""
        return procfs.descendants(self.troupe.stage.processes.running[name].pid)


def fine_weather(troupe: Troupe) -> None:
    """Forget every misdeed of the stand-ins."""
    remove(troupe, "/mischief")


def remove(troupe: Troupe, path: str) -> None:
    """Have something removed at the stand-ins."""
    url = f"{troupe.stage.stubs_url}/_stub{path}"
    httpx.delete(url, timeout=PATIENCE_SECONDS, trust_env=False).raise_for_status()


def put(troupe: Troupe, path: str, **body: object) -> None:
    """Have something set at the stand-ins."""
    url = f"{troupe.stage.stubs_url}/_stub{path}"
    httpx.put(url, json=body, timeout=PATIENCE_SECONDS, trust_env=False).raise_for_status()


def resident_bytes(pid: int) -> int:
    """A process's resident memory."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    (line,) = [each for each in status.splitlines() if each.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024


def open_files(pid: int) -> int:
    """How many file descriptors a process holds."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def percentile(values: list[float], percent: int) -> float:
    """The nearest-rank percentile of at least one value."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
