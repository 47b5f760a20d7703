"""One question to the judge's model, and the form that its answer must have."""

import asyncio
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic_ai import Agent, NativeOutput, ToolOutput, capture_run_messages
from pydantic_ai import exceptions as ai
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings

from integrations.llm.models import ModelProviders
from worker.domain.budget import Spend
from worker.domain.question import JudgeAnswer, JudgeQuestion
from worker.domain.verdict import CriterionJudgement, Judgement, Status

ANSWER_TOKENS = 8192


class CriterionAnswer(BaseModel):
    """The judgement of one acceptance criterion; the quotation comes before the status, so that
    a model looks for evidence before it decides.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    number: int = Field(description="The criterion's number.")
    quotation: str = Field(description="Copied character by character from the evidence.")
    note: str = Field(description="One sentence that says why.")
    status: Literal["met", "not met", "unknown"]


class JudgementAnswer(BaseModel):
    """The judgement of a change."""

    model_config = ConfigDict(extra="forbid", strict=True, title="Judgement")

    criteria: list[CriterionAnswer] = Field(description="Each acceptance criterion exactly once.")
    feedback: str = Field(description="What the author should do next; empty if nothing.")

    def judgement(self) -> Judgement:
        """The same as a value of the domain."""
        criteria = tuple(
            CriterionJudgement(c.number, Status(c.status), c.quotation, c.note)
            for c in self.criteria
        )
        return Judgement(criteria, self.feedback)


async def ask(models: ModelProviders, question: JudgeQuestion) -> JudgeAnswer:
    """The judge's answer, readable or not. Raises TimeoutError and what ``models.fault`` makes."""
    with capture_run_messages() as messages:
        try:
            async with (
                asyncio.timeout(question.timeout_seconds),
                models.open(question.model, temperature=0.0) as model,
            ):
                run = await _agent(model, question.instructions).run(question.evidence)
        except ai.ModelContextWindowExceededError as fault:
            return JudgeAnswer(None, Spend(), f"The evidence is too long for the model: {fault}")
        except ai.ModelAPIError as fault:
            raise models.fault(question.model, fault) from fault
        except ai.UnexpectedModelBehavior as fault:
            return JudgeAnswer(None, _spend(models, question, messages), _why(fault))
    return JudgeAnswer(run.output.judgement(), _spend(models, question, messages))


def _agent(model: Model, instructions: str) -> Agent[None, JudgementAnswer]:
    """No tools, and no second try here: whether to ask again is for the core to say."""
    native = model.profile.get("supports_json_schema_output", False)
    form = (NativeOutput if native else ToolOutput)(JudgementAnswer, name="judgement")
    return Agent(
        model,
        output_type=form,
        instructions=instructions,
        retries=0,
        model_settings=ModelSettings(max_tokens=ANSWER_TOKENS),
    )


def _spend(models: ModelProviders, question: JudgeQuestion, messages: list[ModelMessage]) -> Spend:
    answers = [m for m in messages if isinstance(m, ModelResponse)]
    return sum((models.spend(question.model, each) for each in answers), Spend())


def _why(fault: ai.UnexpectedModelBehavior) -> str:
    """The innermost cause tells most: which part of the schema was missed."""
    cause: BaseException = fault
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return " ".join(str(cause).split())[:500]
