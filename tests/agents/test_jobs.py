"""Each agent does its job through the gateway, and the gateway counts what the provider counts."""

import json

import pytest

from integrations.agents.installed import InstalledAgent
from tests.agents.rig import KEY, MODELS, Rig
from tests.agents.vocabulary import BETTER, FILES, RIGHT, WRONG, Speech
from worker.domain.access import CallOutcome

pytestmark = [pytest.mark.agents, pytest.mark.timeout(900)]


def test_a_job_of_two_rounds_ends_in_the_right_edit(
    rig: Rig, agent: InstalledAgent, speech: Speech, name: str
) -> None:
    model = MODELS[speech.provider]
    rig.script(*speech.edit(WRONG, BETTER), *speech.edit(BETTER, RIGHT))

    first = rig.work(agent, model, FILES)
    assert first.session.failure is None
    assert BETTER in first.files["calc.py"]

    second = rig.work(agent, model, first.files, prompt="`add` in calc.py takes the rest: mend it.")
    assert second.session.failure is None
    assert RIGHT in second.files["calc.py"]
    assert set(second.files) == set(FILES), "the agent left nothing of its own in the checkout"

    calls = [*first.passage.calls, *second.passage.calls]
    assert {call.outcome for call in calls} == {CallOutcome.ANSWERED}
    spent = first.passage.spend + second.passage.spend
    assert (spent.input_tokens, spent.output_tokens) == rig.stubs.models.tokens
    assert spent.model_calls == len(rig.stubs.models.requests)


def test_what_it_did_is_told(rig: Rig, agent: InstalledAgent, speech: Speech, name: str) -> None:
    rig.script(*speech.edit(WRONG, RIGHT))
    ended = rig.work(agent, MODELS[speech.provider], FILES)
    session = ended.session
    assert session.summary
    if speech.shell is None:
        assert [a.text for a in session.actions if a.kind == "write"] == ["calc.py"]
        return
    shell = next(action for action in session.actions if action.kind == "shell")
    assert "sed -i" in shell.text
    assert RIGHT in shell.output
    assert shell.exit_code == (3 if speech.tells_exit_codes else None)


def test_a_long_prompt_reaches_it_whole_and_no_key_does(
    rig: Rig, agent: InstalledAgent, speech: Speech, name: str
) -> None:
    """Linux refuses an argument of 128 KiB."""
    rig.script(*speech.edit(WRONG, RIGHT))
    marked = f"Mend calc.py. {'Mend it well. ' * 12_000} END-OF-IT"
    ended = rig.work(agent, MODELS[speech.provider], FILES, prompt=marked)
    assert ended.session.failure is None
    assert "END-OF-IT" in json.dumps(rig.stubs.models.requests[0]["messages"])
    assert KEY not in repr(ended.session)
