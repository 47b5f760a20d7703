"""The points of a two-round run at which something outside is asked for, in their order."""

from collections import Counter
from dataclasses import dataclass, field

from integrations.linear.tracker import comment_id
from tests.e2e.playing import Json
from worker.domain.run import nth_run_id
from worker.domain.ticket import TicketId, TicketRef


@dataclass(frozen=True, slots=True)
class Point:
    """A request of the fleet's, and what a repetition of its stage asks of the models again."""

    name: str
    stub: str
    match: str
    """What the request contains; ``{…}`` are filled in for each ticket."""
    skip: int = 0
    """How many such requests come before."""
    again: Counter[str] = field(default_factory=Counter)

    def matching(self, ticket: Json, slug: str) -> str:
        """What tells this ticket's request from all others."""
        ref = TicketRef(ticket["id"], ticket["identifier"], "SHIP")
        run, ticket_id = nth_run_id(ref, 0), TicketId(ticket["id"])
        filled = self.match
        for name, value in {
            "ticket": ticket_id,
            "slug": slug,
            "title": ticket["title"],
            **{key: comment_id(ticket_id, f"{run}:{key}") for key in ("start", "progress", "end")},
        }.items():
            filled = filled.replace(f"{{{name}}}", value)
        return filled


def _push(name: str, earlier: int, **again: int) -> Point:
    return Point(name, "git", "POST /{slug}.git/git-receive-pack", earlier, Counter(again))


SESSION = {"coder": 2}
POINTS = (
    Point("read of the ticket", "linear", '"variables":{"id":"{ticket}"}'),
    # After a look for a kept journal, and at which branches there are.
    Point("git fetch", "git", "POST /{slug}.git/git-upload-pack", 2),
    Point("move to started", "linear", '"id":"{ticket}","stateId"'),
    Point("start comment", "linear", "{start}"),
    Point("progress comment", "linear", "{progress}"),
    Point("model call of the coder", "models", "{title}", 3, Counter(coder=1)),
    _push("push of the safety ref", 3, **SESSION),
    _push("push of the kept journal", 4, **SESSION),
    Point("judge's call", "models", "{title}", 5, Counter(judge=1)),
    _push("push of the journal with the verdict", 5, judge=1),
    _push("push of the branch", 6),
    _push("push of the transcript", 7),
    Point("creation of the pull request", "github", "POST /repos/{slug}/pulls "),
    Point("attachment", "linear", '"issueId":"{ticket}","url"'),
    Point("end comment", "linear", "{end}"),
    _push("push of the closed journal", 9),
    _push("deletion of the safety refs", 10),
)
"""What happens in every round is met in the second, so that the first is finished."""
