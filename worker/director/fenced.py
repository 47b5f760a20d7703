"""Ports whose outside effects first prove that the lease is still held (promise P4)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from worker.domain.evidence import Diff
from worker.domain.lease import RunId
from worker.domain.protection import Protected, Protection
from worker.domain.pull_request import (
    KnownPullRequest,
    PullRequest,
    PullRequestEnd,
    PullRequestText,
)
from worker.domain.summary import Kept
from worker.domain.ticket import ReadyTicket, Ticket, TicketId
from worker.ports import Checkout, CodeHost, Ports, Repositories, Tracker

Guard = Callable[[], None]
"""Raises LeaseLost where the lease is not held any more."""


def fenced(ports: Ports, guard: Guard) -> Ports:
    """The same ports, with ``guard`` called before everything that people could see."""
    return replace(
        ports,
        tracker=FencedTracker(ports.tracker, guard),
        code_host=FencedCodeHost(ports.code_host, guard),
        repositories=FencedRepositories(ports.repositories, guard),
    )


@dataclass(frozen=True, slots=True)
class FencedTracker:
    """A Tracker that writes only under a held lease."""

    tracker: Tracker
    guard: Guard

    def ticket(self, ticket_id: TicketId) -> Ticket:
        return self.tracker.ticket(ticket_id)

    def ready_tickets(self, label: str) -> Sequence[ReadyTicket]:
        return self.tracker.ready_tickets(label)

    def start(self, ticket: Ticket) -> None:
        self.guard()
        self.tracker.start(ticket)

    def comment(self, ticket_id: TicketId, key: str, body: str) -> None:
        self.guard()
        self.tracker.comment(ticket_id, key, body)

    def attach(self, ticket_id: TicketId, url: str, title: str, subtitle: str) -> None:
        self.guard()
        self.tracker.attach(ticket_id, url, title, subtitle)


@dataclass(frozen=True, slots=True)
class FencedCodeHost:
    """A CodeHost that publishes only under a held lease."""

    code_host: CodeHost
    guard: Guard

    def default_branch(self, repository: str) -> str:
        return self.code_host.default_branch(repository)

    def publish(
        self, repository: str, base: str, branch: str, text: PullRequestText, *, draft: bool
    ) -> PullRequest:
        self.guard()
        return self.code_host.publish(repository, base, branch, text, draft=draft)

    def file_url(self, repository: str, branch: str, path: str) -> str:
        return self.code_host.file_url(repository, branch, path)

    def ended_pull_requests(self, repository: str) -> Sequence[PullRequestEnd]:
        return self.code_host.ended_pull_requests(repository)

    def known_pull_request(self, repository: str, branch: str) -> KnownPullRequest | None:
        return self.code_host.known_pull_request(repository, branch)


@dataclass(frozen=True, slots=True)
class FencedRepositories:
    """Repositories whose checkouts push only under a held lease."""

    repositories: Repositories
    guard: Guard

    @contextmanager
    def open(self, repository: str, run_id: RunId) -> Iterator[Checkout]:
        with self.repositories.open(repository, run_id) as checkout:
            yield FencedCheckout(checkout, self.guard)

    def kept(self, repository: str) -> Kept:
        return self.repositories.kept(repository)


@dataclass(frozen=True, slots=True)
class FencedCheckout:
    """A Checkout that pushes only under a held lease."""

    checkout: Checkout
    guard: Guard

    def resolve(self, branch: str) -> str:
        return self.checkout.resolve(branch)

    def files(self, commit: str) -> Sequence[str]:
        return self.checkout.files(commit)

    def read(self, commit: str, path: str) -> str | None:
        return self.checkout.read(commit, path)

    def bundle(self, commit: str, base: str | None = None) -> bytes:
        return self.checkout.bundle(commit, base)

    def archive(self, commit: str) -> bytes:
        return self.checkout.archive(commit)

    def protect(self, base: str, commit: str, protection: Protection) -> Protected:
        return self.checkout.protect(base, commit, protection)

    def diff(self, base: str, head: str) -> Diff:
        return self.checkout.diff(base, head)

    def accept(self, bundle: bytes, parent: str, message: str) -> str:
        self.guard()
        return self.checkout.accept(bundle, parent, message)

    def push(self, branch: str, commit: str) -> None:
        self.guard()
        self.checkout.push(branch, commit)

    def add_file(self, branch: str, path: str, text: str, message: str) -> None:
        self.guard()
        self.checkout.add_file(branch, path, text, message)

    def commit_file(self, parent: str, path: str, text: str, message: str) -> str:
        return self.checkout.commit_file(parent, path, text, message)

    def kept_journal(self) -> str | None:
        return self.checkout.kept_journal()

    def keep_journal(self, text: str) -> None:
        self.guard()
        self.checkout.keep_journal(text)

    def forget(self, *, journal: bool = False) -> None:
        self.guard()
        self.checkout.forget(journal=journal)
