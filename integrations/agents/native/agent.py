"""The native agent, in two forms: ``tools`` for models that call tools, ``whole`` for small ones.

Neither a key nor a way to the model is needed in the sandbox: the worker calls it, through the
session's door, as the gateway lets it. Light to import; pydantic-ai, which takes two seconds, is
loaded with the first session.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Literal

from integrations.agents.native.session import LanguageModels, OpenModel, temperature
from worker.domain.errors import ConfigurationError
from worker.domain.task import AgentNeeds, AgentTask
from worker.domain.transcript import AgentSession
from worker.ports import Sandbox

Work = Callable[[OpenModel, AgentTask, Sandbox], Coroutine[None, None, AgentSession]]


class NativeAgent:
    """Works with the model that the task names."""

    def __init__(self, form: Literal["tools", "whole"], models: LanguageModels) -> None:
        self._form, self._models = form, models

    @property
    def needs(self) -> AgentNeeds:
        """A door, but nothing of it in the sandbox."""
        return AgentNeeds(gateway=True, outside=True)

    def work(self, task: AgentTask, sandbox: Sandbox) -> AgentSession:
        """Drive one session, which ends as a report, failed or not: why a call of its model failed
        is the gateway's to say, and so is what it cost.

        Raises ConfigurationError (no model, or none that can be spoken to), and what the sandbox
        raises.
        """
        if task.model is None:
            raise ConfigurationError("The native agent needs a model: set `coder_model`.")
        if task.way is None:
            raise ConfigurationError("The native agent was given no way to its model.")
        number = task.round_number
        warmth = temperature(number)
        model = self._models.open(task.model, task.way, temperature=warmth, seed=number)
        return asyncio.run(_work(self._form)(model, task, sandbox))


def _work(form: Literal["tools", "whole"]) -> Work:
    if form == "tools":
        from integrations.agents.native.conversation import work_with_tools  # noqa: PLC0415 - slow

        return work_with_tools
    from integrations.agents.native.whole import write_whole  # noqa: PLC0415 - slow import

    return write_whole
