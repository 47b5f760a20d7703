"""What the scenarios look at: rows and journals, who drives a run, what was asked of the models."""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.chaos.engine.watching import EventRow, NotSeen, RunRow, Watch
from tests.chaos.play.cases import STORY, Kind
from tests.chaos.scenarios import lineage
from tests.chaos.scenarios.staging import Troupe
from tests.e2e.playing import Json
from tests.e2e.test_ticket_to_pull_request import git

PATIENCE_SECONDS = 240.0
LOOK_SECONDS = 0.05
ONE_ROUND = STORY.format(behaviour=f"Behaviour: {Kind.ONE_ROUND}.")
TWO_ROUNDS = STORY.format(behaviour=f"Behaviour: {Kind.TWO_ROUNDS}.")
START, PROGRESS = "Work has started", "**Progress**"


@dataclass(frozen=True, slots=True)
class Looking:
    """Looks at a fleet from outside."""

    troupe: Troupe
    watch: Watch

    @classmethod
    def at(cls, troupe: Troupe) -> "Looking":
        return cls(troupe, Watch(troupe.stage.database_url))

    def rows(self) -> list[RunRow]:
        """All runs, oldest first; a database that is busy is asked again."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self.watch.runs()
            except NotSeen:
                if time.monotonic() > deadline:
                    raise
                time.sleep(LOOK_SECONDS)

    def row(self, ticket: Json) -> RunRow | None:
        """The newest run of a ticket."""
        rows = [row for row in self.rows() if row.ticket_id == ticket["id"]]
        return rows[-1] if rows else None

    def known(self, ticket: Json) -> RunRow:
        row = self.row(ticket)
        assert row is not None, f"{ticket['identifier']} has no run"
        return row

    def events(self, ticket: Json) -> list[EventRow]:
        """The journal of the ticket's newest run."""
        run_id = self.known(ticket).id
        return [event for event in self.watch.events() if event.run_id == run_id]

    def driver(self, row: RunRow) -> str | None:
        """The worker whose child drives a run; None where it died, or where nobody does."""
        if row.state != "running" or row.holder is None:
            return None
        above = lineage.parent(self.child(row))
        running = self.troupe.stage.processes.running.items()
        return next((name for name, process in running if process.pid == above), None)

    def child(self, row: RunRow) -> int:
        """The id of the process that drives a run, as the run's row tells it."""
        assert row.holder is not None, f"nobody drives {row}"
        return int(row.holder.rpartition(":")[2])

    def workers(self) -> list[str]:
        return [name for name in self.troupe.stage.processes.running if name.startswith("worker")]

    def tree(self, name: str) -> list[int]:
        """A process with everything below it, also what has a session of its own."""
        return lineage.tree(self.troupe.stage.processes.running[name].pid)

    def calls(self, marker: str) -> Counter[str]:
        """How often each model was asked about the story with that marker in its title."""
        asked = self.troupe.stage.get("/requests")
        return Counter(each["model"] for each in asked if marker in json.dumps(each["messages"]))

    def log(self, name: str) -> str:
        return (self.troupe.directory / "logs" / f"{name}.log").read_text(errors="replace")

    def until(self, true: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> Any:
        """Wait for it; returns what it returned."""
        deadline = time.monotonic() + seconds
        while not (found := true()):
            if time.monotonic() > deadline:
                ends = [self.troupe.stage.processes.log_end(name) for name in self.workers()]
                raise AssertionError("\n".join([f"waited in vain: {what}", *ends]))
            time.sleep(LOOK_SECONDS)
        return found

    def until_closed(self, ticket: Json, seconds: float = PATIENCE_SECONDS) -> RunRow:
        def closed() -> RunRow | None:
            row = self.row(ticket)
            return row if row is not None and row.state == "closed" else None

        found: RunRow = self.until(closed, f"{ticket['identifier']} closed", seconds)
        return found

    def until_driven(self, ticket: Json, events: int = 1) -> RunRow:
        """Until a worker drives the ticket's run, whose journal has that many events or more."""

        def driven() -> RunRow | None:
            row = self.row(ticket)
            well = row is not None and row.state == "running" and row.events >= events
            return row if row is not None and well and self.driver(row) else None

        found: RunRow = self.until(driven, f"{ticket['identifier']} driven")
        return found

    def refs(self, repository: str) -> dict[str, str]:
        """Every ref of the remote and where it points."""
        listed = git(self.troupe, repository, "for-each-ref", "--format=%(refname) %(objectname)")
        return dict(line.split(" ", 1) for line in listed.splitlines())

    def pulls(self, repository: str) -> list[Json]:
        return [p for p in self.troupe.stage.get("/github/pulls") if p["repository"] == repository]

    def ended_once(self, ticket: Json, repository: str, pulls: int = 1) -> None:
        """One start comment at most, one end comment, that many pull requests of the ticket."""
        comments = self.troupe.comments(ticket)
        starts = sum(START in comment for comment in comments)
        progress = sum(PROGRESS in comment for comment in comments)
        ends = len(comments) - starts - progress
        assert (starts, progress, ends) <= (1, 1, 1), comments
        assert ends == 1, comments
        branch = f"agent/{ticket['identifier']}-"
        mine = [p for p in self.pulls(repository) if p["head"]["ref"].startswith(branch)]
        assert len(mine) == pulls, mine
