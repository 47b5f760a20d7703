"""A secret that comes in by another way (a file, a model, a person) is not passed on."""

import base64
import json
from urllib.parse import quote

import pytest

from tests.e2e.canary import canaries, outside
from tests.e2e.canary.conftest import ECHO
from tests.e2e.canary.staging import Watched
from tests.e2e.playing import Json
from worker.domain.events import Outcome
from worker.domain.run import Run

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

REDACTED = "[redacted]"
TOKEN = canaries.SETTINGS["GITHUB_TOKEN"]
KEY = canaries.SETTINGS["OPENAI_API_KEY"]
ALL = " and ".join(canaries.SECRETS.values())
STORY = f"The token is {TOKEN}.\n\n## Acceptance criteria\n- `work.txt` says done, not {KEY}\n"

Echoed = tuple[Watched, Json, Run]


def _script() -> tuple[Json, Json]:
    """A coder and a judge that repeat every secret, also as URLs and headers write them."""
    basic = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    said = f"I found {ALL}, and {basic}, and https://x/?key={quote(KEY)}."
    shell = {"command": f"cat leak.txt; echo {basic}"}
    write = {"path": "work.txt", "content": "done\n"}
    coder = [
        {"text": said, "tool_calls": [{"name": "shell", "arguments": shell}]},
        {"tool_calls": [{"name": "write_file", "arguments": write}]},
        {"text": said},
    ]
    not_met = {"number": 1, "status": "not met", "quotation": ALL, "note": f"what of {ALL}?"}
    met = {"number": 1, "status": "met", "quotation": "done", "note": f"though there is {ALL}"}
    judge = [
        {"structured": {"criteria": [not_met], "feedback": f"Remove {ALL}."}},
        {"structured": {"criteria": [met], "feedback": ""}},
    ]
    return (
        {"model": "coder", "answers": [*coder, {"text": f"Done; {ALL}."}]},
        {"model": "judge", "answers": judge, "repeat": True},
    )


@pytest.fixture(scope="module")
def echoed(watched: Watched) -> Echoed:
    watched.fleet.models_answer(*_script())
    ticket = watched.fleet.ticket(f"Keep {TOKEN} to yourself", STORY, ECHO, "agent")
    return watched, ticket, watched.fleet.wait_closed(ticket)


def test_the_run_is_an_ordinary_one(echoed: Echoed) -> None:
    run = echoed[2]
    assert run.closed is not None
    assert run.closed.outcome is Outcome.ACCEPTED, run.rounds
    assert len(run.rounds) == 2
    assert TOKEN.lower()[:12] not in run.branch.lower()


def test_the_journal_has_marks_in_their_place(echoed: Echoed) -> None:
    watched, _, run = echoed
    first = run.rounds[0]
    assert run.ticket is not None
    assert first.evidence is not None
    assert first.verdict is not None
    places = {
        "the story": run.ticket.description,
        "the title": run.ticket.title,
        "the agent's words": first.report.session.summary,
        "the prompt": first.report.prompt,
        "the output": first.evidence.output,
        "the feedback": first.verdict.feedback,
        "the judge's note": first.verdict.criteria[0].note,
        "the judge's quotation": first.verdict.criteria[0].quotation,
    }
    for action in first.report.session.actions:
        if action.kind in ("message", "shell"):
            places[action.kind] = action.text + action.output
    for name, text in places.items():
        assert REDACTED in text, name
    assert first.evidence.output.count(REDACTED) == len(canaries.SECRETS)
    for name, content in outside.kept(watched):
        if name.startswith("table"):
            assert canaries.found_in(content) == set(), name


def test_what_people_read_has_marks_in_their_place(echoed: Echoed) -> None:
    watched, ticket, run = echoed
    for name, content in outside.told(watched, ticket, run):
        assert REDACTED.encode() in content, name
        assert canaries.found_in(content) == set(), name
    messages = outside.git(watched, ECHO, "log", "--all", "--format=%B")
    assert REDACTED.encode() in messages
    assert canaries.found_in(messages) == set()
    assert canaries.found_in(outside.git(watched, ECHO, "for-each-ref")) == set()


def test_the_judge_and_the_next_round_are_not_told(echoed: Echoed) -> None:
    requests = echoed[0].stubs.models.requests
    judged = [r for r in requests if r["model"] == "judge" and REDACTED in json.dumps(r)]
    assert judged
    assert canaries.found_in(json.dumps(judged)) == set()
    prompts = [r["messages"][:2] for r in requests if r["model"] == "coder"]
    assert canaries.found_in(json.dumps(prompts)) == set()


def test_the_logs_have_marks_in_their_place(echoed: Echoed) -> None:
    for name, content in outside.logs(echoed[0]):
        assert canaries.found_in(content) == set(), name
        if name == "worker.log":
            assert REDACTED.encode() in content
