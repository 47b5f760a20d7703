"""Claude Code's ``stream-json``, which Qwen Code's is modelled on: a JSON object in each line."""

import re

from integrations.agents.formats.account import Account, Json, described, read_lines, text_of

_SHELL = ("Bash", "run_shell_command")
_WRITING = ("Edit", "Write", "MultiEdit", "NotebookEdit", "edit", "write_file", "replace")
_EXIT_CODE = re.compile(r"\A\s*Exit code (\d+)|^Exit Code: (\d+)$", re.MULTILINE)


def read(text: str, account: Account) -> None:
    """The last line, ``result``, is the only one that says how it ended."""
    read_lines(text, account, _line)


def _line(line: Json, account: Account) -> None:
    match line.get("type"):
        case "system" if line.get("subtype") == "init":
            account.named(line.get("session_id"))
        case "assistant":
            for block in line["message"]["content"]:
                _block(block, account)
        case "user" if isinstance(line["message"]["content"], list):
            for block in line["message"]["content"]:
                if block.get("type") == "tool_result":
                    _result(block, account)
        case "result":
            _end(line, account)
        case _:
            pass


def _block(block: Json, account: Account) -> None:
    if block["type"] == "text":
        account.said(block["text"])
    elif block["type"] == "tool_use":
        tool, given = block["name"], block["input"]
        if tool in _SHELL:
            account.called(block["id"], "shell", given["command"])
        elif tool in _WRITING:
            account.called(block["id"], "write", given.get("file_path") or described(tool, given))
        else:
            account.called(block["id"], "output", described(tool, given))


def _result(block: Json, account: Account) -> None:
    output = text_of(block.get("content"))
    found = _EXIT_CODE.search(output)
    code = int(found[1] or found[2]) if found else None
    if code is None and not block.get("is_error"):
        code = 0
    account.answered(block["tool_use_id"], output, code)


def _end(line: Json, account: Account) -> None:
    """``subtype`` may be ``success`` where ``is_error`` is set."""
    said = text_of(line.get("result")) or text_of(line.get("error"))
    if line.get("is_error"):
        why = line.get("terminal_reason") or line.get("subtype") or ""
        account.end(": ".join(part for part in (str(why), said) if part) or "no reason given")
        return
    account.end()
    account.summary = said.strip() or account.summary
