"""Gemini CLI's ``stream-json``: a JSON object in each line. It tells of no exit codes."""

from integrations.agents.formats.account import Account, Json, clean, described, read_lines, text_of

_WRITING = ("write_file", "replace", "edit")


def read(text: str, account: Account) -> None:
    """Messages come in pieces; ``result`` says how it ended."""
    pieces: list[str] = []

    def line(given: Json, account: Account) -> None:
        if given["type"] == "message" and given.get("role") == "assistant":
            pieces.append(given["content"])
            return
        account.said("".join(pieces))
        pieces.clear()
        _line(given, account)

    read_lines(text, account, line)
    account.said("".join(pieces))


def _line(line: Json, account: Account) -> None:
    match line["type"]:
        case "init":
            account.named(line.get("session_id"))
        case "tool_use":
            _tool(line, account)
        case "tool_result":
            told = line.get("output") or (line.get("error") or {}).get("message")
            account.answered(line["tool_id"], text_of(told))
        case "error":
            if line.get("severity") != "warning":
                account.failure = clean(line["message"])
        case "result":
            error = line.get("error") or {}
            good = line.get("status") == "success"
            account.end("" if good else error.get("message") or account.failure or line["status"])
        case _:
            pass


def _tool(line: Json, account: Account) -> None:
    tool, given = line["tool_name"], line["parameters"]
    if tool == "run_shell_command":
        account.called(line["tool_id"], "shell", given["command"])
    elif tool in _WRITING:
        account.called(line["tool_id"], "write", given.get("file_path") or described(tool, given))
    else:
        account.called(line["tool_id"], "output", described(tool, given))
