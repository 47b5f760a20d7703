"""A RuleWriter that plays a script: for tests, and for trying the fleet without a model."""

from worker.domain.budget import Spend
from worker.domain.errors import FleetError
from worker.domain.rule import RuleAnswer, RuleDraft, RuleQuestion

ONE_CALL = Spend(model_calls=1)


class ScriptedRuleWriter:
    """Gives its answers in order, the last one again and again; an error is raised."""

    def __init__(self, *answers: RuleAnswer | FleetError) -> None:
        self._answers = answers or (unreadable("the script has no answer"),)
        self.questions: list[RuleQuestion] = []
        """What it was asked, in order."""

    def draft(self, question: RuleQuestion) -> RuleAnswer:
        """The next answer. Raises the script's errors."""
        answer = self._answers[min(len(self.questions), len(self._answers) - 1)]
        self.questions.append(question)
        if isinstance(answer, FleetError):
            raise answer
        return answer


def drafted(root_cause: str, rule: str, *evidence: int, spend: Spend = ONE_CALL) -> RuleAnswer:
    """A draft that rests on these facts, by their numbers."""
    return RuleAnswer(RuleDraft(root_cause, rule, evidence), spend)


def unreadable(fault: str, spend: Spend = ONE_CALL) -> RuleAnswer:
    """An answer that is no draft."""
    return RuleAnswer(None, spend, fault)
