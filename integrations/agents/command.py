"""Any coding agent that is a command line: an argument vector with placeholders."""

import re
import shlex
from collections.abc import Mapping

from integrations.agents.placing import PROMPT_FILE, place
from worker.domain.command import Breach, Command, CommandResult, never
from worker.domain.errors import ConfigurationError
from worker.domain.task import AgentNeeds, AgentTask, Way
from worker.domain.transcript import Action, AgentSession
from worker.ports import Sandbox

PLACEHOLDERS = ("prompt", "prompt_file", "model", "model_name", "round")
LONGEST_ARGUMENT = 120_000
"""Bytes; Linux refuses a single argument of 128 KiB."""
KEPT = 20_000
"""Characters of the output in the transcript."""
SHOWN = 2000
"""Characters of the output in a failure."""

_PLACEHOLDER = re.compile(r"(?<!\$)\{(\w+)\}")  # `${NAME}` is the shell's


class CommandAgent:
    """Runs ``argv`` in the sandbox, with ``{prompt}``, ``{prompt_file}``, ``{model}`` (as
    ``provider:name``), ``{model_name}`` and ``{round}`` filled in, also inside words.

    With ``gateway`` it finds its model as the providers' own clients do, by their variables.
    Raises ConfigurationError for an empty command or an unknown placeholder.
    """

    def __init__(self, name: str, argv: tuple[str, ...], *, gateway: bool = False) -> None:
        self._name, self._argv, self._gateway = name, argv, gateway
        self._used = {found for word in argv for found in _PLACEHOLDER.findall(word)}
        if not argv:
            raise ConfigurationError(f"The agent `{name}` has an empty command.")
        if unknown := sorted(self._used - set(PLACEHOLDERS)):
            known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            raise ConfigurationError(
                f"The command of the agent `{name}` has the unknown placeholder "
                f"{{{unknown[0]}}}; known are {known}."
            )

    @property
    def needs(self) -> AgentNeeds:
        return AgentNeeds(("forward",), gateway=True) if self._gateway else AgentNeeds()

    def work(self, task: AgentTask, sandbox: Sandbox) -> AgentSession:
        """Run the command once. Anything but exit code 0 is a failed session.

        Raises ConfigurationError, AgentFailed, and what the sandbox raises.
        """
        if "prompt_file" in self._used:
            place(sandbox, PROMPT_FILE, task.prompt)
        argv = self._filled(task)
        env = {} if task.way is None else providers_env(task.way)
        over = never if task.way is None else task.way.over
        result = sandbox.run(Command(argv, task.timeout_seconds, env), over)
        action = Action("output", shlex.join(self._argv), result.output[-KEPT:])
        failure = None if result.ok else self._failure(task, result)
        how = "succeeded" if result.ok else "failed"
        return AgentSession(f"`{self._name}` {how}.", (action,), failure=failure)

    def _filled(self, task: AgentTask) -> tuple[str, ...]:
        if self._used & {"model", "model_name"} and task.model is None:
            raise ConfigurationError(
                f"The command of the agent `{self._name}` uses {{model}}: set `coder_model`."
            )
        values = {
            "prompt": task.prompt.replace("\0", ""),
            "prompt_file": PROMPT_FILE,
            "model": task.model or "",
            "model_name": (task.model or "").partition(":")[2],
            "round": str(task.round_number),
        }
        argv = tuple(_fill(word, values) for word in self._argv)
        if max(len(word.encode()) for word in argv) > LONGEST_ARGUMENT:
            raise ConfigurationError(
                f"The prompt is too long for the command line of the agent `{self._name}`: "
                "use {prompt_file} instead of {prompt}."
            )
        return argv

    def _failure(self, task: AgentTask, result: CommandResult) -> str:
        match result.breach:
            case Breach.TIMEOUT:
                how = f"was stopped: timeout after {task.timeout_seconds:g} seconds"
            case Breach.STOPPED:
                how = "was stopped, since no call of its model could succeed any more"
            case None:
                how = f"exited {result.exit_code}"
            case _:
                how = f"was stopped: {result.breach}"
        end = result.output[-SHOWN:].strip()
        said = f" The end of its output:\n{end}" if end else " It wrote nothing."
        return f"The agent `{self._name}` {how}.{said}"


def providers_env(way: Way) -> dict[str, str]:
    """The variables by which the providers' own clients, and most agents, find server and key."""
    return {
        "OPENAI_BASE_URL": f"{way.base_url}/openai/v1",
        "OPENAI_API_BASE": f"{way.base_url}/openai/v1",
        "OPENAI_API_KEY": way.token,
        "ANTHROPIC_BASE_URL": f"{way.base_url}/anthropic",
        "ANTHROPIC_API_KEY": way.token,
        "GOOGLE_GEMINI_BASE_URL": f"{way.base_url}/gemini",
        "GEMINI_API_KEY": way.token,
    }


def _fill(word: str, values: Mapping[str, str]) -> str:
    """One pass, so that a prompt that speaks of ``{model}`` stays as it is."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], word)
