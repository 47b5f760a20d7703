"""Plays tickets through a staged fleet: real processes, a real broker, real Docker."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from worker import bootstrap
from worker.demo.play import Stage
from worker.domain.run import Run

PATIENCE_SECONDS = 120.0

Json = dict[str, Any]


@dataclass
class Fleet:
    """A staged fleet, and a person who writes tickets for it."""

    stage: Stage

    @property
    def directory(self) -> Path:
        return self.stage.directory

    def models_answer(self, *rules: Json) -> None:
        """Replace the model stub's script."""
        url = f"{self.stage.stubs_url}/_stub/script"
        httpx.put(url, content=json.dumps({"rules": rules})).raise_for_status()

    def ticket(self, title: str, description: str, repository: str, *labels: str) -> Json:
        """Write a ticket; with labels it is created with them."""
        ticket: Json = self.stage.act(
            "/linear/tickets",
            title=title,
            description=description,
            project=repository,
            labels=list(labels),
        )
        return ticket

    def label(
        self, ticket: Json, *, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()
    ) -> None:
        self.stage.act(f"/linear/tickets/{ticket['id']}/labels", add=list(add), remove=list(remove))

    def patch(self, path: str, **changes: object) -> None:
        """Edit a ticket as a person."""
        httpx.patch(f"{self.stage.stubs_url}/_stub{path}", json=changes).raise_for_status()

    def run_of(self, ticket: Json) -> Run | None:
        """The newest run of a ticket, as its journal tells it."""
        store = bootstrap.database(self.stage.database_url)
        rows = [r for r in store.runs(200) if r.ticket == ticket["identifier"]]
        return Run.from_journal(store.journal(rows[0].id)) if rows else None

    def runs_of(self, ticket: Json) -> int:
        store = bootstrap.database(self.stage.database_url)
        return sum(r.ticket == ticket["identifier"] for r in store.runs(500))

    def wait_closed(self, ticket: Json) -> Run:
        """Wait until the ticket's run is closed."""
        return self.wait(ticket, lambda run: run.closed is not None)

    def wait(self, ticket: Json, until: Any) -> Run:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            self.stage.processes.check()
            run = self.run_of(ticket)
            if run is not None and until(run):
                return run
            time.sleep(0.2)
        logs = "\n".join(self.stage.processes.log_end(n) for n in self.stage.processes.running)
        raise AssertionError(f"{ticket['identifier']} did not get there: {run}\n{logs}")

    def comments(self, ticket: Json) -> list[str]:
        told = self.stage.get(f"/linear/tickets/{ticket['id']}")
        return [comment["body"] for comment in told["comments"]]

    def pulls(self, run: Run) -> list[Json]:
        """The pull requests of a run's branch, open or not."""
        pulls: list[Json] = self.stage.get("/github/pulls")
        return [p for p in pulls if p["head"]["ref"] == run.branch]
