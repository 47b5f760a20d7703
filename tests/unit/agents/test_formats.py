"""Reading what the agents print: what they really printed, and what nobody should print."""

import json
from pathlib import Path

import pytest

from integrations.agents.formats import read_account
from integrations.agents.formats.account import NOT_UNDERSTOOD

OUTPUTS = Path(__file__).parent / "outputs"
FORMATS = ("claude", "codex", "opencode", "gemini", "mini", "aider")
CHANGED = "def add(a, b):\n    return a + b"


def lines(*objects: object) -> str:
    return "\n".join(json.dumps(each) for each in objects)


@pytest.mark.parametrize(
    ("file", "form", "exit_code"),
    [
        ("claude.jsonl", "claude", 3),
        ("qwen.jsonl", "claude", 3),
        ("codex.jsonl", "codex", 3),
        ("opencode.jsonl", "opencode", 3),
        ("gemini.jsonl", "gemini", None),
        ("mini.json", "mini", 3),
    ],
)
def test_a_whole_session(file: str, form: str, exit_code: int | None) -> None:
    account = read_account(form, (OUTPUTS / file).read_text())
    told = [action for action in account.actions if action.kind != "output"]
    assert [action.kind for action in told][:3] == ["message", "shell", "message"]
    assert told[0].text == "Looking."
    assert "sed -i 's/a - b/a + b/' calc.py" in told[1].text
    assert CHANGED in told[1].output
    assert told[1].exit_code == exit_code
    assert (account.summary, account.ended, account.failure) == ("Done.", True, "")


@pytest.mark.parametrize(
    ("file", "form", "session"),
    [
        ("claude.jsonl", "claude", "6f2c1a8b-3296-4940-950c-7f45d9772b1b"),
        ("codex.jsonl", "codex", "01a1ff16-fdf5-72b1-9c25-c2cebde1cb6a"),
        ("opencode.jsonl", "opencode", "ses_e00e6ac8bffedZx5GZA9QkGEtO"),
        ("gemini.jsonl", "gemini", "6d9b3d5a-c949-4dea-9395-6598b04a5da0"),
        ("mini.json", "mini", ""),
        ("aider.txt", "aider", ""),
    ],
)
def test_what_it_calls_its_session(file: str, form: str, session: str) -> None:
    assert read_account(form, (OUTPUTS / file).read_text()).session == session


@pytest.mark.parametrize("name", ["--yolo", "a b", "", "x" * 200, "$(x)", None, 7, {"a": 1}])
def test_a_name_that_is_no_plain_word_is_none(name: object) -> None:
    first = {"type": "thread.started", "thread_id": name}
    account = read_account("codex", lines(first))
    assert account.session == ("7" if name == 7 else "")
    named = {"type": "thread.started", "thread_id": "abc-1"}
    assert read_account("codex", lines(named, {**named, "thread_id": "another"})).session == "abc-1"


def test_a_whole_conversation_of_aider() -> None:
    account = read_account("aider", (OUTPUTS / "aider.txt").read_text())
    assert [action.kind for action in account.actions] == ["output", "write"]
    assert account.actions[1].text == "calc.py"
    assert (account.summary, account.ended, account.failure) == ("It edited calc.py.", True, "")


@pytest.mark.parametrize(
    ("form", "text", "failure"),
    [
        (
            "claude",
            lines({"type": "result", "subtype": "success", "is_error": True, "result": "No key"}),
            "success: No key",
        ),
        (
            "claude",
            lines({"type": "result", "is_error": True, "terminal_reason": "api_error"}),
            "api_error",
        ),
        ("claude", lines({"type": "result", "is_error": True}), "no reason given"),
        ("codex", lines({"type": "turn.failed", "error": {"message": "gone"}}), "gone"),
        (
            "opencode",
            lines({"type": "error", "error": {"name": "APIError", "data": {"message": "401"}}}),
            "401",
        ),
        ("opencode", lines({"type": "error", "error": {"name": "Aborted"}}), "Aborted"),
        (
            "gemini",
            lines({"type": "result", "status": "error", "error": {"message": "quota"}}),
            "quota",
        ),
        (
            "mini",
            lines(
                {
                    "messages": [{"role": "exit", "content": "AuthenticationError: no"}],
                    "info": {"exit_status": "AuthenticationError"},
                }
            ),
            "AuthenticationError: AuthenticationError: no",
        ),
        ("aider", "litellm.AuthenticationError: no key", "litellm.AuthenticationError: no key"),
    ],
)
def test_an_end_that_it_calls_bad(form: str, text: str, failure: str) -> None:
    account = read_account(form, text)
    assert account.ended
    assert account.failure == failure


def test_an_error_that_was_overcome_is_none() -> None:
    error = {"type": "error", "message": "Reconnecting... 1/2"}
    assert read_account("codex", lines(error)).failure == "Reconnecting... 1/2"
    assert not read_account("codex", lines(error)).ended
    assert read_account("codex", lines(error, {"type": "turn.completed"})).failure == ""
    retried = "litellm.RateLimitError: slow\nRetrying in 1 seconds...\nTokens: 2k sent, 1 received."
    assert read_account("aider", retried).failure == ""
    warned = {"type": "error", "severity": "error", "message": "again"}
    good = {"type": "result", "status": "success"}
    assert read_account("gemini", lines(warned, good)).failure == ""


def test_files_and_other_tools() -> None:
    written = {"type": "tool_use", "id": "1", "name": "Write", "input": {"file_path": "a.py"}}
    looked = {"type": "tool_use", "id": "2", "name": "Grep", "input": {"pattern": "ä"}}
    found = {"type": "tool_result", "tool_use_id": "2", "content": [{"text": "one"}, "two"]}
    stray = {"type": "tool_result", "tool_use_id": "9", "content": "whose?"}
    text = lines(
        {"type": "assistant", "message": {"content": [written, looked]}},
        {"type": "user", "message": {"content": [found, stray]}},
    )
    account = read_account("claude", text)
    assert [(a.kind, a.text, a.output, a.exit_code) for a in account.actions] == [
        ("write", "a.py", "", None),
        ("output", 'Grep {"pattern": "ä"}', "one\ntwo", None),
        ("output", "a tool's result", "whose?", None),
    ]
    changed = {"type": "file_change", "changes": [{"path": "a.py", "kind": "update"}]}
    searched = {"id": "1", "type": "todo_list", "items": []}
    text = lines(*({"type": "item.completed", "item": item} for item in (changed, searched)))
    assert [(a.kind, a.text) for a in read_account("codex", text).actions] == [
        ("write", "a.py"),
        ("output", 'todo_list {"items": []}'),
    ]
    edited = {"tool": "edit", "state": {"input": {"filePath": "b.py"}, "output": "ok"}}
    read = {"tool": "read", "state": {"input": {"filePath": "b.py"}, "error": "no such file"}}
    text = lines(*({"type": "tool_use", "part": part} for part in (edited, read)))
    assert [(a.kind, a.output) for a in read_account("opencode", text).actions] == [
        ("write", "ok"),
        ("output", "no such file"),
    ]
    replaced = {"tool_name": "replace", "parameters": {"file_path": "c.py"}, "tool_id": "1"}
    failed = {"tool_id": "1", "status": "error", "error": {"message": "0 occurrences"}}
    text = lines({"type": "tool_use", **replaced}, {"type": "tool_result", **failed})
    assert [(a.text, a.output) for a in read_account("gemini", text).actions] == [
        ("c.py", "0 occurrences")
    ]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "text",
    [
        "Segmentation fault",
        '{"type": "result", "is_er',
        "{}",
        '{"type": 3}',
        '{"type": "assistant", "message": null}',
        '{"type": "item.completed", "item": {}}',
        '{"type": "tool_use", "part": "x"}',
        '{"messages": [1], "info": {}}',
        "[" * 100_000,
        '{"a":' * 100_000,
    ],
)
def test_what_is_not_understood_is_kept_and_no_good_end(form: str, text: str) -> None:
    account = read_account(form, text)
    assert not account.ended
    assert all(action.kind == "output" for action in account.actions)
    if text == "Segmentation fault":
        (action,) = account.actions
        assert action.output == text
        assert form == "aider" or action.text == NOT_UNDERSTOOD


@pytest.mark.parametrize("form", FORMATS)
def test_silence_is_no_end(form: str) -> None:
    account = read_account(form, "")
    assert (account.actions, account.ended) == ([], False)


@pytest.mark.parametrize(
    ("form", "given"),
    [
        ("codex", {"type": "command_execution", "command": ["a"], "exit_code": "x"}),
        ("codex", {"type": "command_execution", "command": 3, "exit_code": True}),
        ("codex", {"type": "agent_message", "text": {"a": [1, None]}}),
        ("codex", {"type": "agent_message", "text": "a\0b\ud800c"}),
        ("codex", {"type": "file_change", "changes": [{"path": None, "kind": 1}]}),
    ],
)
def test_whatever_it_prints_becomes_clean_text(form: str, given: object) -> None:
    """A transcript is kept in a database and in files, which take no lone surrogates."""
    account = read_account(form, lines({"type": "item.completed", "item": given}))
    (action,) = account.actions
    for text in (action.text, action.output, account.summary):
        assert text.encode().decode() == text
        assert "\0" not in text
    assert action.exit_code is None
