"""The native agent's form `tools`, with a model that answers by a script."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic_ai import exceptions as ai

from integrations.agents.native import NativeAgent
from tests.unit.agents.doubles import WAY, Answer, ScriptedModels, calls, says
from tests.unit.agents.sandbox import DirectorySandbox
from worker.domain.budget import Budget, Spend
from worker.domain.command import Command, CommandResult, never
from worker.domain.errors import ConfigurationError, SandboxGone
from worker.domain.task import AgentNeeds, AgentTask
from worker.domain.transcript import AgentSession
from worker.ports import Sandbox

FILES = {"calc.py": "def square(n):\n    return n\n"}


def task(seconds: float = 60.0, round_number: int = 1) -> AgentTask:
    return AgentTask("Mend square.", round_number, "openai:coder", seconds, Budget(), way=WAY)


def work(
    sandbox: Sandbox, *answers: Answer, given: AgentTask | None = None
) -> tuple[AgentSession, ScriptedModels]:
    models = ScriptedModels(answers)
    return NativeAgent("tools", models).work(given or task(), sandbox), models


@pytest.fixture
def sandbox(tmp_path: Path) -> DirectorySandbox:
    return DirectorySandbox(tmp_path, FILES)


def test_a_session_from_reading_to_the_final_answer(sandbox: DirectorySandbox) -> None:
    session, models = work(
        sandbox,
        calls(("read_file", {"path": "calc.py"}), text="I look first."),
        calls(("replace_in_file", {"path": "calc.py", "old": "return n", "new": "return n * n"})),
        calls(("write_file", {"path": "docs/a.md", "content": "# A\n"})),
        calls(("shell", {"command": "python3 -c 'import calc; print(calc.square(3))'; exit 4"})),
        says("Done: square squares."),
    )
    assert session.summary == "Done: square squares."
    assert session.failure is None
    assert session.spend == Spend()  # the gateway's to say
    assert sandbox.read("calc.py") == "def square(n):\n    return n * n\n"
    kinds = [(a.kind, a.text) for a in session.actions]
    assert kinds == [
        ("message", "I look first."),
        ("write", "calc.py"),
        ("write", "docs/a.md"),
        ("shell", "python3 -c 'import calc; print(calc.square(3))'; exit 4"),
        ("message", "Done: square squares."),
    ]
    assert session.actions[1].output == "-return n\n+return n * n"
    assert session.actions[3].output == "exit code 4\n9\n"
    assert models.tool_results()[0] == FILES["calc.py"]
    assert models.opened == [("openai:coder", 0.0, 1)]


def test_the_model_is_told_the_task_and_gets_just_these_tools(sandbox: DirectorySandbox) -> None:
    _, models = work(sandbox, says("done"))
    names = [tool.name for tool in models.infos[0].function_tools]
    assert names == ["shell", "read_file", "write_file", "replace_in_file"]
    assert all(tool.description for tool in models.infos[0].function_tools)
    assert "Mend square." in str(models.asked[0])
    assert "Never delete, skip or weaken a test" in (models.infos[0].instructions or "")
    assert models.infos[0].model_settings is not None
    assert models.infos[0].model_settings["max_tokens"] > 1000


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (("read_file", {"path": "none.py"}), "There is no file none.py."),
        (("read_file", {"path": "../etc/passwd"}), "leads outside"),
        (("write_file", {"path": "../a", "content": "x"}), "leads outside"),
        (("replace_in_file", {"path": "calc.py", "old": "n", "new": "m"}), "occurs 3 times"),
        (("replace_in_file", {"path": "calc.py", "old": "", "new": "m"}), "occurs 0 times"),
        (("replace_in_file", {"path": "no", "old": "a", "new": "m"}), "There is no file no."),
        (("read_file", {"path": "calc.py", "first_line": 2}), "    return n\n"),
        (("read_file", {"path": "calc.py", "last_line": 1}), "def square(n):\n"),
        (("shell", {"command": "seq 1 20000"}), "characters left out"),
    ],
)
def test_what_a_tool_answers(
    sandbox: DirectorySandbox, call: tuple[str, dict[str, object]], answer: str
) -> None:
    session, models = work(sandbox, calls(call), says("done"))
    assert answer in models.tool_results()[0]
    assert len(models.tool_results()[0]) < 20_000
    assert session.failure is None
    assert sandbox.read("calc.py") == FILES["calc.py"]


def test_a_command_is_stopped_at_the_end_of_the_tasks_time(sandbox: DirectorySandbox) -> None:
    session, models = work(
        sandbox, calls(("shell", {"command": "sleep 60"})), says("done"), given=task(1.0)
    )
    assert sandbox.commands[0].timeout_seconds == 1.0
    assert "stopped after 1 seconds" in session.actions[0].output
    assert session.failure == "The session was stopped: timeout, 1 s."
    assert len(models.asked) == 1


def test_a_model_that_takes_too_long_ends_the_session(sandbox: DirectorySandbox) -> None:
    models = ScriptedModels([says("done")], on_call=lambda: time.sleep(0.5))
    session = NativeAgent("tools", models).work(task(0.1), sandbox)
    assert session.failure == "The session was stopped: timeout, 0.1 s."


def test_running_in_circles_ends_the_session(sandbox: DirectorySandbox) -> None:
    session, models = work(sandbox, calls(("shell", {"command": "exit 1"})))
    assert "the same call failed 4 times in a row" in str(session.failure)
    assert "do something else" in models.tool_results()[-1]
    assert len(models.asked) == 4


def test_a_later_round_is_warmer(sandbox: DirectorySandbox) -> None:
    _, models = work(sandbox, says("done"), given=task(round_number=9))
    assert models.opened == [("openai:coder", 0.7, 9)]


@pytest.mark.parametrize(
    "fault",
    [
        ai.ModelConnectionError("coder", "why it failed"),
        ai.ModelRateLimitError("coder", "why it failed", retry_after=30.0),
        ai.ModelAuthenticationError("coder", "why it failed"),
    ],
)
def test_what_was_done_before_a_call_failed_is_kept(
    sandbox: DirectorySandbox, fault: ai.ModelAPIError
) -> None:
    written = calls(("write_file", {"path": "a.py", "content": "a = 1\n"}))
    session, _ = work(sandbox, written, fault)
    assert "The session broke off: " in str(session.failure)
    assert "why it failed" in str(session.failure)
    assert [a.text for a in session.actions] == ["a.py"]


def test_a_conversation_that_outgrows_the_model_is_a_failed_session(
    sandbox: DirectorySandbox,
) -> None:
    full = ai.ModelContextWindowExceededError("coder", "too long")
    session, _ = work(sandbox, calls(("shell", {"command": "true"})), full)
    assert "too long for the model" in str(session.failure)


def test_tools_that_do_not_exist_are_a_failed_session(sandbox: DirectorySandbox) -> None:
    session, _ = work(sandbox, calls(("fly", {})))
    assert "could not be used" in str(session.failure)


def test_a_sandbox_that_is_gone_is_the_directors_to_know(tmp_path: Path) -> None:
    class Gone(DirectorySandbox):
        def run(self, command: Command, over: Callable[[], bool] = never) -> CommandResult:
            raise SandboxGone("stopped")

    with pytest.raises(SandboxGone):
        work(Gone(tmp_path), calls(("shell", {"command": "true"})))


def test_an_agent_without_a_model(sandbox: DirectorySandbox) -> None:
    with pytest.raises(ConfigurationError, match="coder_model"):
        work(sandbox, says("x"), given=AgentTask("p", 1, None, 5.0, Budget(), way=WAY))


def test_an_agent_without_a_way(sandbox: DirectorySandbox) -> None:
    with pytest.raises(ConfigurationError, match="no way"):
        work(sandbox, says("x"), given=replace(task(), way=None))


def test_it_needs_a_door_and_nothing_in_its_sandbox() -> None:
    needs = NativeAgent("tools", ScriptedModels([])).needs
    assert needs == AgentNeeds(gateway=True, outside=True)
