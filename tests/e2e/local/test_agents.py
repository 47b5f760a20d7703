"""``fleet run`` with each coding agent, on a real package: red, then green, and nothing touched."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from integrations.llm.local_model import MODEL, WEIGHTS, LocalModel
from integrations.stubs.models.script import Answer, Rule, Script, ToolCall
from integrations.stubs.server import Stubs
from tests.e2e.local.person import ROOT, Ended, Person, repository, snapshot
from worker.demo.scene import for_smollm2

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

STORY = """# Double an amount

Add `double(amount)` to `tills/money.py`.

## Acceptance criteria

- `double(4)` returns 8
- the old tests still pass
"""
BRANCH = "agent/LOCAL-story-double-an-amount"
BEFORE = "def total(items):\n    return sum(items)\n"
RED = f"{BEFORE}\n\ndef double(amount):\n    return amount + 1\n"
GREEN = f"{BEFORE}\n\ndef double(amount):\n    return amount * 2\n"
AGENT = (
    "sh -c 'test -s {prompt_file}; if [ {round} = 1 ]; then sum=+1; else sum=*2; fi; "
    'printf "\\n\\ndef double(amount):\\n    return amount%s\\n" "$sum" >> tills/money.py; '
    "echo this was round {round}'"
)
PARTS = (
    "# LOCAL-story: Double an amount",
    f"- branch: `{BRANCH}`, from `trunk`",
    "- **Asked:**",
    "- **Changed:** 1 file(s)",
    "## Acceptance criteria",
    "`double(4)` returns 8",
    "## Execution command",
    "`python3 -m pytest` on",
    "**exit code 0**",
    "2 passed",
    "## What it took",
    "| 2 of ",
    "## Assumed",
    "was derived from `pyproject.toml`",
    "## Transcript",
    "<summary>Round 1: revise</summary>",
    "<summary>Round 2: accept</summary>",
)


def green(person: Person, done: Ended, before: dict[str, str]) -> None:
    """Everything that an accepted run leaves."""
    assert done.code == 0, done.said
    assert snapshot(person.repository) == before
    assert person.branches() == [BRANCH]
    assert person.git("rev-parse", "trunk") == person.git("rev-parse", f"{BRANCH}~2")
    assert "amount" in person.git("show", f"{BRANCH}:tills/money.py")
    assert person.git("show", "--format=", "--name-only", BRANCH).split() == ["tills/money.py"]
    for part in PARTS:
        assert part in person.pull_request, part
    for part in ("## Round 1: revise", "assert double(4) == 8", "## Round 2: accept", "2 passed"):
        assert part in person.transcript, part
    told = ("examined: 2 criteria", "round 1: `python3 -m pytest`: exit 1", "round 2: verdict acc")
    for part in (*told, "closed: accepted", BRANCH, str(person.output / "pull-request.md")):
        assert part in done.out, part
    for word in ("label", "ticket"):
        assert word not in done.out


def test_any_command_line(person: Person) -> None:
    before = snapshot(person.repository)
    done = person.run(person.story(STORY), "--agent-command", AGENT)
    green(person, done, before)
    assert "this was round 1" in person.transcript
    assert "this was round 2" in person.transcript
    assert done.err == ""


def test_the_same_story_again_takes_the_place_of_what_the_fleet_did_before(person: Person) -> None:
    before = snapshot(person.repository)
    for _ in range(2):
        green(person, person.run(person.story(STORY), "--agent-command", AGENT), before)


def wrote(text: str) -> list[Answer]:
    call = ToolCall("write_file", {"path": "tills/money.py", "content": text})
    return [
        Answer(tool_calls=[ToolCall("shell", {"command": "cat tills/money.py"}), call]),
        Answer("Written."),
    ]


def test_native_tools(modelled: Person, stubs: Stubs) -> None:
    before = snapshot(modelled.repository)
    stubs.models.script = Script([Rule([*wrote(RED), *wrote(GREEN)], model="coder")])
    options = ("--agent", "native-tools", "--model", "openai:coder")
    done = modelled.run(modelled.story(STORY), *options)
    green(modelled, done, before)
    assert "return amount * 2" in modelled.transcript
    assert "| native-tools | openai:coder | command |" in modelled.pull_request
    everything = done.said + modelled.transcript + modelled.pull_request
    assert modelled.settings["OPENAI_API_KEY"] not in everything


def test_native_whole(modelled: Person, stubs: Stubs) -> None:
    before = snapshot(modelled.repository)
    answers = [Answer(f"Here:\n\ntills/money.py\n```python\n{t}```\n") for t in (RED, GREEN)]
    stubs.models.script = Script([Rule(answers, model="small")])
    options = ("--agent", "native-whole", "--model", "openai:small")
    done = modelled.run(modelled.story(STORY), *options)
    green(modelled, done, before)
    assert "| native-whole | openai:small | command |" in modelled.pull_request


def criterion(number: int, status: str, quotation: str) -> dict[str, Any]:
    return {"number": number, "status": status, "quotation": quotation, "note": "seen"}


def judged(*criteria: dict[str, Any], feedback: str = "") -> Answer:
    return Answer(structured={"criteria": list(criteria), "feedback": feedback})


def test_the_judge_looks_at_each_criterion_after_the_tests(modelled: Person, stubs: Stubs) -> None:
    before = snapshot(modelled.repository)
    both = [criterion(1, "met", "return amount * 2"), criterion(2, "met", "2 passed")]
    wrong = [criterion(1, "not met", "assert 5 == 8"), criterion(2, "met", "1 passed")]
    judge = [judged(*wrong, feedback="Multiply by two."), judged(*both)]
    coder = [*wrote(RED), *wrote(GREEN)]
    stubs.models.script = Script([Rule(coder, model="coder"), Rule(judge, model="judge")])
    options = ("--model", "openai:coder", "--evaluator", "judge")
    done = modelled.run(modelled.story(STORY), *options, "--evaluator-model", "openai:judge")
    green(modelled, done, before)
    assert "✅ met | `return amount * 2`" in modelled.pull_request
    assert "Multiply by two." in json.dumps(stubs.models.requests)


def test_a_judge_that_quotes_what_is_not_there_gets_a_draft(modelled: Person, stubs: Stubs) -> None:
    before = snapshot(modelled.repository)
    both = [criterion(1, "met", "all is well"), criterion(2, "met", "2 passed")]
    rules = [
        Rule([*wrote(GREEN), Answer("Nothing to do.")], model="coder"),
        Rule([judged(*both)], model="judge", repeat=True),
    ]
    stubs.models.script = Script(rules)
    options = ("--model", "openai:coder", "--evaluator-model", "openai:judge")
    done = modelled.run(modelled.story(STORY), *options, "--max-iterations", "2")
    assert done.code == 1
    assert "Draft: the work was not accepted (out of rounds)" in modelled.pull_request
    assert "quotation is not in the evidence" in modelled.pull_request
    assert snapshot(modelled.repository) == before


def test_a_story_without_criteria_is_one_criterion_and_says_so(person: Person) -> None:
    story = person.story("Double an amount\n\nAdd `double(amount)` to `tills/money.py`.\n")
    done = person.run(story, "--agent-command", AGENT)
    assert done.code == 0
    for text in (done.out, person.pull_request):
        assert "The story lists no acceptance criteria" in text
        assert "Double an amount (as the story describes it)" in text


def test_a_makefile(person: Person) -> None:
    make = "test:\n\t@grep -q done work.txt && echo checked: done\n"
    person.repository = repository(person.home / "made", {"Makefile": make})
    before = snapshot(person.repository)
    agent = "sh -c 'test {round} = 1 || echo done > work.txt; echo {round} >> work.txt'"
    done = person.run(person.story("# Say done\n"), "--agent-command", agent)
    assert done.code == 0, done.said
    assert "`make test` was derived from `Makefile`" in person.pull_request
    assert "round 1: `make test`: exit 2" in done.out
    assert "checked: done" in person.pull_request
    assert snapshot(person.repository) == before


@pytest.mark.local_model
def test_smollm2_writes_the_code(person: Person) -> None:
    weights = ROOT / ".cache" / "models" / WEIGHTS
    if not weights.is_file():
        missing = f"no weights at {weights}: infra/scripts/model gets them"
        if os.environ.get("CI"):  # noqa: TID251 - a test's own switch, not a setting
            pytest.fail(missing)
        pytest.skip(missing)
    scene = for_smollm2()
    person.repository = repository(person.home / "shapes", scene.files)
    before = snapshot(person.repository)
    story = person.story(f"# {scene.title}\n\n{scene.story}")
    options = ("--agent", "native-whole", "--model", f"openai:{MODEL}", "--evaluator", "command")
    with LocalModel(Path(weights)) as model:
        person.settings["OPENAI_BASE_URL"] = model.base_url
        done = person.run(story, *options)
    assert done.code == 0, done.said
    (branch,) = person.branches()
    written = person.git("show", f"{branch}:shapes.py")
    assert "def area" in written
    assert "def area" in person.transcript
    assert f"| native-whole | openai:{MODEL} | command |" in person.pull_request
    assert snapshot(person.repository) == before
