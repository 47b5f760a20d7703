"""What a single value's type cannot tell: which settings a process needs, and which agree."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from worker.settings import github_app
from worker.settings.faults import Fault
from worker.settings.models import model_fault
from worker.settings.values import Role, Values

SHORTEST_SECRET = 8
"""Characters; anything shorter could not be told from ordinary words when logs are redacted."""

REMEDIES = {
    "linear_api_key": "Create one in Linear under Settings > Security & access > API keys.",
    "linear_webhook_secret": "Copy the signing secret that Linear shows beside the webhook.",
    "redis_url": "Give the broker's address, such as redis://redis:6379/0.",
}
NEEDED = {
    Role.RECEIVER: ("linear_api_key", "linear_webhook_secret", "redis_url"),
    Role.WORKER: ("linear_api_key", "redis_url"),
    Role.RECONCILER: ("linear_api_key", "redis_url"),
    Role.LOCAL: (),
}
SCHEMES = {
    "linear_api_url": ("https", "http"),
    "github_api_url": ("https", "http"),
    "github_git_url": ("https", "http"),
    "openai_base_url": ("https", "http"),
    "anthropic_base_url": ("https", "http"),
    "gemini_base_url": ("https", "http"),
    "redis_url": ("redis", "rediss", "redis+socket"),
    "database_url": ("sqlite", "postgresql", "postgresql+psycopg", "postgres"),
    "docker_host": ("unix", "tcp", "ssh", "npipe"),
}
WITH_PASSWORD = ("redis_url", "database_url")


def faults(values: Values, role: Role) -> Iterator[Fault]:
    """Everything wrong with the values for one process, in the order of the settings."""
    yield from _missing(values, role)
    if role is Role.WORKER:
        yield from github_app.faults(values)
    yield from _secrets(values)
    yield from _urls(values)
    yield from _files(values)
    if role in {Role.WORKER, Role.LOCAL}:
        yield from _models(values)
    if values.heartbeat_seconds * 2 > values.lease_seconds:
        remedy = "Let it beat at least twice in LEASE_SECONDS, better three times."
        yield Fault("HEARTBEAT_SECONDS", "is more than half of LEASE_SECONDS", remedy)


def _missing(values: Values, role: Role) -> Iterator[Fault]:
    for name in NEEDED[role]:
        if getattr(values, name) is None:
            yield Fault(name.upper(), f"is missing, and the {role} needs it", REMEDIES[name])


def _secrets(values: Values) -> Iterator[Fault]:
    for name in ("linear_api_key", "linear_webhook_secret", "github_token", "github_webhook_secret",
                 "openai_api_key", "anthropic_api_key", "gemini_api_key"):  # fmt: skip
        secret: SecretStr | None = getattr(values, name)
        text = secret.get_secret_value() if secret else ""
        if any(c.isspace() or not c.isprintable() for c in text):
            wrong = "holds a blank or a control character"
            yield Fault(name.upper(), wrong, "Paste it again, without blanks and line ends.")
        elif name.endswith("_webhook_secret") and 0 < len(text) < SHORTEST_SECRET:
            wrong = f"is shorter than {SHORTEST_SECRET} characters"
            yield Fault(name.upper(), wrong, "Use the sender's own secret or 32 random characters.")


def _urls(values: Values) -> Iterator[Fault]:
    for name, schemes in SCHEMES.items():
        value = getattr(values, name)
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if text and (wrong := _wrong_with(text, schemes, name)):
            remedy = f"Write it as {' or '.join(f'{scheme}://…' for scheme in schemes[:2])}."
            yield Fault(name.upper(), wrong, remedy)


def _wrong_with(url: str, schemes: tuple[str, ...], name: str) -> str | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is not a URL"
    if parts.scheme not in schemes:
        return "is not a URL of a kind that is understood here"
    local = parts.scheme in {"sqlite", "unix", "npipe", "redis+socket"}
    if (not local and not parts.hostname) or port == 0:
        return "has no host, or a wrong port"
    if name not in WITH_PASSWORD and (parts.username or parts.password):
        return "holds a user or a password, which would be shown"
    return None


def _files(values: Values) -> Iterator[Fault]:
    if (bundle := values.extra_ca_bundle) and not _is_pem(bundle):
        wrong = f"names {bundle}, which is not a readable file of certificates in PEM"
        yield Fault("EXTRA_CA_BUNDLE", wrong, "Give the path of a PEM file (BEGIN CERTIFICATE).")
    place = values.data_dir
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        wrong = f"names {values.data_dir}, where this user cannot write"
        yield Fault("DATA_DIR", wrong, "Give a directory that this user owns, or may create.")


def _is_pem(file: Path) -> bool:
    try:
        return b"-----BEGIN CERTIFICATE-----" in file.read_bytes()
    except OSError:
        return False


def _models(values: Values) -> Iterator[Fault]:
    for name in ("coder_model", "evaluator_model"):
        model: str | None = getattr(values, name)
        if model and (fault := model_fault(values, name.upper(), model)):
            yield fault
