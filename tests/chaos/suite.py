"""The whole suite as one function: a world, a performance, an audit, a report."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tests.chaos import report as reporting
from tests.chaos.audit import collect, settling
from tests.chaos.audit.checks import Violation, audit
from tests.chaos.engine.environment import Wishes
from tests.chaos.engine.world import World
from tests.chaos.faults import schedule, weather
from tests.chaos.faults.striking import Striker
from tests.chaos.play import cases, script
from tests.chaos.play.performance import Performance
from tests.chaos.play.person import People
from worker.domain.events import AgentReported

LONG_FORM = 1000
"""From so many tickets on, so much has to be injected:"""
KILLS_WANTED = 200
API_FAULTS_WANTED = 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for."""

    tickets: int
    seed: int
    database: str = "postgresql"
    sandboxes: str = "docker"
    workers: int = 2
    keep: bool = False
    """Keep the world's directory even if nothing is wrong."""
    command: str = ""
    """How it was called, for the report."""
    thinking_seconds: float = 1.0
    """How long the coder takes for a file."""


def perform(plan: Plan, into: Path, told: Callable[[str], None]) -> reporting.Report:
    """Run the suite and write its report into a directory; ``told`` hears how it goes."""
    chance = random.Random(plan.seed)  # noqa: S311 - a schedule is no secret
    repositories = cases.repositories(max(4, min(16, plan.tickets // 10)))
    drawn = cases.draw(plan.tickets, sorted(repositories), chance)
    blows = schedule.draw(
        plan.tickets,
        chance,
        postgresql=plan.database == "postgresql",
        docker=plan.sandboxes == "docker",
    )
    wishes = Wishes(
        repositories, database=plan.database, sandboxes=plan.sandboxes, workers=plan.workers
    )
    began = time.monotonic()
    world = World(wishes)
    with world:
        told(f"seed {plan.seed}, {len(blows)} faults planned; logs in {world.directory / 'logs'}")
        world.stubs.answer(script.rules(plan.thinking_seconds))
        weather.drizzle(world.stubs, plan.seed)
        people = People(world, drawn)
        striker = Striker(world)
        performance = Performance(world, people, blows, striker, told)
        world.keep = True
        try:
            performance.play()
        except KeyboardInterrupt:
            world.keep = plan.keep
            raise
        finally:
            people.stop()
            striker.mend(everything=True)
        report = _judged(plan, performance, told)
    stray = [f"{p.pid} {p.command}" for p in world.supervisor.left_behind]
    report = replace(
        report,
        seconds=time.monotonic() - began,
        violations=[*report.violations, *(Violation("process left at the end", s) for s in stray)],
    )
    report = _kept(report, world, keep=plan.keep)
    told(f"the report is in {reporting.write(report, into)}")
    return report


def _judged(plan: Plan, performance: Performance, told: Callable[[str], None]) -> reporting.Report:
    world, striker = performance.world, performance.striker
    api_faults = weather.injected(world.stubs)
    world.stubs.behave()
    told("everything is mended; waiting until it comes to rest")
    settled = settling.settle(world, told)
    performance.look()
    models = sum(count for what, count in api_faults.items() if what.startswith("models"))
    facts = collect.collect(world, performance.people.written, performance.sightings, models)
    faults, kills = reporting.counted(striker.counts)
    injected = sum(api_faults.values())
    violations = [*audit(facts), *_too_little(plan, kills, injected)]
    kinds = [case.kind for case in performance.people.cases]
    return reporting.Report(
        command=plan.command,
        seed=plan.seed,
        tickets=plan.tickets,
        seconds=0.0,
        settled=settled,
        stalled=performance.stalled,
        faults=faults,
        kills=kills,
        api_faults=dict(sorted(api_faults.items())),
        api_faults_injected=injected,
        webhooks=dict(weather.astray(world.stubs)),
        missed=len(performance.missed),
        outcomes=reporting.outcomes(facts),
        kinds={kind: kinds.count(kind) for kind in cases.Kind},
        recovery=reporting.recovery(striker.interruptions, facts.events, performance.sightings),
        model_calls=sum(facts.model_calls.values()),
        rounds=sum(event.kind == AgentReported.__name__ for event in facts.events),
        starts={name: each.starts for name, each in world.supervisor.services.items()},
        violations=violations,
        last_events=reporting.last_events(facts, violations),
    )


def _too_little(plan: Plan, kills: int, injected: int) -> list[Violation]:
    """The long form proves nothing if little went wrong."""
    if plan.tickets < LONG_FORM:
        return []
    wanted = {"kills": (kills, KILLS_WANTED), "API faults": (injected, API_FAULTS_WANTED)}
    return [
        Violation("too little chaos", f"{had} {what}, and not {least}")
        for what, (had, least) in wanted.items()
        if had < least
    ]


def _kept(report: reporting.Report, world: World, *, keep: bool) -> reporting.Report:
    """The world's directory stays where something is to be looked at."""
    if report.passed and not keep:
        world.remove()
        return report
    return replace(report, directory=str(world.directory))
