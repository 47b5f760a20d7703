"""A rule drafted from a run that ended badly: what it is drafted from, and what it must be like."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from worker.domain.budget import Spend
from worker.domain.errors import DraftRefused, NothingToLearn
from worker.domain.events import Outcome, RunClosed
from worker.domain.ledger import Failure, State, key
from worker.domain.run import Run

MOST_FACTS = 60
LONGEST_RULE = 300
SHORTEST_RULE = 15
LONGEST_CAUSE = 600

_BAD_ENDS = frozenset({Outcome.GAVE_UP, Outcome.OVER_BUDGET, Outcome.FAILED})
_MARKUP = ("```", "<!--", "](", "://", "</")
_LEADING = ("#", "-", "*", ">", "|")
_ONE_CASE = re.compile(r"\bthis (?:ticket|story|issue|run|task)\b|\bround \d", re.IGNORECASE)
_COMMIT = 7
"""Characters by which people name commits."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a run's journal holds, and that a root cause may rest on."""

    number: int
    """From 1: by it a model names the fact, whose key and text may be anybody's words."""
    key: str
    """The ledger's, for a finding; ``run|…`` and ``session|…`` for what happened otherwise."""
    text: str


@dataclass(frozen=True, slots=True)
class RuleQuestion:
    """What a model is told and asked."""

    instructions: str
    evidence: str
    model: str
    timeout_seconds: float = 180.0


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A model's raw answer. Nothing is done with it before ``checked`` has looked at it."""

    root_cause: str
    rule: str
    evidence: tuple[int, ...]
    """Numbers of facts."""


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """What came back: a draft, or None where the answer was none, and its cost either way."""

    draft: RuleDraft | None
    spend: Spend
    fault: str = ""
    """Why there is no draft."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A draft that fits, for a person to decide on."""

    root_cause: str
    text: str
    evidence: tuple[Fact, ...]


def branch_of_rule(run: Run) -> str:
    """The branch of the run's one proposal, which no run works on."""
    return f"storyfleet/rules/{run.id}"


def require_bad_end(run: Run) -> RunClosed:
    """How the run ended. Raises NothingToLearn unless it ended badly."""
    if run.closed is None:
        raise NothingToLearn(f"The run {run.id} is still open: wait for its end.")
    outcome = run.closed.outcome
    if outcome is Outcome.ACCEPTED and not (run.tier or _regressed(run)):
        raise NothingToLearn(f"The run {run.id} was accepted, and nothing came back on the way.")
    if outcome is not Outcome.ACCEPTED and outcome not in _BAD_ENDS:
        raise NothingToLearn(
            f"The run {run.id} ended with “{outcome}”, which was for a person to decide: "
            "there is nothing in it that a rule would mend."
        )
    return run.closed


def facts(run: Run) -> tuple[Fact, ...]:
    """What a root cause may rest on: the end, the ledger (what is worst first), the sessions."""
    found = [*_about_run(run), *_about_findings(run), *_about_sessions(run)]
    return tuple(Fact(n, *one) for n, one in enumerate(found[:MOST_FACTS], 1))


def checked(draft: RuleDraft, run: Run, known: Sequence[Fact], rules: str) -> Rule:
    """The draft as a rule. ``rules`` is the present text of the rules file. Raises DraftRefused
    with every fault, told without the model's own words.
    """
    cause, text = draft.root_cause.strip(), draft.rule.strip()
    named = tuple(fact for fact in known if fact.number in draft.evidence)
    faults = [*_faults_of_cause(cause), *_faults_of_rule(text, run, rules)]
    if not named:
        faults.append("it names no fact that the root cause rests on")
    if not {fact.number for fact in known}.issuperset(draft.evidence):
        faults.append("it names a fact that there is not")
    if faults:
        raise DraftRefused("The model's draft does not fit: " + "; ".join(faults) + ".")
    return Rule(cause, text, named)


def _regressed(run: Run) -> bool:
    return any(failure.regressions for failure in run.ledger.failures)


def _about_run(run: Run) -> Iterator[tuple[str, str]]:
    if run.closed is not None:
        yield f"run|{run.closed.outcome}|", f"The run ended: {run.closed.reason}"
    if run.raised:
        yield "run|tier raised|", f"A tier was given up: {run.raised}"


def _about_findings(run: Run) -> Iterator[tuple[str, str]]:
    followed = run.ledger
    mended = [failure for failure in followed.failures if not failure.unresolved]
    worst_first = sorted(mended, key=lambda failure: -failure.regressions)
    for failure in (*followed.unresolved, *worst_first):
        found = failure.finding
        yield key(found), f"{found.place}: {found.text} ({found.gate}; {_history(failure)})"


def _history(failure: Failure) -> str:
    told = f"found in round {failure.first}"
    if failure.regressions:
        told += f", came back {failure.regressions} time(s)"
    if failure.state is State.RESOLVED:
        return f"{told}, mended in round {failure.resolved}"
    return f"{told}, never mended" if failure.state is State.OPEN else f"{told}, not mended again"


def _about_sessions(run: Run) -> Iterator[tuple[str, str]]:
    for one in run.rounds:
        if one.report.session.failure:
            told = f"The agent's session of round {one.number} failed: {one.report.session.failure}"
            yield f"session|round {one.number}|", told


def _faults_of_cause(cause: str) -> Iterator[str]:
    if not cause:
        yield "the root cause is empty"
    if len(cause) > LONGEST_CAUSE:
        yield f"the root cause is longer than {LONGEST_CAUSE} characters"
    if not cause.isprintable():
        yield "the root cause is not one line of visible characters"


def _faults_of_rule(text: str, run: Run, rules: str) -> Iterator[str]:
    if not SHORTEST_RULE <= len(text) <= LONGEST_RULE:
        yield f"the rule is not {SHORTEST_RULE} to {LONGEST_RULE} characters long"
    if not text.isprintable():
        yield "the rule is not one line of visible characters"
    if text.startswith(_LEADING) or any(mark in text for mark in _MARKUP):
        yield "the rule holds a link, a tag or a block; plain words and `inline code` are allowed"
    if _about_one_case(text, run):
        yield "the rule is about this ticket or this run only; it must be general"
    if _plain(text) and _plain(text) in _plain(rules):
        yield "the rule is in the rules file already"


def _about_one_case(text: str, run: Run) -> bool:
    low = text.lower()
    commits = [one.report.commit[:_COMMIT].lower() for one in run.rounds]
    names = [run.id.lower(), run.branch.lower(), *(c for c in commits if len(c) == _COMMIT)]
    ticket = re.search(rf"(?<!\w){re.escape(run.ref.identifier)}(?!\w)", text, re.IGNORECASE)
    return bool(ticket or _ONE_CASE.search(text) or any(name in low for name in names))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
