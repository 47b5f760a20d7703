"""A canary for every secret setting, and finding them in whatever form they come out."""

import base64
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from urllib.parse import quote

MARK = "zzCanaryzz"
"""In every canary, so that a script in a sandbox can look for them without knowing one."""
CONTROL = f"control{MARK}"
"""No secret: put into each sandbox by the script there, to prove that it would be found."""


def _canary(prefix: str) -> str:
    return f"{prefix}{MARK}{secrets.token_hex(8)}"


SETTINGS: Mapping[str, str] = {
    "LINEAR_API_KEY": _canary("lin_api_"),
    "LINEAR_WEBHOOK_SECRET": _canary("lin_wh_"),
    "GITHUB_TOKEN": _canary("ghp_"),
    "GITHUB_WEBHOOK_SECRET": _canary("hub"),
    "OPENAI_API_KEY": _canary("sk-"),
    "ANTHROPIC_API_KEY": _canary("sk-ant-"),
}
BROKER_PASSWORD = _canary("redis")
DATABASE_PASSWORD = _canary("pg")
UNRELATED = {"DEPLOY_KEY_OF_ANOTHER_PROGRAM": _canary("other")}
"""In the environment of every process of the fleet, and none of its settings."""
SECRETS: Mapping[str, str] = {
    **SETTINGS,
    "REDIS_URL": BROKER_PASSWORD,
    "DATABASE_URL": DATABASE_PASSWORD,
}
"""What the fleet knows to be secret, and redacts."""
LONGEST = 200


def base64_cores(text: str) -> list[str]:
    """What base64 makes of the text wherever it stands in a longer one."""
    cores = []
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + text.encode()).decode()
        start = -(-shift * 4 // 3)
        cores.append(encoded[start : (shift + len(text)) * 8 // 6])
    return cores


def _forms(secret: str) -> set[str]:
    return {
        secret,
        secret[::-1],
        secret.encode().hex(),
        quote(secret, safe=""),
        json.dumps(secret)[1:-1],
        *base64_cores(secret),
    }


_NAMES = {
    form.encode(): name
    for name, secret in {**SECRETS, **UNRELATED, "control": CONTROL}.items()
    for form in _forms(secret)
}
_PATTERN = re.compile(b"|".join(re.escape(form) for form in sorted(_NAMES, key=len, reverse=True)))


def found_in(data: bytes | str) -> set[str]:
    """The names of the settings whose canaries are in there."""
    raw = data.encode() if isinstance(data, str) else data
    return {_NAMES[hit] for hit in _PATTERN.findall(raw)}


def found_in_stream(chunks: Iterable[bytes]) -> tuple[set[str], int]:
    """Likewise, wherever the pieces are cut; and how many bytes there were."""
    found: set[str] = set()
    end, total = b"", 0
    for chunk in chunks:
        found |= found_in(end + chunk)
        end = (end + chunk)[-LONGEST:]
        total += len(chunk)
    return found, total


def shy_pattern() -> str:
    """An extended regular expression that finds any canary, and not its own text."""
    return "|".join(f"[{form[0]}]{form[1:]}" for form in [MARK, *base64_cores(MARK)])
