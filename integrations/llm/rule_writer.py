"""The RuleWriter on a model: asks one question, once, and reads the answer by a strict schema."""

import asyncio

from integrations.llm.models import ModelProviders
from worker.domain.errors import Unavailable
from worker.domain.rule import RuleAnswer, RuleQuestion


class LlmRuleWriter:
    """Asks whatever model the question names. It has no tools: it can only answer."""

    def __init__(self, models: ModelProviders) -> None:
        self._models = models

    def draft(self, question: RuleQuestion) -> RuleAnswer:
        """Ask, within the question's time, all retries included.

        Raises Unavailable, PermanentError, RateLimited.
        """
        from integrations.llm.drafting import ask  # noqa: PLC0415 - pydantic-ai imports slowly

        try:
            return asyncio.run(ask(self._models, question))
        except TimeoutError as fault:
            seconds = question.timeout_seconds
            raise Unavailable(f"The model did not answer within {seconds:g} seconds.") from fault
