"""What ``codex exec --json`` prints: a JSON object in each line."""

from integrations.agents.formats.account import Account, Json, clean, described, read_lines


def read(text: str, account: Account) -> None:
    """``turn.completed`` and ``turn.failed`` say how it ended."""
    read_lines(text, account, _line)


def _line(line: Json, account: Account) -> None:
    match line["type"]:
        case "thread.started":
            account.named(line.get("thread_id"))
        case "item.completed":
            _item(line["item"], account)
        case "turn.completed":
            account.end()
        case "turn.failed":
            account.end(line["error"]["message"])
        case "error":
            # It may go on after one, and tells of a turn that failed itself.
            account.failure = clean(line["message"])
        case _:
            pass


def _item(item: Json, account: Account) -> None:
    match item["type"]:
        case "agent_message":
            account.said(item["text"])
        case "command_execution":
            output, code = item.get("aggregated_output") or "", item.get("exit_code")
            account.did("shell", item["command"], output, code)
        case "file_change":
            for change in item["changes"]:
                account.did("write", change["path"], change.get("kind"))
        case "reasoning":
            pass
        case "error":
            account.did("output", "a warning", item["message"])
        case other:
            told = {key: value for key, value in item.items() if key not in ("id", "type")}
            account.did("output", described(other, told))
