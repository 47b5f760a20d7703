"""The agents that people use: how they are started, and what is made of their end."""

from dataclasses import replace
from pathlib import Path

import pytest

from integrations.agents.installed import KEPT, InstalledAgent, installed_agents
from integrations.agents.placing import PROMPT_FILE
from integrations.agents.recipe import Recipe, recipes
from tests.unit.agents.sandbox import DirectorySandbox
from tests.unit.agents.test_command import AnsweringSandbox
from worker.domain.budget import Budget, Spend
from worker.domain.command import Breach, CommandResult
from worker.domain.errors import AgentFailed, ConfigurationError
from worker.domain.task import AgentTask, Way

GOOD = '{"type": "result", "is_error": false, "result": "Done."}'
WAY = Way("http://127.0.0.1:8080", "the-token")
OK = CommandResult(0, "")


def task(model: str | None = "anthropic:claude-x", prompt: str = "Mend it.") -> AgentTask:
    return AgentTask(prompt, 1, model, 20.0, Budget(), way=WAY)


def recipe(**changes: object) -> Recipe:
    made = {
        "version": "1.0",
        "homepage": "https://agent.test",
        "licence": "MIT",
        "providers": ["anthropic"],
        "memory_mib": 512,
        "argv": ["--model", "{model}"],
        "output": "claude",
        "image": {"kind": "python", "entry": "agent:main"},
        **changes,
    }
    return Recipe.model_validate(made)


def agent(**changes: object) -> InstalledAgent:
    return InstalledAgent("mine", recipe(**changes))


def test_its_command_finds_the_gateway_and_its_prompt(tmp_path: Path) -> None:
    sandbox = AnsweringSandbox(tmp_path, CommandResult(0, GOOD))
    env = {"BASE": "{url}/anthropic", "KEY": "{token}", "OTHER": "${HOME} {env:KEY} {x}"}
    session = agent(stdin=True, env=env).work(task(), sandbox)
    (command,) = sandbox.commands
    assert command.argv == ("/opt/storyfleet/agents/mine/bin/mine", "--model", "claude-x")
    assert command.env == {
        "BASE": "http://127.0.0.1:8080/anthropic",
        "KEY": "the-token",
        "OTHER": "${HOME} {env:KEY} {x}",
    }
    assert command.stdin == b"Mend it."
    assert command.timeout_seconds == 20.0
    assert (session.summary, session.failure, session.spend) == ("Done.", None, Spend())


def test_what_it_needs() -> None:
    needs = agent().needs
    assert needs.tools == ("agent-mine:1.0",)
    assert needs.gateway
    assert needs.memory_bytes == 512 * 1024 * 1024


def test_the_prompt_in_a_file_and_in_json(tmp_path: Path) -> None:
    sandbox = AnsweringSandbox(tmp_path, OK, OK, CommandResult(0, GOOD))
    files = {".mine/task.json": '{"task": {prompt_json}, "model": "{model}"}'}
    prompt = 'Say "{token}" and {model}.'
    mine = agent(argv=["--file", "{prompt_file}"], files=files)
    mine.work(task(prompt=prompt), sandbox)
    first, second, command = sandbox.commands
    assert (first.argv[-1], first.stdin) == (PROMPT_FILE, prompt.encode())
    assert second.argv[-1] == ".mine/task.json"
    expected = b'{"task": "Say \\"{token}\\" and {model}.", "model": "claude-x"}'
    assert second.stdin == expected, "what a story says is not filled in"
    assert command.argv[1:] == ("--file", PROMPT_FILE)
    assert command.stdin is None


def test_paths_to_change_and_to_read(tmp_path: Path) -> None:
    sandbox = AnsweringSandbox(tmp_path, CommandResult(0, GOOD))
    given = replace(task(), editable=("a.py", "b.py"), readable=("c.md",), brief="Short.")
    mine = agent(argv=["--file={editable}", "--read={readable}", "-"], brief=True, stdin=True)
    mine.work(given, sandbox)
    assert sandbox.commands[0].argv[1:] == ("--file=a.py", "--file=b.py", "--read=c.md", "-")
    assert sandbox.commands[0].stdin == b"Short."


@pytest.mark.parametrize(
    ("model", "named"),
    [(None, "needs a model"), ("anthropic:", "needs a model"), ("openai:m", "`openai:m`")],
)
def test_a_model_that_it_cannot_use(tmp_path: Path, model: str | None, named: str) -> None:
    sandbox = AnsweringSandbox(tmp_path)
    given = replace(task(model), way=WAY if model else None)
    with pytest.raises(ConfigurationError, match=r"coder_model.*`anthropic:NAME`") as refused:
        agent().work(given, sandbox)
    assert named in str(refused.value)
    assert sandbox.commands == []


def test_a_model_whose_name_would_break_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="coder_model"):
        agent().work(task('anthropic:x", "y'), AnsweringSandbox(tmp_path))


def test_no_way_to_its_model(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no way"):
        agent().work(replace(task(), way=None), AnsweringSandbox(tmp_path))


@pytest.mark.parametrize(
    ("result", "failure"),
    [
        (CommandResult(1, GOOD), "exited 1"),
        (CommandResult(2, ""), "exited 2. It wrote nothing."),
        (CommandResult(0, "Hello."), "exited 0 without an account of its end"),
        (CommandResult(0, '{"type": "result", "is_error": true, "result": "no"}'), "account: no"),
        (CommandResult(124, GOOD, breach=Breach.TIMEOUT), "timeout after 20 seconds"),
        (CommandResult(137, GOOD, breach=Breach.STOPPED), "could succeed any more"),
        (CommandResult(137, "", breach=Breach.OUT_OF_MEMORY), "out of memory"),
    ],
)
def test_an_end_that_is_no_good_one(tmp_path: Path, result: CommandResult, failure: str) -> None:
    session = agent().work(task(), AnsweringSandbox(tmp_path, result))
    assert failure in str(session.failure)
    assert session.summary


def test_nothing_edited_is_no_failure(tmp_path: Path) -> None:
    session = agent().work(task(), AnsweringSandbox(tmp_path, CommandResult(0, GOOD)))
    assert session.failure is None
    assert session.actions == ()


def test_its_report_says_more_than_what_it_prints(tmp_path: Path) -> None:
    said = '{"role": "assistant", "content": "Ok."}'
    report = f'{{"messages": [{said}], "info": {{"exit_status": "Submitted"}}}}'
    sandbox = AnsweringSandbox(tmp_path, CommandResult(0, "chatter"), CommandResult(0, report))
    session = agent(output="mini", report="/tmp/report.json").work(task(), sandbox)
    assert sandbox.commands[1].argv == ("cat", "/tmp/report.json")
    assert (session.summary, session.failure) == ("Ok.", None)
    assert [action.kind for action in session.actions] == ["message"]


def test_a_report_that_is_not_there(tmp_path: Path) -> None:
    printed, nothing = CommandResult(0, "Traceback ..."), CommandResult(1, "cat: no such file")
    sandbox = AnsweringSandbox(tmp_path, printed, nothing)
    session = agent(output="mini", report="/tmp/report.json").work(task(), sandbox)
    assert "without an account" in str(session.failure)
    (action,) = session.actions
    assert (action.kind, action.text, action.output) == (
        "output",
        "`mine` printed",
        "Traceback ...",
    )


def test_what_it_leaves_in_the_checkout_is_removed(tmp_path: Path) -> None:
    checkout, root = tmp_path / "checkout", tmp_path / "agents"
    (checkout / ".mine.cache.v4").mkdir(parents=True)
    (checkout / ".mine.conf").write_text("the project's own")
    binary = root / "mine" / "bin" / "mine"
    binary.parent.mkdir(parents=True)
    binary.write_text(f"#!/bin/sh\necho '{GOOD}'\n")
    binary.chmod(0o755)
    made = InstalledAgent("mine", recipe(leavings=[".mine.cache.v*"]), root=str(root))
    assert made.work(task(), DirectorySandbox(checkout)).failure is None
    assert [each.name for each in checkout.iterdir()] == [".mine.conf"]


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    sandbox = AnsweringSandbox(tmp_path, CommandResult(1, "No space left on device"))
    with pytest.raises(AgentFailed, match="No space left"):
        agent(files={"x": ""}).work(task(), sandbox)


def test_a_long_output_is_cut_for_the_transcript(tmp_path: Path) -> None:
    result = CommandResult(0, "a" * 100_000 + "\n" + GOOD)
    (action,) = agent().work(task(), AnsweringSandbox(tmp_path, result)).actions
    assert len(action.output) < KEPT + 100
    assert f"{100_000 - KEPT} characters left out" in action.output


def test_every_agent_of_the_catalogue_is_there() -> None:
    assert set(installed_agents()) == set(recipes())
