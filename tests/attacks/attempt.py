"""What came of one attack: the run, and everything that can be seen from outside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from integrations.memory.code_host import MemoryCodeHost, MemoryPull
from integrations.memory.judge import ScriptedJudge
from integrations.memory.tracker import MemoryTracker
from tests.attacks import scripts
from tests.integration.git import workshop
from worker.domain.events import Outcome
from worker.domain.evidence import Evidence
from worker.domain.run import Run
from worker.domain.transcript import AgentSession
from worker.journal import encode_event
from worker.ports import Judge, Ports


@dataclass
class Attempt:
    """After the run's end."""

    run: Run
    remote: Path
    base: str
    ports: Ports
    judge: Judge
    logs: Sequence[str]
    model_requests: Sequence[Mapping[str, Any]]

    @property
    def outcome(self) -> Outcome:
        assert self.run.closed is not None, "the run is not closed"
        return self.run.closed.outcome

    @property
    def session(self) -> AgentSession:
        return self.run.require_round().report.session

    @property
    def said(self) -> str:
        """The agent's own output, all rounds."""
        sessions = [one.report.session for one in self.run.rounds]
        return "\n".join(action.output for each in sessions for action in each.actions)

    @property
    def failure(self) -> str:
        return self.session.failure or ""

    @property
    def succeeded(self) -> set[str]:
        """What the script could do, by its own account."""
        return scripts.results(self.said)[0]

    @property
    def failed(self) -> set[str]:
        return scripts.results(self.said)[1]

    @property
    def evidence(self) -> Evidence:
        found = self.run.require_round().evidence
        assert found is not None, f"there is no evidence: {self.failure}"
        return found

    @property
    def gates(self) -> set[str]:
        """The names of those that are red."""
        return {finding.gate for finding in self.evidence.findings}

    @property
    def pull(self) -> MemoryPull | None:
        host = cast("MemoryCodeHost", self.ports.code_host)
        pulls = host.pulls(self.run.repository or "")
        assert len(pulls) <= 1
        return pulls[0] if pulls else None

    @property
    def comments(self) -> Mapping[str, str]:
        return cast("MemoryTracker", self.ports.tracker).comments(self.run.ref.id)

    @property
    def questions(self) -> Sequence[str]:
        """What the judge was shown."""
        return [each.evidence for each in cast("ScriptedJudge", self.judge).questions]

    @property
    def files(self) -> Mapping[str, str]:
        """Of the commit that the last round left."""
        return {
            name: self.git("show", f"{self.run.require_round().report.commit}:{name}")
            for name in self.names
        }

    @property
    def names(self) -> Sequence[str]:
        commit = self.run.require_round().report.commit
        listed = self.git("ls-tree", "-r", "-z", "--name-only", commit)
        return [name for name in listed.split("\0") if name]

    def git(self, *arguments: str) -> str:
        """Of the remote."""
        return workshop.git_bytes(self.remote, *arguments).decode(errors="replace")

    def everything(self) -> Iterator[tuple[str, str | bytes]]:
        """All that came out, by where it can be seen."""
        yield "journal", "\n".join(encode_event(e) for e in self._journal())
        yield "comments", repr(dict(self.comments))
        tracker = cast("MemoryTracker", self.ports.tracker)
        yield "attachments", repr(tracker.attachments(self.run.ref.id))
        yield "pull request", repr(self.pull)
        yield "logs", "\n".join(self.logs)
        yield "questions to the judge", "\n".join(self.questions)
        yield "calls of models", repr(list(self.model_requests))
        everything = ("cat-file", "--batch-all-objects", "--batch")
        yield "objects of the remote", workshop.git_bytes(self.remote, *everything)
        yield "refs of the remote", self.git("for-each-ref")

    def _journal(self) -> Sequence[Any]:
        return self.ports.store.journal(self.run.id)
