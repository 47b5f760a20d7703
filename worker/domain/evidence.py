"""What a round produced, as facts: the diff, and the execution command's exit code and output."""

from dataclasses import dataclass

from worker.domain.command import Breach
from worker.domain.test_results import TestReport


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
class Finding:
    """Something that a gate found wrong in a round."""

    gate: str
    """``protected paths``, ``test runner``, ``secrets``."""
    place: str
    """``path`` or ``path:line``."""
    text: str
    """What is wrong and what to do, a sentence or two; never the secret that was found."""
    kind: str = ""
    """With gate and path what makes it the same finding in another round, whatever its line is;
    empty where gate and path say it all.
    """


SECRETS = "secrets"
"""The gate whose findings must not be published."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The execution command's result on a round's commit, in a sandbox built from it alone, and
    what the gates found.
    """

    commit: str
    command: str
    exit_code: int
    output: str
    """The end of the output, cut to the limit of the journal."""
    seconds: float
    breach: Breach | None = None
    findings: tuple[Finding, ...] = ()
    """Of the gates; each makes the evidence red."""
    restored: tuple[str, ...] = ()
    """Protected paths that the agent had changed: they were as on the base here."""
    notes: tuple[str, ...] = ()
    """What a reviewer should know about how the evidence came about, a sentence each."""
    report: TestReport = TestReport()
    """What each test did, where the runner could be read."""
    gates: tuple[str, ...] = ()
    """Those that looked at this commit; empty in journals of releases that did not say."""
    failure_wanted: bool = False
    """Whether this commit holds new tests alone, which must fail."""
    gates_seconds: float = 0.0
    """What the gates took, beyond the execution command."""

    @property
    def passed(self) -> bool:
        """Whether the execution command passed."""
        return self.exit_code == 0 and self.breach is None

    @property
    def green(self) -> bool:
        """Whether it ended as it should, and no gate found anything."""
        as_wanted = self.breach is None if self.failure_wanted else self.passed
        return as_wanted and not self.findings

    @property
    def leaks(self) -> bool:
        """Whether the change holds a secret, and must not be shown to anybody."""
        return any(finding.gate == SECRETS for finding in self.findings)
