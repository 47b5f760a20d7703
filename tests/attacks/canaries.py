"""One unmistakable text for every secret that a deployment has, found again in whatever form."""

import re
from collections.abc import Mapping

from tests.canaries import Finder, canary

MARK = "zzAttackCanaryzz"
"""In every canary, and in nothing else."""


def _canary(prefix: str) -> str:
    return canary(prefix, MARK)


ENVIRONMENT: Mapping[str, str] = {
    "LINEAR_API_KEY": _canary("lin_api_"),
    "LINEAR_WEBHOOK_SECRET": _canary("lin_wh_"),
    "GITHUB_TOKEN": _canary("ghp_"),
    "GITHUB_WEBHOOK_SECRET": _canary("hub"),
    "OPENAI_API_KEY": _canary("sk-"),
    "ANTHROPIC_API_KEY": _canary("sk-ant-"),
    "GEMINI_API_KEY": _canary("AIza"),
    "DATABASE_URL": f"postgresql://fleet:{_canary('pg')}@db.invalid/fleet",
    "REDIS_URL": f"redis://:{_canary('redis')}@broker.invalid/0",
    "AWS_SECRET_ACCESS_KEY": _canary("aws"),
}
"""Of the worker's process."""
PLACES: Mapping[str, str] = {
    "ssh key": _canary("ssh"),
    "data directory": _canary("data"),
    "docker login": _canary("login"),
    "docker proxy": _canary("proxy"),
    "argument of a process": _canary("argument"),
    "other repository": _canary("other"),
    "service of this machine": _canary("service"),
    "other container": _canary("container"),
}
EVERY: Mapping[str, str] = {**ENVIRONMENT, **PLACES}


def found_in(text: str | bytes) -> set[str]:
    """The names of the canaries that are in there, as they are or in a usual encoding."""
    return _FINDER.found_in(text)


def _core(secret: str) -> str:
    """The random part with the mark; what is around it may be cut off."""
    found = re.search(rf"[A-Za-z_-]*{MARK}[0-9a-f]+", secret)
    assert found is not None
    return found[0]


_FINDER = Finder({name: _core(secret) for name, secret in EVERY.items()})
