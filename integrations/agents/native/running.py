"""Runs one session with an open model, within its time, and turns how it ended into a report."""

import asyncio
from collections.abc import Awaitable, Callable

from pydantic_ai import exceptions as ai
from pydantic_ai.models import Model

from integrations.agents.native.session import LanguageModels, Session, Stopped, temperature
from worker.domain.errors import RetryableError
from worker.domain.transcript import AgentSession


async def run(
    models: LanguageModels,
    name: str,
    session: Session,
    work: Callable[[Model], Awaitable[str]],
) -> AgentSession:
    """The report of a session whose ``work`` returns its summary or raises Stopped.

    An error of the model before its first answer is raised, as ``models.fault`` makes it: nothing
    is lost by trying later. After it, what was done and spent must be kept: the session failed.
    """
    task = session.task
    try:
        async with asyncio.timeout(task.timeout_seconds) as clock:
            warmth = temperature(task.round_number)
            async with models.open(name, temperature=warmth, seed=task.round_number) as model:
                return session.report(await work(model))
    except TimeoutError:
        if not clock.expired():
            raise
        return session.report("", f"The session was stopped: timeout, {task.timeout_seconds:g} s.")
    except ai.ModelAPIError as error:
        fault = models.fault(name, error)
        if isinstance(error, ai.ModelContextWindowExceededError):
            return session.report("", f"The session grew too long for the model. {fault}")
        if isinstance(fault, RetryableError) and session.spend.model_calls:
            return session.report("", f"The session broke off. {fault}")
        raise fault from error
    except (Stopped, ai.UsageLimitExceeded, ai.UnexpectedModelBehavior) as end:
        return session.report("", _why(end))


def _why(end: Exception) -> str:
    match end:
        case ai.UsageLimitExceeded():
            return f"The session was stopped after too many model calls: {end}"
        case ai.UnexpectedModelBehavior():
            return f"The model's answer could not be used: {end}"
        case _:
            return str(end)
