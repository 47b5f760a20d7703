"""Everything the fleet touches outside its own process, as protocols.

Read this file to know what the system depends on. Each protocol has one production
adapter or more in ``integrations/`` and one in ``integrations/memory``.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from worker.domain.access import Access, CallSpend, DoorSpend, Passage
from worker.domain.command import Command, CommandResult, never
from worker.domain.events import RunEvent, RunOpened, RunReopened
from worker.domain.evidence import Diff
from worker.domain.lease import ClaimLimits, Lease, Pulse, RunId
from worker.domain.plan import ImageSpec
from worker.domain.protection import FoundSecret, Protected, Protection
from worker.domain.pull_request import (
    KnownPullRequest,
    PullRequest,
    PullRequestEnd,
    PullRequestText,
)
from worker.domain.question import JudgeAnswer, JudgeQuestion
from worker.domain.rule import RuleAnswer, RuleQuestion
from worker.domain.run import Run
from worker.domain.sandbox import FoundSandbox, SandboxSpec
from worker.domain.signals import Delivery, InboxItem
from worker.domain.source import Mutant, OutcomeSet, Smell, TestFacts
from worker.domain.summary import Kept, RunSummary
from worker.domain.task import AgentNeeds, AgentTask, SessionOwner
from worker.domain.test_results import Reporting, TestReport
from worker.domain.ticket import ReadyTicket, Ticket, TicketId
from worker.domain.transcript import AgentSession


class Clock(Protocol):
    """Time as the core may see it."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds from some fixed point; for durations."""
        ...

    def sleep(self, seconds: float) -> None: ...


class WebhookSource(Protocol):
    """One sender of signed webhooks."""

    def read(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Verify and read one delivery (header names in lower case).

        Raises InvalidSignature, StaleDelivery, MalformedDelivery.
        """
        ...


class Tracker(Protocol):
    """Where tickets live. Raises TicketUnavailable, Unavailable, RateLimited, PermanentError."""

    def ticket(self, ticket_id: TicketId) -> Ticket: ...

    def ready_tickets(self, label: str) -> Sequence[ReadyTicket]:
        """Every open ticket that carries ``label``, blocked or not."""
        ...

    def start(self, ticket: Ticket) -> None:
        """Move the ticket to its team's first ``started`` state, unless it is started or closed."""
        ...

    def comment(self, ticket_id: TicketId, key: str, body: str) -> None:
        """Write the comment named ``key``, or edit it in place if it is there. Markdown."""
        ...

    def attach(self, ticket_id: TicketId, url: str, title: str, subtitle: str) -> None:
        """Link ``url`` to the ticket; the same URL twice is one link."""
        ...


class CodeHost(Protocol):
    """Where pull requests live. Raises Unavailable, RateLimited, RepositoryUnavailable."""

    def default_branch(self, repository: str) -> str: ...

    def publish(
        self, repository: str, base: str, branch: str, text: PullRequestText, *, draft: bool
    ) -> PullRequest:
        """Open the branch's pull request, or bring the open one up to date. Safe to repeat."""
        ...

    def file_url(self, repository: str, branch: str, path: str) -> str:
        """Where a person reads a file of a branch."""
        ...

    def ended_pull_requests(self, repository: str) -> Sequence[PullRequestEnd]:
        """The fleet's own pull requests that were merged or closed lately, in one call; of a
        repository with very many, the latest.
        """
        ...

    def known_pull_request(self, repository: str, branch: str) -> KnownPullRequest | None:
        """The newest pull request that a branch of the repository has ever had, open or not."""
        ...


class Checkout(Protocol):
    """The fleet's own copy of a repository for one run: bare, trusted, never seen by a sandbox."""

    def resolve(self, branch: str) -> str:
        """The commit a branch of the remote points to. Raises RepositoryUnavailable."""
        ...

    def files(self, commit: str) -> Sequence[str]:
        """Paths of all files of a commit, sorted."""
        ...

    def read(self, commit: str, path: str) -> str | None:
        """A file's text (undecodable bytes replaced), or None if the commit has no such file."""
        ...

    def bundle(self, commit: str, base: str | None = None) -> bytes:
        """A git bundle whose ``HEAD`` is ``commit``, for a sandbox; with ``base`` for a clean room,
        in which what set-up made wins over files that are not on the base.
        """
        ...

    def archive(self, commit: str) -> bytes:
        """A tar of the commit's files, for an image build."""
        ...

    def protect(self, base: str, commit: str, protection: Protection) -> Protected:
        """A commit like ``commit``, with whatever is protected as it is on ``base``; for the clean
        room only: it is kept nowhere.
        """
        ...

    def accept(self, bundle: bytes, parent: str, message: str) -> str:
        """Take a sandbox's bundle in as one commit on top of ``parent``, and put it to safety.

        The tree is the sandbox's; author, message and ancestry are ours. Returns the commit, or
        ``parent`` where the tree is the same. Raises HandOverRefused.
        """
        ...

    def diff(self, base: str, head: str) -> Diff: ...

    def push(self, branch: str, commit: str) -> None:
        """Make the remote's ``branch`` point to ``commit``.

        Raises RepositoryUnavailable where the branch holds commits that are not the fleet's.
        """
        ...

    def add_file(self, branch: str, path: str, text: str, message: str) -> None:
        """Commit one file to a branch of the remote that holds nothing else; made if missing."""
        ...

    def commit_file(self, parent: str, path: str, text: str, message: str) -> str:
        """A commit on ``parent`` with one file written; here alone, until it is pushed. Raises
        PermanentError for a path that leads outside, and one that is a link or a directory there.
        """
        ...

    def keep_journal(self, text: str) -> None:
        """Keep the run's journal on the remote, in place of what was kept before: what the fleet is
        rebuilt from if its database is lost.
        """
        ...

    def kept_journal(self) -> str | None:
        """What ``keep_journal`` kept, on any machine; None where there is nothing, or where it was
        not this fleet that wrote it.
        """
        ...

    def forget(self, *, journal: bool = False) -> None:
        """Remove what only served the open run (its safety refs and local objects), and the kept
        journal if asked to. Safe to repeat.
        """
        ...


class Repositories(Protocol):
    """The git remotes. Raises Unavailable, RepositoryUnavailable."""

    def open(self, repository: str, run_id: RunId) -> AbstractContextManager[Checkout]: ...

    def kept(self, repository: str) -> Kept:
        """What runs have left of themselves, on the remote and on this machine."""
        ...


class Sandbox(Protocol):
    """A disposable container holding one checkout at ``/workspace``, with no way out."""

    def run(self, command: Command, over: Callable[[], bool] = never) -> CommandResult:
        """Run in the checkout; limits end as a ``Breach``, and so does ``over``, which is asked
        every second or so: the command is then stopped. Raises SandboxGone, Unavailable.
        """
        ...

    def read(self, path: str) -> str | None:
        """A file of the checkout, or None where there is no such file."""
        ...

    def write(self, path: str, content: str) -> None:
        """Write a file of the checkout, with its directories. Raises HandOverRefused for a path
        that leads outside.
        """
        ...

    def hand_out(self) -> bytes:
        """Commit whatever is in the checkout and return it as a git bundle.

        Raises HandOverRefused where there is no repository left to bundle, or it is too large.
        """
        ...

    def pack_home(self, paths: Sequence[str], most_bytes: int, most_files: int) -> bytes | None:
        """The files below these paths of the home directory, and no links, for ``unpack_home``
        alone; None where there are none, or more than that. Ends whatever runs.
        """
        ...

    def unpack_home(self, archive: bytes, paths: Sequence[str]) -> bool:
        """Whether the files are back where they were; where not, nothing is at these paths."""
        ...


class Sandboxes(Protocol):
    """The machine that runs sandboxes. Raises Unavailable, ImageUnavailable."""

    def image(
        self, spec: ImageSpec, archive: Callable[[], bytes], tools: Sequence[str] = ()
    ) -> str:
        """Make sure the image is there, building it if needed; ``archive`` is the base's files.

        ``tools`` are baked on top, each below ``/opt/storyfleet/``: coding agents by their names,
        and ``forward``, without which no door can be opened in it.
        """
        ...

    def rebuilt(self, spec: SandboxSpec, setup: Sequence[str], archive: bytes, token: str) -> str:
        """The image ``spec.image`` with the set-up commands run on a commit's files, behind the
        door of ``spec`` alone; for this run only. Raises HandOverRefused where they fail.
        """
        ...

    def forget(self, run_id: RunId) -> None:
        """Remove the images that were rebuilt for a run."""
        ...

    def open(self, spec: SandboxSpec, bundle: bytes) -> AbstractContextManager[Sandbox]: ...

    def stop(self, run_id: RunId, below_fence: int | None = None) -> int:
        """Kill the run's sandboxes (only those with a lower fence, if given); how many."""
        ...

    def prune(self, unused_seconds: float) -> int:
        """Remove what was built for sandboxes and not used for so long; how many images."""
        ...

    def found(self) -> Sequence[FoundSandbox]:
        """Every sandbox of this fleet on this machine. Other fleets' are not seen."""
        ...


class Door(Protocol):
    """One session's opening in the gateway."""

    @property
    def directory(self) -> str:
        """What a sandbox may be shown of it, on this machine; see ``SandboxSpec.door``."""
        ...

    @property
    def socket(self) -> str:
        """Where the models are called on this machine; see ``Way.socket``."""
        ...

    @property
    def token(self) -> str:
        """What requests must carry. Worth nothing at any other door, or once this one is shut."""
        ...

    def over(self) -> bool:
        """Whether nothing that is tried again can succeed, and the agent has had time to see it."""
        ...

    def passage(self) -> Passage:
        """What went through so far. Calls that are under way are not in it; after the block, every
        call is.
        """
        ...


class Gateway(Protocol):
    """The one way out of a sandbox: models under a budget, and registries that are allowed."""

    def open(self, access: Access) -> AbstractContextManager[Door]:
        """Open for the time of the block. Raises ConfigurationError for a model whose provider is
        not set up, Unavailable.
        """
        ...


class CodingAgent(Protocol):
    """A coding agent. Drives one session in a sandbox and reports it; never decides anything."""

    @property
    def needs(self) -> AgentNeeds: ...

    def work(self, task: AgentTask, sandbox: Sandbox) -> AgentSession:
        """Raises AgentFailed, PermanentError (a key or a model is wrong), RetryableError."""
        ...


class Sessions(Protocol):
    """Agents' own states, kept on this machine from one round to the next. What they hold is the
    sandbox's: never read here, and given to its owner's next sandbox alone. Nothing raises; what is
    lost costs a fresh prompt.
    """

    def keep(self, owner: SessionOwner, archive: bytes) -> str:
        """Keep it in place of whatever the run had; its name, or empty where there is no room."""
        ...

    def find(self, owner: SessionOwner, name: str) -> bytes | None:
        """What was kept for just this owner under just this name, unchanged, or None."""
        ...

    def forget(self, run_id: RunId) -> None: ...

    def kept(self) -> frozenset[RunId]:
        """The runs of which something is kept."""
        ...


class Judge(Protocol):
    """The LLM evaluator."""

    def assess(self, question: JudgeQuestion) -> JudgeAnswer:
        """Raises JudgeUnavailable, PermanentError (a key or a model is wrong), RateLimited."""
        ...


class RuleWriter(Protocol):
    """A model that says what went wrong in a run, and drafts a rule."""

    def draft(self, question: RuleQuestion) -> RuleAnswer:
        """Raises Unavailable, PermanentError (a key or a model is wrong), RateLimited."""
        ...


class RunStore(Protocol):
    """The durable journal of every run, its lease, and the inbox. Raises Unavailable.

    Every method with a lease raises LeaseLost where its token is not the newest any more. Leases
    end by the store's own clock.
    """

    def receive(self, delivery: Delivery) -> bool:
        """Remember a delivery and its signal durably; False where it had been received before."""
        ...

    def inbox(self, limit: int = 100) -> Sequence[InboxItem]:
        """Signals not yet admitted, oldest first."""
        ...

    def open_run(self, item: InboxItem | None, opened: RunOpened) -> bool:
        """Open and queue a run and mark ``item`` admitted, as one; False where the ticket has an
        open run already. Where a closed run has the same id, nothing happens and ``item`` stays.
        """
        ...

    def address(self, item: InboxItem, ticket_id: TicketId) -> bool:
        """Give a signal to the ticket's open run, which wakes it if it is parked, or drop the
        signal; whether there was such a run.
        """
        ...

    def claim_next(self, holder: str, limits: ClaimLimits) -> Lease | None:
        """Take the next due run: by priority, then age, within the limits; None if none is due."""
        ...

    def heartbeat(self, lease: Lease) -> Pulse:
        """Keep the lease for another term."""
        ...

    def signals(self, lease: Lease) -> Sequence[InboxItem]:
        """Signals addressed to the run and not yet consumed."""
        ...

    def append(self, lease: Lease, event: RunEvent, consumes: InboxItem | None = None) -> None:
        """Add an event, durably; a signal that led to it is consumed with it. ``RunClosed`` closes
        the run and ends the lease.
        """
        ...

    def postpone(self, lease: Lease, delay_seconds: float, note: str, *, failed: bool) -> None:
        """Give the run back to the queue; ``failed`` keeps the attempt on the count."""
        ...

    def park(self, lease: Lease, note: str) -> None:
        """Give the run back until a signal is addressed to it; one that waits already queues it at
        once. The attempt does not count.
        """
        ...

    def release(self, holder: str) -> int:
        """End the leases of a holder that is known to be dead: its runs are due now, and their
        attempts count; how many.
        """
        ...

    def reopen(self, run_id: RunId, event: RunReopened) -> bool:
        """Add the event to a closed run's journal and queue the run; False where it is not closed
        or its ticket has another open run.
        """
        ...

    def purge(self, older_than_seconds: float) -> int:
        """Forget deliveries that were dealt with and received longer ago; how many. A delivery that
        was forgotten would be taken for a new one.
        """
        ...

    def journal(self, run_id: RunId) -> Sequence[RunEvent]: ...

    def note_spend(self, run_id: RunId, call: CallSpend) -> None:
        """Write down durably what a call of a model has cost; the same call again changes nothing.
        Without a lease: it is spent, whoever drives the run now.
        """
        ...

    def noted_spend(self, run_id: RunId) -> Sequence[DoorSpend]:
        """All of that, oldest door first."""
        ...

    def runs(self, limit: int = 50, *, only_open: bool = False) -> Sequence[RunSummary]:
        """Newest first."""
        ...

    def open_run_of(self, ticket_id: TicketId) -> RunId | None: ...

    def runs_of(self, ticket_id: TicketId) -> Sequence[RunId]:
        """Every run that the ticket has ever had, oldest first."""
        ...

    def due(self) -> int:
        """How much work waits for a worker: unadmitted signals and claimable runs."""
        ...

    def ping(self) -> None:
        """Raises Unavailable unless the store answers and takes writes."""
        ...


class Bell(Protocol):
    """Tells workers to look for work. Losing a ring costs latency, never work."""

    def ring(self) -> None:
        """Raises Unavailable if nobody could be told."""
        ...


class SecretScanner(Protocol):
    """Knows the shapes of secrets: private keys, and the tokens of many services."""

    def secrets(self, text: str) -> Sequence[FoundSecret]:
        """Each line by itself, in order."""
        ...


class TestRunners(Protocol):
    """Knows how test runners tell what each test did."""

    def reporting(self, command: str) -> Reporting:
        """What to add to an execution command's run; nothing for runners that it does not know."""
        ...

    def read(self, output: str, report: str | None) -> TestReport:
        """``report`` is the text at ``Reporting.path`` afterwards, None where there is none. Text
        that cannot be read is no report, never an error: both come out of a sandbox.
        """
        ...


class Syntax(Protocol):
    """Reads source code without running it. In a language that it does not know there is nothing
    to find; text that cannot be parsed is that, too. Neither raises.
    """

    def language(self, path: str) -> str | None:
        """``python``, ``javascript``; None where it is not known."""
        ...

    def reads(self, path: str, text: str) -> bool:
        """Whether anything can be found in this text: it is in a language that is known, it parses,
        and is within bounds.
        """
        ...

    def mutants(self, path: str, text: str, lines: frozenset[int]) -> Sequence[Mutant]:
        """Changes that begin on those lines (from 1), in the order in which they are worth trying:
        one for each line first.
        """
        ...

    def tests(self, path: str, text: str) -> Sequence[TestFacts]:
        """The tests that the file holds."""
        ...

    def outcomes(self, path: str, files: Mapping[str, str]) -> Sequence[OutcomeSet]:
        """The sets that ``path`` declares, and which members nothing in ``files`` (path to text,
        without tests) produces.
        """
        ...

    def smells(
        self, path: str, text: str, lines: frozenset[int], tests: Mapping[str, str]
    ) -> Sequence[Smell]:
        """On those lines; ``tests`` are the test files' texts, for code made for their examples."""
        ...


class Observer(Protocol):
    """Told of every event after it is durable: metrics, logs, progress. Must not raise."""

    def saw(self, run: Run, event: RunEvent) -> None:
        """``run`` is as it is after ``event``."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """What the core may use."""

    tracker: Tracker
    code_host: CodeHost
    repositories: Repositories
    sandboxes: Sandboxes
    agents: Mapping[str, CodingAgent]
    sessions: Sessions
    gateway: Gateway
    judge: Judge
    scanner: SecretScanner
    runners: TestRunners
    syntax: Syntax
    store: RunStore
    bell: Bell
    clock: Clock
    observers: tuple[Observer, ...] = ()
    redact: Callable[[str], str] = str
    """Takes every configured secret out of a text before it is kept or shown."""
