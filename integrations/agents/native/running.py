"""Runs one session with its model, within its time, and turns how it ended into a report."""

import asyncio
from collections.abc import Awaitable, Callable

from pydantic_ai import exceptions as ai
from pydantic_ai.models import Model

from integrations.agents.native.session import OpenModel, Session, Stopped
from worker.domain.transcript import AgentSession


async def run(
    opening: OpenModel, session: Session, work: Callable[[Model], Awaitable[str]]
) -> AgentSession:
    """The report of a session whose ``work`` returns its summary or raises Stopped.

    A call of the model that failed is a failed session: the gateway knows why, and whether anything
    was lost.
    """
    seconds = session.task.timeout_seconds
    try:
        async with asyncio.timeout(seconds) as clock, opening as model:
            return session.report(await work(model))
    except TimeoutError:
        if not clock.expired():
            raise
        return session.report("", f"The session was stopped: timeout, {seconds:g} s.")
    except (Stopped, ai.ModelAPIError, ai.UsageLimitExceeded, ai.UnexpectedModelBehavior) as end:
        return session.report("", _why(end))


def _why(end: Exception) -> str:
    match end:
        case ai.ModelContextWindowExceededError():
            return f"The session grew too long for the model: {end}"
        case ai.ModelAPIError():
            return f"The session broke off: {end}"
        case ai.UsageLimitExceeded():
            return f"The session was stopped after too many model calls: {end}"
        case ai.UnexpectedModelBehavior():
            return f"The model's answer could not be used: {end}"
        case _:
            return str(end)
