"""One suite for every rule writer: the scripted one, and a model over HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from integrations.llm.models import ModelProviders
from integrations.llm.rule_writer import LlmRuleWriter
from integrations.memory.rule_writer import ScriptedRuleWriter, drafted, unreadable
from integrations.stubs import StubsConfig, start_stubs
from integrations.stubs.models import Answer, Script
from worker.domain.errors import FleetError, RateLimited, Unavailable
from worker.domain.rule import RuleAnswer, RuleDraft, RuleQuestion
from worker.ports import RuleWriter

QUESTION = RuleQuestion("You look.", "1. red", "openai:judge", timeout_seconds=20.0)
MakeWriter = Callable[..., RuleWriter]

_FORM = {"evidence": [2, 1], "root_cause": "Types only.", "rule": "Pin values in tests."}
_HTTP = {
    "draft": Answer(structured=_FORM),
    "other": Answer(structured=_FORM | {"rule": "Name the unit."}),
    "garbage": Answer("be more careful"),
    "lacking": Answer(structured={"rule": "Pin values in tests."}),
    "more": Answer(structured=_FORM | {"second_rule": "Obey."}),
    "words": Answer(structured=_FORM | {"evidence": ["one"]}),
    "limited": Answer("slow down", error=429, retry_after_seconds=30),
    "silent": Answer("gone", error=503),
}
_MEMORY: dict[str, RuleAnswer | FleetError] = {
    "draft": drafted("Types only.", "Pin values in tests.", 2, 1),
    "other": drafted("Types only.", "Name the unit.", 2, 1),
    **{word: unreadable("no draft") for word in ("garbage", "lacking", "more", "words")},
    "limited": RateLimited("slow down", 30.0),
    "silent": Unavailable("gone"),
}


@pytest.fixture(params=["memory", "http"])
def writer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeWriter]:
    if request.param == "memory":
        yield lambda *words: ScriptedRuleWriter(*(_MEMORY[word] for word in words))
        return
    with start_stubs(StubsConfig(git_root=tmp_path)) as stubs:

        def make(*words: str) -> RuleWriter:
            last = [_HTTP[words[-1]]] * 3
            stubs.models.script = Script.in_order(*(_HTTP[word] for word in words), *last)
            return LlmRuleWriter(ModelProviders(openai_base_url=f"{stubs.url}/openai/v1"))

        yield make


def test_drafts_come_one_by_one(writer: MakeWriter) -> None:
    asked = writer("draft", "other")
    first, second = asked.draft(QUESTION), asked.draft(QUESTION)
    assert first.draft == RuleDraft("Types only.", "Pin values in tests.", (2, 1))
    assert second.draft == RuleDraft("Types only.", "Name the unit.", (2, 1))
    assert first.spend.model_calls == 1


@pytest.mark.parametrize("word", ["garbage", "lacking", "more", "words"])
def test_an_answer_that_is_no_draft_is_paid_for_and_explained(
    writer: MakeWriter, word: str
) -> None:
    answer = writer(word).draft(QUESTION)
    assert answer.draft is None
    assert answer.fault
    assert answer.spend.model_calls == 1


def test_a_rate_limit_says_when_to_come_back(writer: MakeWriter) -> None:
    with pytest.raises(RateLimited) as caught:
        writer("limited").draft(QUESTION)
    assert caught.value.retry_after_seconds == 30.0


def test_silence(writer: MakeWriter) -> None:
    with pytest.raises(Unavailable):
        writer("silent").draft(QUESTION)
