"""What a rerun knows of the run that it repeats."""

from dataclasses import dataclass

from worker.domain.lease import RunId


@dataclass(frozen=True, slots=True)
class Repeated:
    """The run that a person had repeated, as it stood then."""

    run: RunId
    accepted: bool
    """Whether its work was accepted, so that there is something to choose from."""
    pull_request: str | None = None
    """Its URL."""
