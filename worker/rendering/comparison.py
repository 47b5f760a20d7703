"""Two runs side by side, as rows of text."""

from collections.abc import Callable, Sequence

from worker.domain.comparison import Figures, figures
from worker.domain.run import Run
from worker.rendering.text import duration, money, one_line

Row = tuple[str, str, str]
"""What it is, of one run, of the other."""

_COUNTED: Sequence[tuple[str, Callable[[Figures], str]]] = (
    ("rounds", lambda of: str(of.rounds)),
    ("findings", lambda of: str(of.found)),
    ("… resolved", lambda of: str(of.resolved)),
    ("… came back", lambda of: str(of.regressed)),
    ("… open", lambda of: str(of.unresolved)),
    ("tests red at the end", lambda of: "unknown" if of.tests_red is None else str(of.tests_red)),
    ("tiers climbed", lambda of: str(of.climbs)),
    ("tokens", lambda of: str(of.spend.tokens)),
    ("money", lambda of: money(of.spend)),
    ("time", lambda of: duration(of.spend.seconds)),
)


def rows(one: Run, other: Run) -> list[Row]:
    """Everything that is worth comparing; of an open run, what it has come to so far."""
    told = ((name, of(one), of(other)) for name, of in _ABOUT)
    first, second = figures(one), figures(other)
    counted = ((name, of(first), of(second)) for name, of in _COUNTED)
    return [*told, *counted, ("pull request", _pull_request(one), _pull_request(other))]


def differences(one: Run, other: Run) -> list[str]:
    """What else differs, so that the figures are not the whole truth; a sentence each."""
    told = []
    if _story(one) and _story(other) and _story(one) != _story(other):
        told.append("The ticket was edited between the two: they were not asked for the same.")
    if one.ref.id != other.ref.id:
        told.append("These are runs of different tickets.")
    if one.closed is None or other.closed is None:
        told.append("One of them is still open: its figures grow.")
    return told


def _outcome(run: Run) -> str:
    return run.closed.outcome if run.closed else "open"


def _reason(run: Run) -> str:
    return one_line(run.closed.reason, 200) if run.closed else ""


def _base(run: Run) -> str:
    return f"{run.plan.base_branch} at {run.plan.base_commit[:12]}" if run.plan else ""


def _rules(run: Run) -> str:
    return str(len(run.plan.rules)) if run.plan else ""


def _pull_request(run: Run) -> str:
    pull = run.pull_request
    return f"{pull.url}{' (draft)' if pull.draft else ''}" if pull else "none"


def _story(run: Run) -> str:
    return f"{run.ticket.title}\n{run.ticket.description}" if run.ticket else ""


_ABOUT: Sequence[tuple[str, Callable[[Run], str]]] = (
    ("ticket", lambda run: run.ref.identifier),
    ("repeats", lambda run: run.repeats.run if run.repeats else ""),
    ("outcome", _outcome),
    ("reason", _reason),
    ("base", _base),
    ("rules learned from runs", _rules),
)
