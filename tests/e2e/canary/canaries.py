"""A canary for every secret setting, and finding them in whatever form they come out."""

from collections.abc import Iterable, Mapping

from tests.canaries import Finder, base64_cores, canary

MARK = "zzCanaryzz"
"""In every canary, so that a script in a sandbox can look for them without knowing one."""
CONTROL = f"control{MARK}"
"""No secret: put into each sandbox by the script there, to prove that it would be found."""


def _canary(prefix: str) -> str:
    return canary(prefix, MARK)


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


_FINDER = Finder({**SECRETS, **UNRELATED, "control": CONTROL})


def found_in(data: bytes | str) -> set[str]:
    """The names of the settings whose canaries are in there."""
    return _FINDER.found_in(data)


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
