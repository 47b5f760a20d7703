"""What the provider did wrong is told by the gateway, whatever the agent makes of it: one of them
calls half an answer a good one, and another exits 0 always.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from integrations.agents.installed import InstalledAgent
from integrations.stubs.models import Answer, Rule, Script
from tests.agents.rig import MODELS, Rig
from tests.agents.vocabulary import FILES, Speech
from worker.domain.access import CallOutcome
from worker.domain.budget import Budget
from worker.domain.errors import ConfigurationError, FleetError, RateLimited, Unavailable
from worker.stages.passage import settled

pytestmark = [pytest.mark.agents, pytest.mark.timeout(900)]

LONG = "A sentence that is sent in several pieces. " * 40
_SLOW_DOWN = Answer("Slow down.", error=429, retry_after_seconds=1)
FAULTS: Mapping[str, tuple[Answer, CallOutcome, type[FleetError]]] = {
    "401": (Answer("Bad key.", error=401), CallOutcome.UNAUTHORISED, ConfigurationError),
    "429": (_SLOW_DOWN, CallOutcome.RATE_LIMITED, RateLimited),
    "500": (Answer("Sorry.", error=500), CallOutcome.FAILED, Unavailable),
    "hang": (Answer(hang=True), CallOutcome.TIMED_OUT, Unavailable),
    "cut": (Answer(LONG, cut=True), CallOutcome.CUT, Unavailable),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_providers_fault_is_known(
    rig: Rig, agent: InstalledAgent, speech: Speech, name: str, fault: str
) -> None:
    answer, outcome, error = FAULTS[fault]
    rig.attempt_timeout_seconds = 2.0
    rig.stubs.models.script = Script([Rule([answer], repeat=True)])
    ended = rig.work(agent, MODELS[speech.provider], FILES)
    trouble = ended.passage.trouble
    assert trouble is not None
    assert trouble.outcome is outcome
    assert ended.files == FILES
    with pytest.raises(error):
        settled(ended.session, ended.passage)


def test_a_used_up_budget_ends_it(
    rig: Rig,
    agent: InstalledAgent,
    speech: Speech,
    name: str,
    record_property: Callable[[str, object], None],
) -> None:
    busy = replace(speech.busy(), input_tokens=50_000)
    rig.stubs.models.script = Script([Rule([busy], repeat=True)])
    allowance = Budget(max_tokens=60_000)
    ended = rig.work(agent, MODELS[speech.provider], FILES, allowance=allowance)
    trouble = ended.passage.trouble
    assert trouble is not None
    assert trouble.outcome is CallOutcome.OVER_BUDGET
    assert ended.session.failure
    assert ended.seconds_after_refusal is not None
    record_property("seconds_after_refusal", round(ended.seconds_after_refusal, 2))
