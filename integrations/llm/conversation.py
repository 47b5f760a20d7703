"""One question to a model, whose answer must have the form of a pydantic model."""

import asyncio
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel
from pydantic_ai import Agent, NativeOutput, ToolOutput, capture_run_messages
from pydantic_ai import exceptions as ai
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings

from integrations.llm.models import ModelProviders
from worker.domain.budget import Spend

ANSWER_TOKENS = 8192

Form = TypeVar("Form", bound=BaseModel)


class Question(Protocol):
    """What a model is told and asked."""

    @property
    def instructions(self) -> str: ...

    @property
    def evidence(self) -> str: ...

    @property
    def model(self) -> str: ...

    @property
    def timeout_seconds(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Answered(Generic[Form]):
    """The answer in its form, or None and why, and what it cost either way."""

    output: Form | None
    spend: Spend
    fault: str = ""


async def converse(
    models: ModelProviders, question: Question, form: type[Form], name: str
) -> Answered[Form]:
    """Ask once. Raises TimeoutError and what ``models.fault`` makes."""
    with capture_run_messages() as messages:
        try:
            async with (
                asyncio.timeout(question.timeout_seconds),
                models.open(question.model, temperature=0.0) as model,
            ):
                agent = _agent(model, question.instructions, form, name)
                run = await agent.run(question.evidence)
        except ai.ModelContextWindowExceededError as fault:
            return Answered(None, Spend(), f"The evidence is too long for the model: {fault}")
        except ai.ModelAPIError as fault:
            raise models.fault(question.model, fault) from fault
        except ai.UnexpectedModelBehavior as fault:
            return Answered(None, _spend(models, question, messages), _why(fault))
    return Answered(run.output, _spend(models, question, messages))


def _agent(model: Model, instructions: str, form: type[Form], name: str) -> Agent[None, Form]:
    """No tools, and no second try here: whether to ask again is for the core to say."""
    native = model.profile.get("supports_json_schema_output", False)
    return Agent(
        model,
        output_type=(NativeOutput if native else ToolOutput)(form, name=name),
        instructions=instructions,
        retries=0,
        model_settings=ModelSettings(max_tokens=ANSWER_TOKENS),
    )


def _spend(models: ModelProviders, question: Question, messages: list[ModelMessage]) -> Spend:
    answers = [m for m in messages if isinstance(m, ModelResponse)]
    return sum((models.spend(question.model, each) for each in answers), Spend())


def _why(fault: ai.UnexpectedModelBehavior) -> str:
    """The innermost cause tells most: which part of the schema was missed."""
    cause: BaseException = fault
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return " ".join(str(cause).split())[:500]
