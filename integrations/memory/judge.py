"""A judge that plays a script: for tests, and for trying the fleet without a model."""

from collections.abc import Sequence

from worker.domain.budget import Spend
from worker.domain.errors import FleetError
from worker.domain.question import JudgeAnswer, JudgeQuestion
from worker.domain.verdict import CriterionJudgement, Judgement, Status

ONE_CALL = Spend(model_calls=1)


class ScriptedJudge:
    """Gives its answers in order, the last one again and again; an error is raised."""

    def __init__(self, *answers: JudgeAnswer | FleetError) -> None:
        self._answers = answers or (unreadable("the script has no answer"),)
        self.questions: list[JudgeQuestion] = []
        """What it was asked, in order."""

    def assess(self, question: JudgeQuestion) -> JudgeAnswer:
        """The next answer. Raises the script's errors."""
        answer = self._answers[min(len(self.questions), len(self._answers) - 1)]
        self.questions.append(question)
        if isinstance(answer, FleetError):
            raise answer
        return answer


def accepting(numbers: Sequence[int], quotation: str, spend: Spend = ONE_CALL) -> JudgeAnswer:
    """Each of these criteria is met, for the same quotation."""
    criteria = tuple(CriterionJudgement(n, Status.MET, quotation, "shown") for n in numbers)
    return JudgeAnswer(Judgement(criteria, ""), spend)


def rejecting(numbers: Sequence[int], feedback: str, spend: Spend = ONE_CALL) -> JudgeAnswer:
    """None of these criteria is met."""
    criteria = tuple(CriterionJudgement(n, Status.NOT_MET, "", "missing") for n in numbers)
    return JudgeAnswer(Judgement(criteria, feedback), spend)


def unreadable(fault: str, spend: Spend = ONE_CALL) -> JudgeAnswer:
    """An answer that is no judgement."""
    return JudgeAnswer(None, spend, fault)
