"""What the gateway saw decides how a session ended, whatever the agent says of itself."""

from dataclasses import replace

import pytest

from worker.domain.access import CallOutcome, ModelCall, Passage
from worker.domain.budget import Spend
from worker.domain.errors import (
    ConfigurationError,
    FleetError,
    PermanentError,
    RateLimited,
    Unavailable,
)
from worker.domain.transcript import AgentSession
from worker.stages.passage import settled

GOOD = ModelCall("openai:m", CallOutcome.ANSWERED, 200, Spend(100, 10, 5, 0, 0.0, 1))
LEFT = ModelCall("openai:m", CallOutcome.LEFT, 200, Spend(100, 10, 5, 0, 0.0, 1))
SESSION = AgentSession("All done!")


def call(outcome: CallOutcome, status: int = 0) -> ModelCall:
    return ModelCall("openai:m", outcome, status, detail="their words", retry_after_seconds=7.0)


@pytest.mark.parametrize(
    ("outcome", "error"),
    [
        (CallOutcome.RATE_LIMITED, RateLimited),
        (CallOutcome.UNAUTHORISED, ConfigurationError),
        (CallOutcome.NO_CREDIT, PermanentError),
        (CallOutcome.FAILED, Unavailable),
        (CallOutcome.UNREACHABLE, Unavailable),
        (CallOutcome.TIMED_OUT, Unavailable),
        (CallOutcome.CUT, Unavailable),
    ],
)
def test_where_no_model_answered_the_run_comes_back_later_or_ends(
    outcome: CallOutcome, error: type[FleetError]
) -> None:
    with pytest.raises(error, match="their words"):
        settled(SESSION, Passage((call(outcome, 500),)))


def test_the_time_that_a_provider_names_is_kept() -> None:
    with pytest.raises(RateLimited) as raised:
        settled(SESSION, Passage((call(CallOutcome.RATE_LIMITED, 429),)))
    assert raised.value.retry_after_seconds == 7.0


@pytest.mark.parametrize(
    "outcome", [CallOutcome.OVER_BUDGET, CallOutcome.NOT_ALLOWED, CallOutcome.REJECTED]
)
def test_what_the_agent_did_wrong_is_a_round(outcome: CallOutcome) -> None:
    session = settled(SESSION, Passage((call(outcome),)))
    assert session.failure is not None
    assert str(outcome) in session.failure


def test_a_budget_too_small_for_even_one_call_is_known_as_such() -> None:
    refused = replace(call(CallOutcome.OVER_BUDGET), out_of="money")
    again = replace(refused, out_of=None)
    assert settled(SESSION, Passage((refused, again))).out_of == "money"


@pytest.mark.parametrize("made", [GOOD, LEFT], ids=["answered", "left"])
def test_a_budget_that_paid_for_a_call_may_pay_for_another(made: ModelCall) -> None:
    refused = replace(call(CallOutcome.OVER_BUDGET), out_of="money")
    assert settled(SESSION, Passage((made, refused))).out_of is None
    assert settled(SESSION, Passage((made,))).out_of is None


def test_after_an_answer_every_end_is_a_round_and_its_cost_is_kept() -> None:
    passage = Passage((GOOD, call(CallOutcome.UNAUTHORISED, 401), GOOD), ("a:443: no",))
    session = settled(AgentSession("", failure="exited 0"), passage)
    assert session.failure is not None
    assert "key refused, HTTP 401: their words" in session.failure
    assert "exited 0" in session.failure
    assert session.spend == Spend(200, 20, 10, 0, 0.0, 2)
    assert session.calls == passage.calls
    assert session.refusals == ("a:443: no",)


def test_a_failure_that_was_overcome_is_none() -> None:
    session = settled(SESSION, Passage((call(CallOutcome.FAILED, 500), GOOD)))
    assert session.failure is None


@pytest.mark.parametrize("outcome", [CallOutcome.NOT_ALLOWED, CallOutcome.LEFT])
def test_a_stray_request_beside_an_answer_is_no_failure(outcome: CallOutcome) -> None:
    assert settled(SESSION, Passage((GOOD, call(outcome)))).failure is None


def test_an_agent_that_called_nothing_keeps_its_own_account() -> None:
    assert settled(AgentSession("", failure="exited 2"), Passage()).failure == "exited 2"
