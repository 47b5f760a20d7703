"""One performance: people write tickets, the schedule strikes, until everything has ended."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos.engine.watching import NotSeen, RunRow
from tests.chaos.engine.world import World
from tests.chaos.faults.schedule import Blow
from tests.chaos.faults.striking import Striker
from tests.chaos.play.person import People

LOOK_SECONDS = 0.2
STALL_SECONDS = 240.0
"""Without a ticket that ends: then something hangs."""
OPEN_PER_WORKER = 5
"""Tickets that are open at once, so that the schedule keeps up with the work."""
BACKLOG = 3
"""Blows that wait to be struck before no more tickets are written."""
BLOW_SECONDS = 20.0
"""How long a blow waits for something that it can strike."""


@dataclass
class Sightings:
    """Which fencing tokens were seen for each run, and when first."""

    first: dict[tuple[str, int], float] = field(default_factory=dict)

    def note(self, rows: Sequence[RunRow]) -> None:
        now = time.time()
        for row in rows:
            if row.state == "running":
                self.first.setdefault((row.id, row.fence), now)


@dataclass
class Performance:
    """Everything happens in one thread, so the order of things is the schedule's."""

    world: World
    people: People
    blows: Sequence[Blow]
    striker: Striker
    told: Callable[[str], None]
    runs: Sequence[RunRow] = ()
    sightings: Sightings = field(default_factory=Sightings)
    missed: list[Blow] = field(default_factory=list)
    """Blows that found nothing to strike."""
    stalled: bool = False

    def play(self) -> None:
        """Return when every ticket has ended, or when nothing has for a long time."""
        waiting = list(self.blows)
        due: list[tuple[float, Blow]] = []
        ended, moved = -1, time.monotonic()
        while True:
            self.striker.mend()
            self.look()
            by_ticket = grouped(self.runs)
            self.people.act(by_ticket)
            now = time.monotonic()
            if (count := len(self.people.ended(by_ticket))) != ended:
                ended, moved = count, now
                self._tell(ended)
            while waiting and waiting[0].at <= ended:
                due.append((now + BLOW_SECONDS, waiting.pop(0)))
            due = self._struck(due)
            if len(due) < BACKLOG:
                self.people.write(ended + OPEN_PER_WORKER * self.world.wishes.workers)
            if ended == len(self.people.cases) and not due and not waiting:
                return
            if now - moved > STALL_SECONDS:
                self.stalled = True
                return
            time.sleep(LOOK_SECONDS)

    def look(self) -> bool:
        """See how the runs stand; False where the database does not show them now."""
        if self.striker.database_frozen:
            return False
        try:
            self.runs = self.world.watch.runs()
        except NotSeen:
            return False
        self.sightings.note(self.runs)
        return True

    def _struck(self, due: list[tuple[float, Blow]]) -> list[tuple[float, Blow]]:
        """Strike one of those that are due; returns the others."""
        for entry in due:
            until, blow = entry
            if self.striker.strike(blow, self.runs):
                return [other for other in due if other is not entry]
            if time.monotonic() > until:
                self.missed.append(blow)
                return [other for other in due if other is not entry]
        return due

    def _tell(self, ended: int) -> None:
        total, struck = len(self.people.cases), sum(self.striker.counts.values())
        self.told(f"{ended} of {total} tickets have ended, {struck} faults")


def grouped(runs: Sequence[RunRow]) -> Mapping[str, Sequence[RunRow]]:
    """Runs by their ticket's identifier."""
    by_ticket: dict[str, list[RunRow]] = defaultdict(list)
    for row in runs:
        by_ticket[row.identifier].append(row)
    return by_ticket
