"""Kills or freezes whole workers, each while it drives a run that has come to a certain point."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from tests.chaos.engine.watching import EventRow, RunRow
from tests.chaos.scenarios.looking import LOOK_SECONDS, Looking
from tests.e2e.playing import Json

LIMIT_SECONDS = 800.0


@dataclass
class Kill:
    """One ticket, whose worker is to be killed, and what came of it."""

    title: str
    slug: str
    story: str
    arm: Callable[["Kill"], object]
    """Called with the ticket written, before it gets its label."""
    ripe: Callable[["Kill"], bool]
    """Whether the run is where the worker is to be killed."""
    after: Callable[["Kill"], object]
    """Called when the worker is dead."""
    ticket: Json = field(default_factory=dict)
    victim: str = ""
    fence: int = 0
    at: float = 0.0
    """Of the kill, in seconds since the epoch."""
    claimed: float | None = None
    """When another worker was seen to have the run."""
    row: RunRow | None = None
    """Once the run is closed."""
    events: list[EventRow] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    comments: list[str] = field(default_factory=list)
    pulls: list[Json] = field(default_factory=list)

    @property
    def takeover_seconds(self) -> float:
        """From the kill until another worker has the run."""
        return (self.claimed or float("inf")) - self.at

    @property
    def resumed_seconds(self) -> float:
        """From the kill to the next event of the journal."""
        return min(e.at for e in self.events if e.fence > self.fence) - self.at


@dataclass
class Killing:
    """Plays the kills, a few tickets at a time; a worker that was hit is replaced by a new one."""

    looking: Looking
    at_once: int
    strike: Callable[[Looking, str], object]
    """What is done to a worker."""
    kills: list[Kill] = field(default_factory=list)
    """Those that are over."""

    def play(self, kills: Iterable[Kill]) -> None:
        """Until every run is closed."""
        waiting, playing = list(kills), list[Kill]()
        deadline = time.monotonic() + LIMIT_SECONDS
        while (waiting or playing) and time.monotonic() < deadline:
            while waiting and len(playing) < self.at_once:
                playing.append(self._begin(waiting.pop(0)))
            rows = {row.ticket_id: row for row in self.looking.rows()}
            for kill in playing:
                if row := rows.get(kill.ticket["id"]):
                    self._advance(kill, row)
            playing = [kill for kill in playing if kill.row is None]
            time.sleep(LOOK_SECONDS)
        self._collect()

    def _begin(self, kill: Kill) -> Kill:
        kill.ticket = self.looking.troupe.ticket(kill.title, kill.story, kill.slug)
        kill.arm(kill)
        self.looking.troupe.label(kill.ticket, add=("agent",))
        return kill

    def _advance(self, kill: Kill, row: RunRow) -> None:
        if not kill.at:
            victim = self.looking.driver(row)
            if victim and kill.ripe(kill):
                kill.victim, kill.fence, kill.at = victim, row.fence, time.time()
                self.strike(self.looking, victim)
                kill.after(kill)
                self.looking.troupe.start(f"worker-{time.monotonic_ns()}")
        elif kill.claimed is None and row.fence > kill.fence:
            kill.claimed = time.time()
        if row.state == "closed":
            kill.row = row
            kill.pulls = self.looking.pulls(kill.slug)
            kill.comments = self.looking.troupe.comments(kill.ticket)
            self.kills.append(kill)

    def _collect(self) -> None:
        events = self.looking.watch.events()
        for kill in self.kills:
            kill.events = [e for e in events if kill.row and e.run_id == kill.row.id]
            kill.calls = self.looking.calls(kill.title)


def kill_tree(looking: Looking, name: str) -> None:
    """kill -9 of a worker and of everything below it, also git, which has sessions of its own."""
    # All are stopped first, so that none sees another one die.
    send(freeze_tree(looking, name), signal.SIGKILL)
    looking.troupe.stage.processes.running.pop(name).wait()


def freeze_tree(looking: Looking, name: str) -> list[int]:
    """SIGSTOP of all that, until nothing new is found below it."""
    stopped: list[int] = []
    while fresh := [pid for pid in looking.tree(name) if pid not in stopped]:
        send(fresh, signal.SIGSTOP)
        stopped += fresh
    return stopped


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to all that are there still."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
