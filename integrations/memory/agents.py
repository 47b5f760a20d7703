"""A coding agent that plays a script: for tests, and for trying the fleet without a model."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from worker.domain.errors import FleetError
from worker.domain.task import AgentNeeds, AgentTask
from worker.domain.transcript import Action, AgentSession
from worker.ports import Sandbox


@dataclass(frozen=True, slots=True)
class Session:
    """One scripted session: files to write, and what to report; or an error to raise after."""

    files: Mapping[str, str] = field(default_factory=dict)
    report: AgentSession = AgentSession("done")
    error: FleetError | None = None


class ScriptedAgent:
    """Plays its sessions in order, the last one again and again; none at all changes nothing."""

    def __init__(self, *sessions: Session) -> None:
        self._sessions = sessions or (Session(),)
        self.tasks: list[AgentTask] = []
        """What it was given, in order."""
        self.needs = AgentNeeds()
        """See ``CodingAgent.needs``; a test may give it others."""

    def work(self, task: AgentTask, sandbox: Sandbox) -> AgentSession:
        """Write the session's files and report it. Raises the script's errors."""
        session = self._sessions[min(len(self.tasks), len(self._sessions) - 1)]
        self.tasks.append(task)
        for path, content in session.files.items():
            sandbox.write(path, content)
        if session.error is not None:
            raise session.error
        wrote = tuple(Action("write", path, text) for path, text in session.files.items())
        report = session.report
        return AgentSession(report.summary, (*wrote, *report.actions), report.spend, report.failure)
