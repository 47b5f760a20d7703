"""The environment of child processes: what it keeps of ours, and what it must not."""

import json
import os
import subprocess
import sys

from worker.settings.child import for_child, with_added

OURS = {
    "PATH": "/bin:/usr/bin",
    "LINEAR_API_KEY": "real-linear-key",
    "OPENAI_API_KEY": "real-openai-key",
    "TRIGGER_LABEL": "agent",
    "HTTPS_PROXY": "http://proxy.example:3128",
}


def said(expression: str) -> dict[str, str]:
    """What a process whose whole environment is ``OURS`` makes of it."""
    code = f"import json; from worker.settings.child import *; print(json.dumps({expression}))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=OURS, capture_output=True, text=True, check=True)
    answer: dict[str, str] = json.loads(done.stdout)
    return {name: value for name, value in answer.items() if not name.startswith("LC_")}


def test_added_variables_win_over_our_own() -> None:
    assert said('with_added({"TRIGGER_LABEL": "robot", "NEW": "1"})') == OURS | {
        "TRIGGER_LABEL": "robot",
        "NEW": "1",
    }


def test_a_child_gets_none_of_our_settings_but_the_rest() -> None:
    given = said('for_child({"LINEAR_API_KEY": "stub-key"})')
    assert given == {
        "PATH": OURS["PATH"],
        "HTTPS_PROXY": OURS["HTTPS_PROXY"],
        "LINEAR_API_KEY": "stub-key",
    }


def test_settings_that_are_named_stay_unless_they_are_given_anew() -> None:
    given = said('for_child({"TRIGGER_LABEL": "x"}, keep=["OPENAI_API_KEY", "TRIGGER_LABEL"])')
    assert given["OPENAI_API_KEY"] == "real-openai-key"
    assert given["TRIGGER_LABEL"] == "x"
    assert "LINEAR_API_KEY" not in given


def test_our_own_environment_stays_as_it_is() -> None:
    before = dict(os.environ)  # noqa: TID251 - that nothing changes it
    name = "STORYFLEET_TEST_ONLY"
    assert with_added({name: "1"})[name] == "1"
    assert for_child({name: "1"})[name] == "1"
    assert dict(os.environ) == before  # noqa: TID251
