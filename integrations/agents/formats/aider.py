"""What aider prints: text for people, with a few lines that mean something."""

import re

from integrations.agents.formats.account import Account

_WROTE = re.compile(r"^Applied edit to (.+)$", re.MULTILINE)
_FAILED = re.compile(
    r"^(?:litellm\.\w+(?:Error|Exception)?:.*|Only \d+ reflections allowed.*)$", re.MULTILINE
)
_TOKENS = re.compile(r"^Tokens: .+$", re.MULTILINE)


def read(text: str, account: Account) -> None:
    """It exits 0 whatever happened; it has worked where it tells of tokens at last."""
    said = text.strip()
    if said:
        account.did("output", "its conversation", said)
    wrote = _WROTE.findall(text)
    for path in wrote:
        account.did("write", path)
    account.summary = f"It edited {', '.join(dict.fromkeys(wrote))}." if wrote else ""
    tokens = [found.end() for found in _TOKENS.finditer(text)]
    failed = [found for found in _FAILED.finditer(text) if not tokens or found.start() > tokens[-1]]
    if tokens or failed:
        account.end(failed[-1][0] if failed else "")
