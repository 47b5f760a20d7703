"""What coding agents print, read into one form: a module for each format."""

from collections.abc import Callable, Mapping

from integrations.agents.formats import aider, claude, codex, gemini, mini, opencode
from integrations.agents.formats.account import Account

_FORMATS: Mapping[str, Callable[[str, Account], None]] = {
    "claude": claude.read,
    "codex": codex.read,
    "opencode": opencode.read,
    "gemini": gemini.read,
    "mini": mini.read,
    "aider": aider.read,
}


def read_account(name: str, text: str) -> Account:
    """Read what an agent printed in the format of that name. Nothing in it is taken on trust, and
    nothing raises: what is not understood is kept as it is.
    """
    account = Account()
    _FORMATS[name](text, account)
    return account


__all__ = ["Account", "read_account"]
