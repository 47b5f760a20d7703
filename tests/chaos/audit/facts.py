"""Everything that an audit looks at, as plain values, so that a test can doctor it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.chaos.engine.watching import EventRow, InboxRow, RunRow
from tests.chaos.play.cases import Case


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a ticket."""

    id: str
    body: str


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """A ticket as the tracker shows it at the end."""

    case: Case
    id: str
    identifier: str
    comments: tuple[Comment, ...] = ()
    links: tuple[str, ...] = ()
    """The attachments' URLs."""


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request, open or not."""

    repository: str
    number: int
    branch: str
    draft: bool
    url: str


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What nobody should find when the work is done, each as a line for people."""

    sandboxes: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    """Of the fleet's own, on the remotes."""
    keys: tuple[str, ...] = ()
    """In Redis, of messages that nobody acknowledged."""

    def lines(self) -> Mapping[str, tuple[str, ...]]:
        """By what they are."""
        return {
            "sandbox": self.sandboxes,
            "volume": self.volumes,
            "lock": self.locks,
            "process": self.processes,
            "ref": self.refs,
            "unacknowledged message": self.keys,
        }


@dataclass(frozen=True, slots=True)
class Facts:
    """A world after its work."""

    tickets: tuple[TicketFacts, ...]
    runs: tuple[RunRow, ...]
    events: tuple[EventRow, ...]
    pulls: tuple[Pull, ...]
    inbox: tuple[InboxRow, ...] = ()
    leftovers: Leftovers = Leftovers()
    model_calls: Mapping[str, int] = field(default_factory=dict)
    """How often a model was asked, by the ticket's identifier."""
    claims: Mapping[str, int] = field(default_factory=dict)
    """How many fencing tokens were seen of each run."""
    model_faults: int = 0
    """Requests to models that went wrong; each may be asked again."""
    branches: tuple[tuple[str, str], ...] = ()
    """(repository, branch) of every work branch."""
