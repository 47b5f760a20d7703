"""The agent that is a command line."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from integrations.agents.command import CommandAgent
from integrations.agents.placing import PROMPT_FILE
from tests.unit.agents.sandbox import DirectorySandbox
from worker.domain.budget import Budget
from worker.domain.command import Breach, Command, CommandResult, never
from worker.domain.errors import AgentFailed, ConfigurationError
from worker.domain.task import AgentNeeds, AgentTask, Way
from worker.domain.transcript import AgentSession


def task(prompt: str = "do it", model: str | None = "openai:m", seconds: float = 20.0) -> AgentTask:
    return AgentTask(prompt, 2, model, seconds, Budget())


class AnsweringSandbox(DirectorySandbox):
    """Runs nothing; answers each command in turn."""

    def __init__(self, root: Path, *answers: CommandResult) -> None:
        super().__init__(root)
        self.answers = list(answers)

    def run(self, command: Command, over: Callable[[], bool] = never) -> CommandResult:
        self.commands.append(command)
        return self.answers.pop(0)


def work(tmp_path: Path, *argv: str, **changes: object) -> AgentSession:
    sandbox = DirectorySandbox(tmp_path)
    return CommandAgent("mine", argv).work(task(**changes), sandbox)  # type: ignore[arg-type]


def test_placeholders_are_filled_inside_words_and_only_once(tmp_path: Path) -> None:
    model = "--model={model}={model_name}"
    argv = ("printf", "%s|", model, "round-{round}", "{prompt}", "${HOME}", "{}")
    session = work(tmp_path, *argv, prompt="say {model} and {nothing}\0")
    assert session.failure is None
    expected = "--model=openai:m=m|round-2|say {model} and {nothing}|${HOME}|{}|"
    assert session.actions[0].output == expected
    assert session.actions[0].kind == "output"


def test_a_command_changes_the_checkout(tmp_path: Path) -> None:
    session = work(tmp_path, "sh", "-c", "echo 'x = 1' > a.py")
    assert (tmp_path / "a.py").read_text() == "x = 1\n"
    assert session.summary == "`mine` succeeded."


def test_the_prompt_file_is_written_outside_the_checkout(tmp_path: Path) -> None:
    sandbox = AnsweringSandbox(tmp_path, CommandResult(0, ""), CommandResult(0, "ok"))
    prompt = "long " * 50_000
    session = CommandAgent("mine", ("run", "--file={prompt_file}")).work(task(prompt), sandbox)
    write, run = sandbox.commands
    assert write.stdin == prompt.encode()
    assert write.argv[-1] == PROMPT_FILE
    assert not PROMPT_FILE.startswith("/workspace")
    assert run.argv == ("run", f"--file={PROMPT_FILE}")
    assert session.failure is None


def test_a_prompt_file_that_cannot_be_written_fails_the_session(tmp_path: Path) -> None:
    sandbox = AnsweringSandbox(tmp_path, CommandResult(1, "Read-only file system"))
    with pytest.raises(AgentFailed, match="Read-only file system"):
        CommandAgent("mine", ("run", "{prompt_file}")).work(task(), sandbox)


def test_a_failing_command_is_a_failed_session_with_the_end_of_its_output(tmp_path: Path) -> None:
    session = work(tmp_path, "sh", "-c", "seq 9999; echo boom >&2; exit 3")
    assert session.failure is not None
    assert session.failure.startswith("The agent `mine` exited 3. The end of its output:")
    assert session.failure.endswith("boom")
    assert len(session.failure) < 2500


def test_a_timeout_is_named(tmp_path: Path) -> None:
    session = work(tmp_path, "sleep", "30", seconds=0.2)
    expected = "The agent `mine` was stopped: timeout after 0.2 seconds. It wrote nothing."
    assert session.failure == expected


@pytest.mark.parametrize("breach", [Breach.OUT_OF_MEMORY, Breach.TOO_MUCH_OUTPUT])
def test_other_breaches_are_named(tmp_path: Path, breach: Breach) -> None:
    sandbox = AnsweringSandbox(tmp_path, CommandResult(137, "", breach=breach))
    session = CommandAgent("mine", ("run",)).work(task(), sandbox)
    assert str(breach) in str(session.failure)


def test_unknown_placeholders_and_empty_commands_are_refused_at_once() -> None:
    with pytest.raises(ConfigurationError, match=r"\{promt\}.*\{prompt_file\}"):
        CommandAgent("mine", ("run", "x{promt}"))
    with pytest.raises(ConfigurationError, match="empty"):
        CommandAgent("mine", ())


def test_a_model_that_nobody_set(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="coder_model"):
        work(tmp_path, "run", "{model}", model=None)


def test_a_prompt_too_long_for_a_command_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="prompt_file"):
        work(tmp_path, "run", "{prompt}", prompt="x" * 200_000)


def test_without_a_gateway_it_needs_nothing_and_gets_nothing(tmp_path: Path) -> None:
    assert CommandAgent("mine", ("run",)).needs == AgentNeeds()
    sandbox = AnsweringSandbox(tmp_path, CommandResult(0, ""))
    CommandAgent("mine", ("run",)).work(task(), sandbox)
    assert sandbox.commands[0].env == {}


def test_with_a_gateway_it_finds_every_providers_api(tmp_path: Path) -> None:
    agent = CommandAgent("mine", ("sh", "-c", "env"), gateway=True)
    assert agent.needs == AgentNeeds(("forward",), gateway=True)
    way = Way("http://127.0.0.1:8080", "the-token")
    session = agent.work(replace(task(), way=way), DirectorySandbox(tmp_path))
    told = session.actions[0].output.splitlines()
    assert {
        "OPENAI_BASE_URL=http://127.0.0.1:8080/openai/v1",
        "OPENAI_API_KEY=the-token",
        "ANTHROPIC_BASE_URL=http://127.0.0.1:8080/anthropic",
        "ANTHROPIC_API_KEY=the-token",
        "GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:8080/gemini",
        "GEMINI_API_KEY=the-token",
    } <= set(told)


def test_it_is_stopped_where_its_model_is_lost(tmp_path: Path) -> None:
    way = Way("http://127.0.0.1:8080", "the-token", lambda: True)
    agent = CommandAgent("mine", ("sleep", "30"), gateway=True)
    session = agent.work(replace(task(), way=way), DirectorySandbox(tmp_path))
    assert "no call of its model could succeed any more" in str(session.failure)
