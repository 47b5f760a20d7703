"""What a round produced, as facts: the diff, and the execution command's exit code and output."""

from dataclasses import dataclass

from worker.domain.command import Breach


@dataclass(frozen=True, slots=True)
class Diff:
    """The change from the base to a round's commit."""

    text: str
    files: tuple[str, ...] = ()
    insertions: int = 0
    deletions: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing at all was changed."""
        return not self.files


@dataclass(frozen=True, slots=True)
class Evidence:
    """The execution command's result on a round's commit, in a sandbox built from it alone."""

    commit: str
    command: str
    exit_code: int
    output: str
    """The end of the output, cut to the limit of the journal."""
    seconds: float
    breach: Breach | None = None

    @property
    def green(self) -> bool:
        """Whether the execution command passed."""
        return self.exit_code == 0 and self.breach is None
