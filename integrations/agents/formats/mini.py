"""The trajectory that mini-swe-agent leaves: one JSON document, ``mini-swe-agent-1.1``."""

import json

from integrations.agents.formats.account import MALFORMED, NOT_UNDERSTOOD, Account, Json, text_of

_SUBMITTED = "Submitted"


def read(text: str, account: Account) -> None:
    """It is written anew after each step, so that it is there whatever ends the agent."""
    try:
        given = json.loads(text)
        for message in given["messages"]:
            _message(message, account)
        status = given["info"]["exit_status"]
        last = text_of(given["messages"][-1].get("content"))
    except MALFORMED:
        if text.strip():
            account.did("output", NOT_UNDERSTOOD, text)
        return
    if status == _SUBMITTED:
        account.end()
    elif status:
        account.end(status if last in ("", status) else f"{status}: {last}")


def _message(message: Json, account: Account) -> None:
    extra = message.get("extra") or {}
    match message.get("role"):
        case "assistant":
            account.said(text_of(message.get("content")))
            for number, action in enumerate(extra.get("actions") or ()):
                call_id = action.get("tool_call_id") or f"{len(account.actions)}-{number}"
                account.called(call_id, "shell", action["command"])
        case "tool":
            output = extra.get("raw_output")
            told = text_of(message.get("content")) if output is None else output
            code = extra.get("returncode")
            # -1: the command was not run, as the one by which it submits its work.
            account.answered(message["tool_call_id"], told, None if code == -1 else code)
        case _:
            pass
