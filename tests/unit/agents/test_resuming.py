"""Going on with the session of the round before, and what becomes of a round where that fails."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from integrations.agents.installed import InstalledAgent
from tests.unit.agents.test_command import AnsweringSandbox
from tests.unit.agents.test_installed import WAY, recipe, task
from worker.domain.command import Breach, CommandResult
from worker.domain.task import AgentTask, Resumption

RESUME = {"argv": ["--resume", "{session}"], "state": [".mine/sessions"]}
RESUMING = {"argv": ["run", "{resume}", "--model", "{model}"], "resume": RESUME, "stdin": True}
FRESH_ARGV = ("run", "--model", "claude-x")
EARLIER = Resumption("abc-1", b"good", "What is open.")
SAID = '{"type": "assistant", "message": {"content": [{"type": "text", "text": "Hm."}]}}'
REMOVED = ("sh", "-c", 'cd "$HOME" && rm -rf -- "$@"', "sh", ".mine/sessions")


def agent() -> InstalledAgent:
    return InstalledAgent("mine", recipe(**RESUMING))


def resumed(earlier: Resumption | None = EARLIER) -> AgentTask:
    return replace(task(prompt="The whole story."), resumption=earlier)


def printed(session: str, *, good: bool = True, said: bool = True) -> str:
    end = f'{{"type": "result", "is_error": {str(not good).lower()}, "result": "Ended."}}'
    init = f'{{"type": "system", "subtype": "init", "session_id": "{session}"}}'
    return "\n".join([init, *([SAID] if said else []), end])


def good(session: str = "abc-1", **how: bool) -> CommandResult:
    return CommandResult(0, printed(session, **how))


NOT_TAKEN_UP = {
    "the session is not known": CommandResult(1, "No conversation found with that id.", 5.0),
    "it began another": CommandResult(0, printed("another"), 5.0),
    "it broke at once": CommandResult(1, printed("abc-1", good=False, said=False), 5.0),
    "it printed nothing": CommandResult(139, "", 5.0),
}


def test_what_it_needs_tells_where_its_sessions_lie() -> None:
    assert agent().needs.sessions == (".mine/sessions",)
    assert InstalledAgent("mine", recipe()).needs.sessions == ()


def test_a_first_round_is_a_fresh_session_whose_name_is_told(tmp_path: Path) -> None:
    sandbox = AnsweringSandbox(tmp_path, good())
    session = agent().work(resumed(None), sandbox)
    assert sandbox.commands[0].argv[1:] == FRESH_ARGV
    assert (session.id, session.resumed) == ("abc-1", False)


def test_an_agent_that_cannot_go_on_tells_no_name(tmp_path: Path) -> None:
    session = InstalledAgent("mine", recipe()).work(task(), AnsweringSandbox(tmp_path, good()))
    assert session.id == ""


def test_the_session_is_gone_on_with_and_told_the_feedback_alone(tmp_path: Path) -> None:
    sandbox = AnsweringSandbox(tmp_path, good())
    session = agent().work(resumed(), sandbox)
    (command,) = sandbox.commands
    assert command.argv[1:] == ("run", "--resume", "abc-1", "--model", "claude-x")
    assert command.stdin == b"What is open."
    assert (sandbox.home / ".mine/sessions").read_bytes() == b"good"
    assert (session.id, session.resumed, session.failure) == ("abc-1", True, None)


@pytest.mark.parametrize("result", NOT_TAKEN_UP.values(), ids=NOT_TAKEN_UP)
def test_where_it_is_not_taken_up_a_fresh_one_is_begun_in_the_same_round(
    tmp_path: Path, result: CommandResult
) -> None:
    sandbox = AnsweringSandbox(tmp_path, result, CommandResult(0, ""), good("fresh-2"))
    session = agent().work(resumed(), sandbox)
    _, removal, command = sandbox.commands
    assert removal.argv == REMOVED, "what broke it must not break the fresh one"
    assert command.argv[1:] == FRESH_ARGV
    assert command.stdin == b"The whole story."
    assert command.timeout_seconds == 15.0
    assert (session.id, session.resumed, session.failure) == ("fresh-2", False, None)
    assert "could not be gone on with" in session.actions[0].text


def test_what_cannot_be_put_back_is_not_tried(tmp_path: Path) -> None:
    sandbox = AnsweringSandbox(tmp_path, good("fresh-2"))
    session = agent().work(resumed(replace(EARLIER, archive=b"bad")), sandbox)
    assert sandbox.commands[0].argv[1:] == FRESH_ARGV
    assert sandbox.commands[0].stdin == b"The whole story."
    assert not session.resumed


@pytest.mark.parametrize(
    ("result", "over"),
    [
        (CommandResult(124, "", breach=Breach.TIMEOUT), lambda: False),
        (CommandResult(137, "", breach=Breach.STOPPED), lambda: False),
        (CommandResult(1, printed("abc-1", good=False, said=False)), lambda: True),
    ],
    ids=["out of time", "stopped", "no call of a model can succeed"],
)
def test_nothing_is_begun_where_it_could_not_end_better(
    tmp_path: Path, result: CommandResult, over: Callable[[], bool]
) -> None:
    sandbox = AnsweringSandbox(tmp_path, result)
    session = agent().work(replace(resumed(), way=replace(WAY, over=over)), sandbox)
    assert len(sandbox.commands) == 1
    assert session.failure
    assert session.resumed


def test_a_resumed_session_that_worked_and_failed_is_that_round(tmp_path: Path) -> None:
    sandbox = AnsweringSandbox(tmp_path, CommandResult(1, printed("abc-1", good=False)))
    session = agent().work(resumed(), sandbox)
    assert session.resumed
    assert "Ended." in str(session.failure)


def test_an_agent_of_another_recipe_begins_anew(tmp_path: Path) -> None:
    """As after an upgrade in the middle of a run, to a release in which it cannot go on."""
    sandbox = AnsweringSandbox(tmp_path, good(), CommandResult(0, ""), good())
    session = InstalledAgent("mine", recipe(stdin=True)).work(resumed(), sandbox)
    assert sandbox.commands[-1].stdin == b"The whole story."
    assert not session.resumed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"argv": ["run"]}, "need each other"),
        ({"resume": None}, "need each other"),
        ({"files": {".mine/sessions/x": ""}}, "holds one of `files`"),
        ({"files": {".mine/sessions": ""}}, "holds one of `files`"),
        ({"resume": {**RESUME, "state": ["../x"]}}, "below the home"),
        ({"resume": {**RESUME, "state": ["/x"]}}, "below the home"),
        ({"resume": {**RESUME, "state": ["a//b"]}}, "below the home"),
        ({"resume": {**RESUME, "state": ["a/"]}}, "below the home"),
        ({"resume": {**RESUME, "state": ["-x y"]}}, "below the home"),
        ({"resume": {**RESUME, "state": []}}, "at least 1"),
        ({"resume": {**RESUME, "argv": []}}, "at least 1"),
    ],
)
def test_a_recipe_that_cannot_work_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        recipe(**{**RESUMING, **changes})
