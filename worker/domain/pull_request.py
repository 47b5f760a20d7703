"""The pull request a run delivers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as the code host knows it."""

    number: int
    url: str
    draft: bool = False


@dataclass(frozen=True, slots=True)
class PullRequestText:
    """What a pull request says; ``body`` fits the code host's limit."""

    title: str
    body: str
    labels: tuple[str, ...] = ()


CLOCK_SECONDS = 1.0
"""What code hosts leave out of the time of an event."""


@dataclass(frozen=True, slots=True)
class PullRequestEnd:
    """A pull request that is open no more."""

    number: int
    url: str
    branch: str
    merged: bool
    ended_at: float
    """Seconds since the epoch, by the code host's clock, which tells whole seconds (GitHub's
    ``closed_at``), rounded down.
    """

    def is_after(self, moment: float) -> bool:
        """Whether it may have ended after this moment, in the same second too."""
        return self.ended_at + CLOCK_SECONDS > moment


@dataclass(frozen=True, slots=True)
class KnownPullRequest:
    """A pull request and how it stands."""

    pull_request: PullRequest
    open: bool
    merged: bool = False
