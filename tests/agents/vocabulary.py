"""What a scripted model has to say to each agent, so that it does something: its own tools."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from integrations.stubs.models import Answer, ToolCall

WRONG, BETTER, RIGHT = "return a - b", "return a % b", "return a + b"
FILES = {"calc.py": f"def add(a, b):\n    {WRONG}\n", "README.md": "# Calc\n"}
SUBMIT = "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"


@dataclass(frozen=True)
class Speech:
    """How to speak with one agent."""

    provider: str
    shell: Callable[[str], Answer] | None
    """A call of its tool for commands; None where it has none."""
    end: Answer = Answer("I have done it.")
    """What ends its session."""
    tells_exit_codes: bool = True

    def edit(self, old: str, new: str) -> Sequence[Answer]:
        """A session that replaces one line of calc.py by another."""
        if self.shell is None:
            return (Answer(f"I mend it.\n\n{_block(old, new)}"),)
        return (self.shell(f"sed -i 's/{old}/{new}/' calc.py; cat calc.py; exit 3"), self.end)

    def busy(self) -> Answer:
        """One step of a session that never ends."""
        if self.shell is None:
            return Answer(f"Once more.\n\n{_block('no such line', 'x')}")
        return self.shell("echo working")


def _block(old: str, new: str) -> str:
    search = f"<<<<<<< SEARCH\n    {old}\n=======\n    {new}\n>>>>>>> REPLACE"
    return f"calc.py\n```python\n{search}\n```\n"


def _tool(name: str, argument: str, **others: object) -> Callable[[str], Answer]:
    def call(command: str) -> Answer:
        return Answer("I look.", [ToolCall(name, {argument: command, **others})])

    return call


SPEECHES: Mapping[str, Speech] = {
    "claude-code": Speech("anthropic", _tool("Bash", "command")),
    "codex": Speech("openai", _tool("exec_command", "cmd")),
    "opencode": Speech("openai", _tool("bash", "command", description="work")),
    "aider": Speech("openai", None),
    "mini-swe-agent": Speech(
        "openai", _tool("bash", "command"), end=_tool("bash", "command")(SUBMIT)
    ),
    "gemini-cli": Speech("gemini", _tool("run_shell_command", "command"), tells_exit_codes=False),
    "qwen-code": Speech("openai", _tool("run_shell_command", "command", is_background=False)),
}
