"""One suite for every coding agent: in memory, a command line, installed, native."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from integrations.agents.command import CommandAgent
from integrations.agents.installed import InstalledAgent
from integrations.agents.native import NativeAgent
from integrations.agents.recipe import recipes
from integrations.gateway import ModelGateway, Upstream
from integrations.llm.door import DoorModels
from integrations.memory.agents import ScriptedAgent, Session
from integrations.stubs import StubsConfig, start_stubs
from integrations.stubs.models import Answer, Script, ToolCall
from tests.unit.agents.sandbox import DirectorySandbox
from worker.domain.access import Access
from worker.domain.budget import Budget
from worker.domain.lease import RunId
from worker.domain.task import AgentNeeds, AgentTask, Way
from worker.domain.transcript import AgentSession
from worker.ports import CodingAgent, Sandbox

WAY = Way("http://127.0.0.1:8080", "the-token")
TASK = AgentTask("Write a.py.", 1, "openai:stub-coder", 30.0, Budget(), ("a.py",), way=WAY)
MakeAgent = Callable[[str], CodingAgent]

_CODEX = {
    "write": """echo 'x = 1' > a.py
echo '{"type": "item.completed", "item": {"type": "agent_message", "text": "Done."}}'
echo '{"type": "turn.completed"}'""",
    "fail": """echo '{"type": "turn.failed", "error": {"message": "broken"}}'""",
}
_SHELL = {"write": "echo 'x = 1' > a.py", "fail": "echo broken; exit 1"}
_MEMORY = {
    "write": Session({"a.py": "x = 1\n"}),
    "fail": Session(report=AgentSession("", failure="broken")),
}
_CALL = ToolCall("write_file", {"path": "a.py", "content": "x = 1\n"})
_TOOLS: dict[str, list[Answer | str]] = {
    "write": [Answer(tool_calls=[_CALL]), "Done."],
    "fail": [Answer(tool_calls=[ToolCall("fly")])] * 9,
}
_WHOLE: dict[str, list[Answer | str]] = {
    "write": ["```python\nx = 1\n```"],
    "fail": ["I will not."],
}


@dataclass(frozen=True)
class _AtDoor:
    """An agent that calls its model from here, at a door that is opened for each session."""

    agent: CodingAgent
    gateway: ModelGateway

    @property
    def needs(self) -> AgentNeeds:
        return self.agent.needs

    def work(self, task: AgentTask, sandbox: Sandbox) -> AgentSession:
        access = Access(RunId("r"), 1, (task.model or "",), outside=True)
        with self.gateway.open(access) as door:
            way = Way("http://127.0.0.1:8080", door.token, door.over, door.socket)
            return self.agent.work(replace(task, way=way), sandbox)


@pytest.fixture(params=["memory", "command", "installed", "tools", "whole"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeAgent]:
    if request.param == "memory":
        yield lambda what: ScriptedAgent(_MEMORY[what])
    elif request.param == "command":
        yield lambda what: CommandAgent("mine", ("sh", "-c", _SHELL[what]))
    elif request.param == "installed":

        def installed(what: str) -> CodingAgent:
            command = tmp_path / "agents" / "codex" / "bin" / "codex"
            command.parent.mkdir(parents=True)
            command.write_text(f"#!/bin/sh\n{_CODEX[what]}\n")
            command.chmod(0o755)
            return InstalledAgent("codex", recipes()["codex"], root=str(tmp_path / "agents"))

        yield installed
    else:
        with (
            start_stubs(StubsConfig(git_root=tmp_path / "git")) as stubs,
            tempfile.TemporaryDirectory(prefix="gw-") as short,
        ):
            upstream = Upstream("openai", f"{stubs.url}/openai/v1", "none")
            gateway = ModelGateway([upstream], directory=Path(short))

            def native(what: str) -> CodingAgent:
                scripts = _TOOLS if request.param == "tools" else _WHOLE
                stubs.models.script = Script.in_order(*scripts[what])
                return _AtDoor(NativeAgent(request.param, DoorModels()), gateway)

            yield native


@pytest.fixture
def sandbox(tmp_path: Path) -> DirectorySandbox:
    root = tmp_path / "checkout"
    root.mkdir()
    return DirectorySandbox(root)


def test_a_session_changes_the_checkout_and_reports_it(
    make: MakeAgent, sandbox: DirectorySandbox
) -> None:
    session = make("write").work(TASK, sandbox)
    assert sandbox.read("a.py") == "x = 1\n"
    assert session.failure is None
    assert session.summary
    assert session.actions
    assert {a.kind for a in session.actions} <= {"message", "shell", "write", "output"}
    assert session.spend.seconds == 0.0  # the stage measures


def test_a_session_that_fails_is_a_report(make: MakeAgent, sandbox: DirectorySandbox) -> None:
    session = make("fail").work(TASK, sandbox)
    assert session.failure
    assert sandbox.read("a.py") is None


def test_it_says_what_its_sandbox_must_have(make: MakeAgent) -> None:
    needs = make("write").needs
    assert isinstance(needs, AgentNeeds)
    assert needs.gateway or not needs.tools
