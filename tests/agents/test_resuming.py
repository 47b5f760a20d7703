"""Each agent that can go on with a session does so in another sandbox, and begins anew in the same
round where that fails.
"""

import json

import pytest

from integrations.agents.installed import InstalledAgent
from integrations.agents.recipe import recipes
from integrations.stubs.models import Answer
from tests.agents.rig import KEY, MODELS, Ended, Rig, installed
from tests.agents.vocabulary import BETTER, FILES, RIGHT, SPEECHES, WRONG, Speech
from worker.domain.access import CallOutcome

pytestmark = [pytest.mark.agents, pytest.mark.timeout(900)]

RESUMING = sorted(name for name, recipe in recipes().items() if recipe.resume)
FIRST, SECOND = "Mend `add`. FIRST-ROUND", "It takes the rest: mend it. SECOND-ROUND"
WHOLE = "The whole story again. WHOLE-PROMPT"


@pytest.fixture(params=RESUMING)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def agent(name: str) -> InstalledAgent:
    return installed(name)


def first_round(rig: Rig, agent: InstalledAgent, speech: Speech, *then: Answer) -> Ended:
    rig.script(*speech.edit(WRONG, BETTER), *then)
    ended = rig.work(agent, MODELS[speech.provider], FILES, prompt=FIRST)
    assert ended.session.failure is None
    assert not ended.session.resumed
    assert ended.session.id
    assert ended.state is not None
    return ended


def asked(rig: Rig, since: int) -> str:
    return json.dumps(rig.stubs.models.requests[since]["messages"])


def test_the_next_round_remembers_the_one_before(
    rig: Rig, agent: InstalledAgent, speech: Speech
) -> None:
    first = first_round(rig, agent, speech, *speech.edit(BETTER, RIGHT))
    before = len(rig.stubs.models.requests)

    second = rig.work(
        agent,
        MODELS[speech.provider],
        first.commit,
        prompt=WHOLE,
        resumption=first.resumption(SECOND),
    )

    assert second.session.failure is None
    assert second.session.resumed
    assert second.session.id == first.session.id
    assert RIGHT in second.files["calc.py"]
    assert set(second.files) == set(FILES)
    told = asked(rig, before)
    assert told.count("FIRST-ROUND") == 1, "the first round's prompt"
    assert BETTER in told, "what the first round's command put out"
    assert told.index("FIRST-ROUND") < told.index("SECOND-ROUND")
    assert "WHOLE-PROMPT" not in told
    calls = [*first.passage.calls, *second.passage.calls]
    assert {call.outcome for call in calls} == {CallOutcome.ANSWERED}
    spent = first.passage.spend + second.passage.spend
    assert (spent.input_tokens, spent.output_tokens) == rig.stubs.models.tokens
    assert KEY.encode() not in (first.state or b"") + (second.state or b"")


def test_a_session_that_it_does_not_know_is_begun_anew(
    rig: Rig, agent: InstalledAgent, speech: Speech, name: str
) -> None:
    """Whatever it does then: one says so, and another silently begins without the task."""
    first = first_round(rig, agent, speech, *speech.edit(BETTER, RIGHT), *speech.edit(RIGHT, RIGHT))
    unknown = first.session.id.translate(str.maketrans("0123456789", "1234567890"))
    resumption = first.resumption(SECOND)
    before = len(rig.stubs.models.requests)

    second = rig.work(
        agent,
        MODELS[SPEECHES[name].provider],
        first.commit,
        prompt=WHOLE,
        resumption=type(resumption)(unknown, resumption.archive, SECOND),
    )

    assert second.session.failure is None
    assert not second.session.resumed
    assert second.session.id not in ("", unknown)
    assert RIGHT in second.files["calc.py"]
    assert "could not be gone on with" in second.session.actions[0].text
    requests = rig.stubs.models.requests[before:]
    assert "WHOLE-PROMPT" in json.dumps(requests[-1]["messages"])


def test_a_state_that_is_broken_is_begun_anew(
    rig: Rig, agent: InstalledAgent, speech: Speech
) -> None:
    first = first_round(rig, agent, speech, *speech.edit(BETTER, RIGHT))
    resumption = first.resumption(SECOND)
    broken = bytearray(resumption.archive)
    at = 512  # after the first header; every further header is left as it is
    while at < len(broken):
        broken[at : at + 64] = b"#" * len(broken[at : at + 64])
        at += 512 * 1024
    second = rig.work(
        agent,
        MODELS[speech.provider],
        first.commit,
        prompt=WHOLE,
        resumption=type(resumption)(resumption.session, bytes(broken), SECOND),
    )
    assert second.session.failure is None
    assert RIGHT in second.files["calc.py"]
