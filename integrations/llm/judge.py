"""The LLM evaluator: asks one question, once, and reads the answer by a strict schema."""

import asyncio

from integrations.llm.models import ModelProviders
from worker.domain.errors import JudgeUnavailable, Unavailable
from worker.domain.question import JudgeAnswer, JudgeQuestion


class LlmJudge:
    """Judges with whatever model the question names. It has no tools: it can only answer."""

    def __init__(self, models: ModelProviders) -> None:
        self._models = models

    def assess(self, question: JudgeQuestion) -> JudgeAnswer:
        """Ask, within the question's time, all retries included.

        Raises JudgeUnavailable, PermanentError, RateLimited.
        """
        from integrations.llm.asking import ask  # noqa: PLC0415 - pydantic-ai imports slowly

        try:
            return asyncio.run(ask(self._models, question))
        except TimeoutError as fault:
            seconds = question.timeout_seconds
            raise JudgeUnavailable(f"no answer within {seconds:g} seconds") from fault
        except Unavailable as fault:
            raise JudgeUnavailable(str(fault)) from fault
