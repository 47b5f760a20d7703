"""What the judge is asked, and what comes back."""

from dataclasses import dataclass

from worker.domain.budget import Spend
from worker.domain.verdict import Judgement


@dataclass(frozen=True, slots=True)
class JudgeQuestion:
    """What the judge is told and asked."""

    instructions: str
    evidence: str
    model: str
    timeout_seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class JudgeAnswer:
    """What came back: a judgement, or None where the answer was none, and its cost either way."""

    judgement: Judgement | None
    spend: Spend
    fault: str = ""
    """Why there is no judgement."""
