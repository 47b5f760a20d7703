"""One question about what went wrong in a run, and the form that its answer must have."""

from pydantic import BaseModel, ConfigDict, Field

from integrations.llm.conversation import converse
from integrations.llm.models import ModelProviders
from worker.domain.rule import RuleAnswer, RuleDraft, RuleQuestion


class DraftAnswer(BaseModel):
    """The draft; the evidence comes first, so that a model looks before it concludes."""

    model_config = ConfigDict(extra="forbid", strict=True, title="RuleDraft")

    evidence: list[int] = Field(description="Numbers of the facts that the root cause rests on.")
    root_cause: str = Field(description="The one root cause, in one or two sentences.")
    rule: str = Field(description="One general rule, in one line, as an instruction.")


async def ask(models: ModelProviders, question: RuleQuestion) -> RuleAnswer:
    """The draft, readable or not. Raises TimeoutError and what ``models.fault`` makes."""
    answer = await converse(models, question, DraftAnswer, "rule_draft")
    given = answer.output
    draft = RuleDraft(given.root_cause, given.rule, tuple(given.evidence)) if given else None
    return RuleAnswer(draft, answer.spend, answer.fault)
