"""Does to a running world what the schedule says."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.chaos.engine.sandboxes import RUNNING
from tests.chaos.engine.watching import RunRow
from tests.chaos.engine.world import World
from tests.chaos.faults import weather
from tests.chaos.faults.schedule import Blow, Fault, chosen

LEASE_SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class Interruption:
    """A run whose driver was killed."""

    run_id: str
    fence: int
    at: float
    """Seconds since the epoch."""
    fault: Fault


@dataclass
class Striker:
    """Strikes, mends what has lasted long enough, and counts. Never waits."""

    world: World
    counts: Counter[Fault] = field(default_factory=Counter)
    interruptions: list[Interruption] = field(default_factory=list)
    database_frozen: bool = False
    _mending: list[tuple[float, Callable[[], object]]] = field(default_factory=list)
    _stopped: set[str] = field(default_factory=set)

    def strike(self, blow: Blow, runs: Sequence[RunRow]) -> bool:
        """False where there is nothing to strike now. ``runs`` are as they were just seen."""
        struck = self._strike(blow, runs)
        self.counts[blow.fault] += struck
        return struck

    def mend(self, *, everything: bool = False) -> None:
        """End what is over by now, or everything."""
        due = [m for m in self._mending if everything or m[0] <= time.monotonic()]
        self._mending = [m for m in self._mending if m not in due]
        for _, end in due:
            end()

    def _strike(self, blow: Blow, runs: Sequence[RunRow]) -> bool:
        match blow.fault:
            case Fault.KILL_RECEIVER | Fault.KILL_RECONCILER:
                return self._kill_service(blow)
            case Fault.KILL_REDIS | Fault.STOP_REDIS | Fault.FLUSH:
                return self._hurt_redis(blow)
            case Fault.KILL_DATABASE | Fault.CRASH_DATABASE | Fault.STOP_DATABASE:
                return self._hurt_database(blow)
            case Fault.KILL_CONTAINER | Fault.PAUSE_CONTAINER:
                return self._hurt_container(blow)
            case Fault.WEBHOOKS | Fault.API:
                return self._spoil_the_weather(blow)
            case _:
                return self._hurt_worker(blow, runs)

    def _spoil_the_weather(self, blow: Blow) -> bool:
        stubs = self.world.stubs
        if blow.fault is Fault.WEBHOOKS:
            return self._later(weather.webhooks(stubs, blow), 3 + 5 * blow.strength)
        weather.api(stubs, blow)
        return True

    def _hurt_worker(self, blow: Blow, runs: Sequence[RunRow]) -> bool:
        if blow.fault is Fault.STOP_WORKER:
            return self._stop_worker(blow, runs)
        return self._hit_worker(blow, runs)

    def _hit_worker(self, blow: Blow, runs: Sequence[RunRow]) -> bool:
        worker, driven = self._worker(blow, runs)
        if worker is None:
            return False
        now = time.time()
        if blow.fault is Fault.DEPLOY:
            return self.world.supervisor.kill(worker, signal.SIGTERM)
        if blow.fault is Fault.KILL_WORKER:
            struck = self.world.supervisor.kill(worker)
        elif blow.fault is Fault.KILL_WHOLE_WORKER:
            struck = self.world.supervisor.kill_tree(worker)
        else:
            struck = self.world.kill_jobs(worker)
        if struck:
            self.interruptions += [Interruption(r.id, r.fence, now, blow.fault) for r in driven]
        return struck

    def _worker(self, blow: Blow, runs: Sequence[RunRow]) -> tuple[str | None, list[RunRow]]:
        """One that runs, rather one that drives a run; and what it drives."""
        workers = [w for w in self.world.workers() if w not in self._stopped]
        driven = {w: self.world.driven_by(w, runs) for w in workers if self.world.jobs(w)}
        busy = [worker for worker, rows in driven.items() if rows] or list(driven)
        if not busy:
            return None, []
        worker = busy[chosen(blow.pick, len(busy))]
        return worker, driven[worker]

    def _stop_worker(self, blow: Blow, runs: Sequence[RunRow]) -> bool:
        worker, driven = self._worker(blow, runs)
        if worker is None or self._stopped:
            return False
        supervisor = self.world.supervisor
        pid = supervisor.pid(worker)
        if not supervisor.kill_tree(worker, signal.SIGSTOP):
            return False
        self._stopped.add(worker)
        now = time.time()
        self.interruptions += [Interruption(r.id, r.fence, now, blow.fault) for r in driven]

        def go_on() -> None:
            self._stopped.discard(worker)
            if supervisor.pid(worker) == pid:
                supervisor.kill_tree(worker, signal.SIGCONT)

        return self._later(go_on, LEASE_SECONDS + 2 + 4 * blow.strength)

    def _kill_service(self, blow: Blow) -> bool:
        prefix = "receiver" if blow.fault is Fault.KILL_RECEIVER else "reconciler"
        names = self.world.supervisor.names(prefix)
        return self.world.supervisor.kill(names[chosen(blow.pick, len(names))])

    def _hurt_redis(self, blow: Blow) -> bool:
        broker = self.world.broker
        if blow.fault is Fault.KILL_REDIS:
            return broker.kill()
        if blow.fault is Fault.FLUSH:
            return broker.flush()
        return broker.freeze() and self._later(broker.thaw, 3 + 6 * blow.strength)

    def _hurt_database(self, blow: Blow) -> bool:
        database = self.world.database
        if self.database_frozen:
            return False
        if blow.fault is not Fault.STOP_DATABASE:
            return database.kill(immediate=blow.fault is Fault.CRASH_DATABASE)
        if not database.freeze():
            return False
        self.database_frozen = True

        def go_on() -> None:
            database.thaw()
            self.database_frozen = False

        return self._later(go_on, 2 + 6 * blow.strength)

    def _hurt_container(self, blow: Blow) -> bool:
        sandboxes = self.world.sandboxes
        running = [each for each in sandboxes.found() if each.state == RUNNING]
        if not running:
            return False
        victim = running[chosen(blow.pick, len(running))]
        if blow.fault is Fault.KILL_CONTAINER:
            return sandboxes.kill(victim)
        if not sandboxes.pause(victim):
            return False
        return self._later(lambda: sandboxes.unpause(victim), 2 + 6 * blow.strength)

    def _later(self, end: Callable[[], object], seconds: float) -> bool:
        self._mending.append((time.monotonic() + seconds, end))
        return True
