"""What must be true when the work is done; every line that is not is told, with its ticket."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise

from integrations.linear.tracker import comment_id
from tests.chaos.audit.facts import Facts, TicketFacts
from tests.chaos.engine.watching import EventRow, RunRow
from worker.domain.events import Outcome, RunClosed, RunOpened, WorkStarted
from worker.domain.run import Run
from worker.domain.ticket import TicketId
from worker.journal import decode_event

CALLS_PER_ROUND = 3
"""The coder writes, the coder reports, the judge judges."""
COMMENTS = ("start", "progress", "end")


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that must not be."""

    check: str
    text: str
    ticket: str = ""
    run: str = ""


def audit(facts: Facts) -> list[Violation]:
    """Every violation of every check."""
    checks = (_runs, _journals, _pulls, _comments, _inbox, _leftovers, _model_calls)
    return [violation for check in checks for violation in check(facts)]


def _runs(facts: Facts) -> Iterator[Violation]:
    """Each ticket had one run, which is closed with an outcome that its kind may have."""
    by_ticket = _by_ticket(facts.runs)
    for ticket in facts.tickets:
        rows = by_ticket.get(ticket.id, [])
        if not rows and not ticket.case.nature.may_never_run:
            yield Violation("lost", "no run at all", ticket.identifier)
        if len(rows) > 1:
            ids = ", ".join(f"{row.id} ({row.outcome or row.state})" for row in rows)
            yield Violation("twice", f"{len(rows)} runs: {ids}", ticket.identifier)
        for row in rows:
            yield from _ending(facts, ticket, row)
    known = {ticket.id for ticket in facts.tickets}
    for row in facts.runs:
        if row.ticket_id not in known:
            yield Violation("stray run", "nobody wrote its ticket", row.identifier, row.id)


def _ending(facts: Facts, ticket: TicketFacts, row: RunRow) -> Iterator[Violation]:
    outcomes = ticket.case.nature.outcomes
    if row.state != "closed":
        text = f"still {row.state}: {row.note}"
        yield Violation("open run", text, ticket.identifier, row.id)
    elif row.outcome not in outcomes:
        text = f"{row.outcome}, and not {' or '.join(sorted(outcomes))}: {_reason(facts, row)}"
        yield Violation("outcome", text, ticket.identifier, row.id)


def _journals(facts: Facts) -> Iterator[Violation]:
    """Numbered without a gap, under tokens that only grow, from opening to close."""
    journals = _journals_of(facts)
    for row in facts.runs:
        journal = journals.get(row.id, [])
        numbers, fences = [e.seq for e in journal], [e.fence for e in journal]
        faults = {
            f"numbered {numbers}": numbers != list(range(1, row.events + 1)),
            f"tokens go back: {fences}": any(b < a for a, b in pairwise(fences)),
        }
        kinds = [type(decode_event(e.body)) for e in journal]
        faults["does not begin with its opening"] = kinds.count(RunOpened) != 1
        closed = kinds.count(RunClosed) == 1 and kinds[-1] is RunClosed
        faults["does not end with its one close"] = row.state == "closed" and not closed
        for fault, found in faults.items():
            if found:
                yield Violation("journal", fault, row.identifier, row.id)


def _pulls(facts: Facts) -> Iterator[Violation]:
    """One per ticket whose run has something to show, none of the others; no branch without."""
    journals, by_ticket = _journals_of(facts), _by_ticket(facts.runs)
    for ticket in facts.tickets:
        runs = _folded(journals, by_ticket.get(ticket.id, ()))
        pulls = [p for p in facts.pulls if _of(p.branch, ticket)]
        wanted = [run for run in runs if run.closed and _delivers(run)]
        expected = 1 if wanted else 0
        if len(pulls) != expected:
            found = ", ".join(f"{p.repository}#{p.number}" for p in pulls) or "none"
            text = f"{len(pulls)} pull requests and not {expected}: {found}"
            yield Violation("pull requests", text, ticket.identifier)
        if any(count > 1 for count in Counter(ticket.links).values()) or len(ticket.links) > 1:
            yield Violation("links", f"linked to {ticket.links}", ticket.identifier)
        accepted = any(run.closed and run.closed.outcome is Outcome.ACCEPTED for run in runs)
        for pull in pulls:
            if pull.draft is accepted:
                text = f"{pull.url} is {'a draft' if pull.draft else 'no draft'}"
                yield Violation("pull requests", text, ticket.identifier)
    heads = {(pull.repository, pull.branch) for pull in facts.pulls}
    for repository, branch in facts.branches:
        if (repository, branch) not in heads:
            yield Violation("branch", f"{branch} of {repository} has no pull request")


def _comments(facts: Facts) -> Iterator[Violation]:
    """Per run at most one of each kind and exactly one at the end; nothing is said twice."""
    journals, by_ticket = _journals_of(facts), _by_ticket(facts.runs)
    for ticket in facts.tickets:
        rows = by_ticket.get(ticket.id, [])
        for row in rows:
            yield from _comments_of(ticket, row, journals[row.id])
        known = {i for row in rows for key in COMMENTS for i in _comment_ids(ticket, row, key)}
        for comment in ticket.comments:
            if comment.id not in known:
                text = f"a comment of no run: {_head(comment.body)}"
                yield Violation("comments", text, ticket.identifier)
        for body, count in Counter(c.body for c in ticket.comments).items():
            if count > 1:
                yield Violation("comments", f"{count} times: {_head(body)}", ticket.identifier)


def _comments_of(
    ticket: TicketFacts, row: RunRow, journal: Sequence[EventRow]
) -> Iterator[Violation]:
    started = any(isinstance(decode_event(event.body), WorkStarted) for event in journal)
    needed = {"start": started, "end": row.state == "closed"}
    for key in COMMENTS:
        ids = _comment_ids(ticket, row, key)
        found = sum(comment.id in ids for comment in ticket.comments)
        if found > 1 or (not found and needed.get(key, False)):
            text = f"{found} comments of the kind {key}"
            yield Violation("comments", text, ticket.identifier, row.id)


def _inbox(facts: Facts) -> Iterator[Violation]:
    """Every signal was dealt with."""
    for row in facts.inbox:
        text = f"signal {row.id} is {row.state}: {row.signal}"
        yield Violation("inbox", text, run=row.run_id or "")


def _leftovers(facts: Facts) -> Iterator[Violation]:
    for what, lines in facts.leftovers.lines().items():
        for line in lines:
            yield Violation(f"leaked {what}", line)


def _model_calls(facts: Facts) -> Iterator[Violation]:
    """No more than the rounds need, one round more for each interruption, and what was retried."""
    journals, by_ticket = _journals_of(facts), _by_ticket(facts.runs)
    excess: dict[str, int] = {}
    for ticket in facts.tickets:
        rows = by_ticket.get(ticket.id, [])
        rounds = sum(len(run.rounds) for run in _folded(journals, rows))
        again = sum(max(0, facts.claims.get(row.id, 1) - 1) for row in rows)
        spare = facts.model_calls.get(ticket.identifier, 0) - CALLS_PER_ROUND * (rounds + again)
        if spare > 0:
            excess[ticket.identifier] = spare
    if sum(excess.values()) > facts.model_faults:
        most = sorted(excess.items(), key=lambda item: -item[1])[:10]
        told = ", ".join(f"{ticket} by {calls}" for ticket, calls in most)
        text = f"more calls than rounds and {facts.model_faults} faults explain: {told}"
        yield Violation("model calls", text, most[0][0])


def _delivers(run: Run) -> bool:
    """Whether it must end in a pull request: a cancelled run may have opened its own before."""
    if run.closed is None or run.closed.outcome in (Outcome.QUESTIONS, Outcome.FAILED):
        return run.published is not None
    if run.closed.outcome is Outcome.CANCELLED:
        return run.published is not None
    return run.useful


def _folded(journals: Mapping[str, list[EventRow]], rows: Sequence[RunRow]) -> list[Run]:
    """The runs whose journals can be read; of the others the check of journals tells."""
    runs = []
    for row in rows:
        with suppress(ValueError):
            runs.append(Run.from_journal(decode_event(e.body) for e in journals.get(row.id, ())))
    return runs


def _reason(facts: Facts, row: RunRow) -> str:
    (*_, reason) = ("", *(r.closed.reason for r in _folded(_journals_of(facts), [row]) if r.closed))
    return reason


def _journals_of(facts: Facts) -> Mapping[str, list[EventRow]]:
    journals: dict[str, list[EventRow]] = defaultdict(list)
    for event in facts.events:
        journals[event.run_id].append(event)
    return journals


def _by_ticket(runs: Sequence[RunRow]) -> Mapping[str, list[RunRow]]:
    by_ticket: dict[str, list[RunRow]] = defaultdict(list)
    for row in runs:
        by_ticket[row.ticket_id].append(row)
    return by_ticket


def _of(branch: str, ticket: TicketFacts) -> bool:
    key = f"agent/{ticket.identifier}".lower()
    return branch.lower() == key or branch.lower().startswith(f"{key}-")


def _comment_ids(ticket: TicketFacts, row: RunRow, key: str) -> list[str]:
    """The id under which it is written, and that for the case that a person deleted it."""
    return [comment_id(TicketId(ticket.id), f"{row.id}:{key}", again) for again in (0, 1)]


def _head(body: str) -> str:
    return body.strip().split("\n", 1)[0][:100]
