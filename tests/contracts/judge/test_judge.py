"""One suite for every judge: the scripted one, and the LLM judge over HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from integrations.llm.judge import LlmJudge
from integrations.llm.models import ModelProviders
from integrations.memory.judge import ScriptedJudge, accepting, rejecting, unreadable
from integrations.stubs import StubsConfig, start_stubs
from integrations.stubs.models import Answer, Script
from worker.domain.errors import FleetError, JudgeUnavailable, RateLimited
from worker.domain.question import JudgeAnswer, JudgeQuestion
from worker.domain.verdict import Status
from worker.ports import Judge

QUESTION = JudgeQuestion("You judge.", "2 passed", "openai:judge", timeout_seconds=20.0)
MakeJudge = Callable[..., Judge]

_CRITERION = {"number": 1, "quotation": "2 passed", "note": "shown"}
_HTTP = {
    "accept": Answer(structured={"criteria": [_CRITERION | {"status": "met"}], "feedback": ""}),
    "reject": Answer(
        structured={"criteria": [_CRITERION | {"status": "not met"}], "feedback": "Go on."}
    ),
    "garbage": Answer("fine by me"),
    "limited": Answer("slow down", error=429, retry_after_seconds=30),
    "silent": Answer("gone", error=503),
}
_MEMORY: dict[str, JudgeAnswer | FleetError] = {
    "accept": accepting([1], "2 passed"),
    "reject": rejecting([1], "Go on."),
    "garbage": unreadable("no judgement"),
    "limited": RateLimited("slow down", 30.0),
    "silent": JudgeUnavailable("gone"),
}


@pytest.fixture(params=["memory", "http"])
def judge(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeJudge]:
    if request.param == "memory":
        yield lambda *words: ScriptedJudge(*(_MEMORY[word] for word in words))
        return
    with start_stubs(StubsConfig(git_root=tmp_path)) as stubs:

        def make(*words: str) -> Judge:
            last = [_HTTP[words[-1]]] * 3
            stubs.models.script = Script.in_order(*(_HTTP[word] for word in words), *last)
            return LlmJudge(ModelProviders(openai_base_url=f"{stubs.url}/openai/v1"))

        yield make


def test_answers_come_one_by_one(judge: MakeJudge) -> None:
    asked = judge("reject", "accept")
    first, second = asked.assess(QUESTION).judgement, asked.assess(QUESTION).judgement
    assert first is not None
    assert second is not None
    assert (first.criteria[0].status, first.feedback) == (Status.NOT_MET, "Go on.")
    assert (second.criteria[0].status, second.criteria[0].quotation) == (Status.MET, "2 passed")


def test_an_answer_that_is_no_judgement_is_paid_for_and_explained(judge: MakeJudge) -> None:
    answer = judge("garbage").assess(QUESTION)
    assert answer.judgement is None
    assert answer.fault
    assert answer.spend.model_calls == 1


def test_a_rate_limit_says_when_to_come_back(judge: MakeJudge) -> None:
    with pytest.raises(RateLimited) as caught:
        judge("limited").assess(QUESTION)
    assert caught.value.retry_after_seconds == 30.0


def test_silence(judge: MakeJudge) -> None:
    with pytest.raises(JudgeUnavailable):
        judge("silent").assess(QUESTION)
