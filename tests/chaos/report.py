"""What a run of the suite says: on the terminal, as JSON and as Markdown."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.chaos.audit.checks import Violation
from tests.chaos.audit.facts import Facts
from tests.chaos.engine.watching import EventRow
from tests.chaos.faults.schedule import KILLS, Fault
from tests.chaos.faults.striking import Interruption
from tests.chaos.play.performance import Sightings

LAST_EVENTS = 6


@dataclass(frozen=True, slots=True)
class Recovery:
    """From the kill of a run's driver to the work of the next, in seconds."""

    count: int
    """Runs that were interrupted and worked on again."""
    claimed_p50: float
    claimed_p99: float
    event_p50: float
    event_p99: float


@dataclass(frozen=True, slots=True)
class Report:
    """Everything worth telling."""

    command: str
    seed: int
    tickets: int
    seconds: float
    settled: bool
    stalled: bool
    faults: Mapping[str, int]
    kills: int
    api_faults: Mapping[str, int]
    api_faults_injected: int
    webhooks: Mapping[str, int]
    missed: int
    """Blows that found nothing to strike."""
    outcomes: Mapping[str, int]
    kinds: Mapping[str, int]
    recovery: Recovery | None
    model_calls: int
    rounds: int
    starts: Mapping[str, int]
    """How often each service was started."""
    violations: Sequence[Violation]
    last_events: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Of the runs that violations name."""
    directory: str = ""
    """Where logs and data were kept, if they were."""

    @property
    def passed(self) -> bool:
        return not self.violations and not self.stalled and self.settled


def recovery(
    interruptions: Sequence[Interruption], events: Sequence[EventRow], sightings: Sightings
) -> Recovery | None:
    """None where no run was interrupted and gone on with."""
    claimed, worked = [], []
    for each in interruptions:
        seen = [
            at
            for (run, fence), at in sightings.first.items()
            if run == each.run_id and fence > each.fence
        ]
        then = [e.at for e in events if e.run_id == each.run_id and e.fence > each.fence]
        if seen and then:
            claimed.append(max(0.0, min(seen) - each.at))
            worked.append(max(0.0, min(then) - each.at))
    if not worked:
        return None
    return Recovery(
        len(worked),
        *(percentile(claimed, p) for p in (50, 99)),
        *(percentile(worked, p) for p in (50, 99)),
    )


def percentile(values: Sequence[float], percent: int) -> float:
    """The nearest-rank percentile of at least one value."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 1)


def counted(faults: Mapping[Fault, int]) -> tuple[dict[str, int], int]:
    """Faults by name, most first, and how many of them were kills."""
    ordered = sorted(faults.items(), key=lambda item: -item[1])
    return {f.value: n for f, n in ordered}, sum(faults[f] for f in faults if f in KILLS)


def last_events(facts: Facts, violations: Sequence[Violation]) -> dict[str, list[str]]:
    """The end of each journal that a violation is about, by the run's id."""
    tickets = {v.ticket for v in violations}
    named = {r.id for r in facts.runs if r.identifier in tickets} | {v.run for v in violations}
    told: dict[str, list[str]] = {}
    for run in sorted(named - {""}):
        journal = [e for e in facts.events if e.run_id == run][-LAST_EVENTS:]
        told[run] = [f"{e.seq} {e.kind} under {e.fence} at {e.at:.1f}" for e in journal]
    return told


def outcomes(facts: Facts) -> dict[str, int]:
    """Tickets by how they ended, most first."""
    last = {row.ticket_id: row.outcome or row.state for row in facts.runs}
    return dict(Counter(last.get(t.id, "no run") for t in facts.tickets).most_common())


def write(report: Report, directory: Path) -> Path:
    """Write ``report.json`` and ``report.md``; returns the latter's path."""
    directory.mkdir(parents=True, exist_ok=True)
    values = {"passed": report.passed, **asdict(report)}
    (directory / "report.json").write_text(json.dumps(values, indent=1), encoding="utf-8")
    file = directory / "report.md"
    file.write_text(markdown(report), encoding="utf-8")
    return file


def markdown(report: Report) -> str:
    """The report for people."""
    verdict = "passed" if report.passed else f"FAILED: {len(report.violations)} violation(s)"
    had = f"{report.kills} kills, {report.api_faults_injected} API faults"
    took = f"{report.tickets} tickets in {report.seconds / 60:.1f} min, {had}."
    lines = [f"# Chaos: {verdict}", "", f"`{report.command}`, seed {report.seed}: {took}"]
    if report.stalled:
        lines += ["", "**It stalled: for a long time no ticket ended.**"]
    if not report.settled:
        lines += ["", "**It did not come to rest.**"]
    lines += _table("Faults", report.faults) + _table("API faults", report.api_faults)
    lines += _table("Webhooks", report.webhooks) + _table("Tickets by outcome", report.outcomes)
    lines += _table("Starts", report.starts)
    lines += ["", f"{report.missed} faults found nothing to strike."]
    lines += [f"{report.model_calls} model calls for {report.rounds} rounds."]
    if report.recovery:
        lines += [_recovered(report.recovery)]
    return "\n".join([*lines, *_violations(report), ""])


def _recovered(after: Recovery) -> str:
    claimed = f"{after.claimed_p50} s (p50), {after.claimed_p99} s (p99)"
    worked = f"{after.event_p50} s (p50), {after.event_p99} s (p99)"
    hurt = f"{after.count} runs whose driver was killed or stopped"
    return f"{hurt} were claimed again after {claimed}; their next event came after {worked}."


def _table(title: str, rows: Mapping[str, int]) -> list[str]:
    if not rows:
        return []
    return ["", f"| {title} | |", "|---|--:|", *(f"| {name} | {n} |" for name, n in rows.items())]


def _violations(report: Report) -> list[str]:
    lines = ["", "## Violations", ""] if report.violations else []
    for each in report.violations:
        where = " ".join(part for part in (each.ticket, each.run) if part)
        lines.append(f"- **{each.check}** {where}: {each.text}")
    for run, events in report.last_events.items():
        lines += ["", f"The end of {run}:", "", "```", *events, "```"]
    if report.directory:
        lines += ["", f"Logs and data: {report.directory}"]
    return lines
