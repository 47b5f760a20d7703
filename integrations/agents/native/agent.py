"""The native agent, in two forms: ``tools`` for models that call tools, ``whole`` for small ones.

No key and no network is needed in the sandbox. Light to import; pydantic-ai, which takes two
seconds, is loaded with the first session.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Literal

from integrations.agents.native.session import LanguageModels
from worker.domain.errors import ConfigurationError
from worker.domain.task import AgentNeeds, AgentTask
from worker.domain.transcript import AgentSession
from worker.ports import Sandbox

Work = Callable[[LanguageModels, str, AgentTask, Sandbox], Coroutine[None, None, AgentSession]]


class NativeAgent:
    """Works with the model that the task names."""

    def __init__(self, form: Literal["tools", "whole"], models: LanguageModels) -> None:
        self._form, self._models = form, models

    @property
    def needs(self) -> AgentNeeds:
        """Nothing: its model is called from outside the sandbox."""
        return AgentNeeds()

    def work(self, task: AgentTask, sandbox: Sandbox) -> AgentSession:
        """Drive one session. A session that has begun ends as a report, failed or not.

        Raises PermanentError (a key or a model is wrong) and RetryableError where the model could
        not be called at all, and what the sandbox raises.
        """
        if task.model is None:
            raise ConfigurationError("The native agent needs a model: set `coder_model`.")
        return asyncio.run(_work(self._form)(self._models, task.model, task, sandbox))


def _work(form: Literal["tools", "whole"]) -> Work:
    if form == "tools":
        from integrations.agents.native.conversation import work_with_tools  # noqa: PLC0415 - slow

        return work_with_tools
    from integrations.agents.native.whole import write_whole  # noqa: PLC0415 - slow import

    return write_whole
