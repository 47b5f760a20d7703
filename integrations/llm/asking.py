"""One question to the judge's model, and the form that its answer must have."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from integrations.llm.conversation import converse
from integrations.llm.models import ModelProviders
from worker.domain.question import JudgeAnswer, JudgeQuestion
from worker.domain.verdict import CriterionJudgement, Judgement, Status


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
    answer = await converse(models, question, JudgementAnswer, "judgement")
    judgement = answer.output.judgement() if answer.output is not None else None
    return JudgeAnswer(judgement, answer.spend, answer.fault)
