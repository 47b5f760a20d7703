"""The native agent's form `whole`, with a model that answers by a script."""

import subprocess
from pathlib import Path

import pytest
from pydantic_ai import exceptions as ai

from integrations.agents.native import NativeAgent
from tests.unit.agents.doubles import WAY, Answer, ScriptedModels, says
from tests.unit.agents.sandbox import DirectorySandbox
from worker.domain.budget import Budget, Spend
from worker.domain.task import AgentTask
from worker.domain.transcript import Action, AgentSession

FILES = {
    "calc.py": "def add(a, b):\n    return a + b\n",
    "docs/use.md": "```\nadd(1, 2)\n```\n",
    "docs/big.md": "x" * 70_000,
}
NEW = "def square(n):\n    return n * n\n"


def task(*editable: str, readable: tuple[str, ...] = ()) -> AgentTask:
    return AgentTask("Add square.", 2, "openai:m", 30.0, Budget(), editable, readable, way=WAY)


def work(
    sandbox: DirectorySandbox, given: AgentTask, *answers: Answer
) -> tuple[AgentSession, ScriptedModels]:
    models = ScriptedModels(answers)
    return NativeAgent("whole", models).work(given, sandbox), models


def prompt(models: ScriptedModels) -> str:
    return str(models.asked[0][-1].parts[0].content)  # type: ignore[union-attr]


@pytest.fixture
def sandbox(tmp_path: Path) -> DirectorySandbox:
    made = DirectorySandbox(tmp_path, FILES)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    return made


def test_one_file_in_a_short_prompt(sandbox: DirectorySandbox) -> None:
    answer = f"Sure!\n```python\n{NEW}```"
    session, models = work(sandbox, task("calc.py"), says(answer))
    assert prompt(models) == (
        "Add square.\n\ncalc.py:\n```python\ndef add(a, b):\n    return a + b\n```\n\n"
        "Reply with the complete new content of calc.py in one ```python block.\n"
    )
    assert sandbox.read("calc.py") == NEW
    assert session.failure is None
    assert session.summary == "Wrote calc.py."
    assert session.actions == (Action("message", answer), Action("write", "calc.py", NEW))
    assert session.spend == Spend()  # the gateway's to say
    assert models.opened == [("openai:m", 0.4, 2)]
    assert sandbox.commands == []


def test_a_file_that_does_not_exist_yet_and_one_to_read(sandbox: DirectorySandbox) -> None:
    given = task("new.py", readable=("docs/use.md",))
    session, models = work(sandbox, given, says(f"```\n{NEW}```"))
    assert "new.py does not exist yet." in prompt(models)
    assert "docs/use.md:\n````markdown\n```\nadd(1, 2)\n```\n````\n" in prompt(models)
    assert sandbox.read("new.py") == NEW
    assert session.failure is None


def test_several_files(sandbox: DirectorySandbox) -> None:
    answer = f"calc.py\n```python\n{NEW}```\ndocs/use.md\n```\nhi\n```\nother.py\n```\nx = 1\n```"
    session, models = work(sandbox, task("calc.py", "docs/use.md"), says(answer))
    assert "Put the file's path alone on the line before its block" in prompt(models)
    assert session.summary == "Wrote calc.py, docs/use.md."
    assert sandbox.read("other.py") is None


def test_directories_and_patterns_stand_for_their_files(sandbox: DirectorySandbox) -> None:
    given = task("*.py", readable=("docs/",))
    session, models = work(sandbox, given, says(f"```\n{NEW}```"))
    assert "docs/use.md:" in prompt(models)
    assert "docs/big.md" not in prompt(models)
    assert session.summary == "Wrote calc.py."


def test_where_no_file_is_named_all_are_shown_and_any_may_be_written(
    sandbox: DirectorySandbox,
) -> None:
    session, models = work(sandbox, task(), says(f"lib/new.py\n```\n{NEW}```"))
    assert "calc.py:" in prompt(models)
    assert "docs/use.md:" in prompt(models)
    assert session.summary == "Wrote lib/new.py."


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (says("I cannot do that."), "has no file in it"),
        (says("evil.py\n```\nx\n```"), "not to be changed: evil.py"),
        (says(f"```python\n{NEW}", finish_reason="length"), "length limit"),
    ],
)
def test_an_answer_without_the_file_is_a_failed_session(
    sandbox: DirectorySandbox, answer: Answer, why: str
) -> None:
    given = task("calc.py") if "evil" not in str(answer) else task("calc.py", "docs/use.md")
    session, _ = work(sandbox, given, answer)
    assert why in str(session.failure)
    assert session.actions[0].kind == "message"
    assert sandbox.read("calc.py") == FILES["calc.py"]


def test_a_path_that_leads_outside_is_refused(sandbox: DirectorySandbox) -> None:
    session, _ = work(sandbox, task(), says(f"../evil.py\n```\n{NEW}```"))
    assert "leads outside" in str(session.failure)


def test_a_file_too_long_for_this_form(sandbox: DirectorySandbox) -> None:
    session, models = work(sandbox, task("docs/big.md"), says("x"))
    assert "`docs/big.md` is too long" in str(session.failure)
    assert models.asked == []


def test_an_answer_may_be_as_long_as_what_it_has_to_repeat(sandbox: DirectorySandbox) -> None:
    _, models = work(sandbox, task("calc.py"), says(f"```\n{NEW}```"))
    (settings,) = [info.model_settings for info in models.infos]
    assert settings is not None
    assert 1536 < settings["max_tokens"] < 2000


def test_a_call_that_failed_is_a_failed_session(sandbox: DirectorySandbox) -> None:
    session, _ = work(sandbox, task("calc.py"), ai.ModelServerError("m", "oops"))
    assert "The session broke off: " in str(session.failure)
    assert "oops" in str(session.failure)
