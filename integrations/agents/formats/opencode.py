"""What ``opencode run --format json`` prints: a JSON object in each line."""

from integrations.agents.formats.account import Account, Json, described, read_lines

_WRITING = ("write", "edit", "patch", "multiedit")


def read(text: str, account: Account) -> None:
    """It has ended where the last step calls no more tools."""
    read_lines(text, account, _line)


def _line(line: Json, account: Account) -> None:
    account.named(line.get("sessionID"))
    match line["type"]:
        case "text":
            account.said(line["part"]["text"])
        case "tool_use":
            _tool(line["part"]["tool"], line["part"]["state"], account)
        case "step_finish":
            if line["part"].get("reason") != "tool-calls":
                account.end()
        case "error":
            error = line["error"]
            data = error.get("data") or {}
            account.end(data.get("message") or error.get("name") or error)
        case _:
            pass


def _tool(tool: str, state: Json, account: Account) -> None:
    given = state.get("input") or {}
    output = state.get("output") or state.get("error")
    if tool == "bash":
        code = (state.get("metadata") or {}).get("exit")
        account.did("shell", given.get("command"), output, code)
    elif tool in _WRITING:
        account.did("write", given.get("filePath") or tool, output)
    else:
        account.did("output", described(tool, given), output)
