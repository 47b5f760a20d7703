"""Tokens of many services, made up anew in each process: none is written down anywhere."""

import base64
import json
import random
import string
from collections.abc import Callable

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

_LETTERS = string.ascii_letters + string.digits
_WIDE = _LETTERS + "-_"
_HEX = "0123456789abcdef"
_UPPER = string.ascii_uppercase + "234567"


def some(count: int, of: str = _LETTERS) -> str:
    return "".join(random.choices(of, k=count))  # noqa: S311


def _jwt() -> str:
    head, claims = {"alg": "HS256", "typ": "JWT"}, {"sub": some(10), "iat": 1_792_400_400}
    parts = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in (head, claims)
    )
    return ".".join((*parts, some(43, _WIDE)))


def _pem(form: serialization.PrivateFormat) -> str:
    rsa_key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    key = ed25519.Ed25519PrivateKey.generate()
    chosen = key if form is serialization.PrivateFormat.OpenSSH else rsa_key
    none = serialization.NoEncryption()
    return chosen.private_bytes(serialization.Encoding.PEM, form, none).decode().strip()


SHAPES: dict[str, tuple[str, Callable[[], str]]] = {
    "GitHub personal": ("github-pat", lambda: "ghp_" + some(36)),
    "GitHub fine-grained": (
        "github-fine-grained-pat",
        lambda: f"github_pat_{some(22)}_{some(59)}",
    ),
    "GitHub App": ("github-app-token", lambda: "ghs_" + some(36)),
    "GitHub OAuth": ("github-oauth", lambda: "gho_" + some(36)),
    "GitLab": ("gitlab-pat", lambda: "glpat-" + some(20)),
    "Linear": ("linear-api-key", lambda: "lin_api_" + some(40)),
    "Linear OAuth": ("linear-oauth-token", lambda: "lin_oauth_" + some(64, _HEX)),
    "Anthropic": ("anthropic-api-key", lambda: f"sk-ant-api03-{some(93, _WIDE)}AA"),
    "Anthropic OAuth": ("anthropic-oauth-token", lambda: f"sk-ant-oat01-{some(93, _WIDE)}AA"),
    "OpenAI": ("openai-api-key", lambda: f"sk-{some(20)}T3BlbkFJ{some(20)}"),
    "OpenAI project": (
        "openai-api-key",
        lambda: f"sk-proj-{some(74, _WIDE)}T3BlbkFJ{some(73, _WIDE)}A",
    ),
    "OpenRouter": ("openrouter", lambda: "sk-or-v1-" + some(64, _HEX)),
    "Google": ("gcp-api-key", lambda: "AIza" + some(34, _WIDE) + "A"),
    "AWS key": ("aws-access-key-id", lambda: "AKIA" + some(16, _UPPER)),
    "AWS secret": (
        "aws-secret-access-key",
        lambda: f'aws_secret_access_key = "{some(40, _LETTERS + "/+")}"',
    ),
    "Slack": (
        "slack-bot-token",
        lambda: f"xoxb-{some(12, string.digits)}-{some(12, string.digits)}-{some(24)}",
    ),
    "Slack webhook": (
        "slack-webhook-url",
        lambda: (
            f"https://hooks.slack.com/services/T{some(8, _UPPER)}/B{some(10, _UPPER)}/{some(24)}"
        ),
    ),
    "Stripe": ("stripe-access-token", lambda: "sk_live_" + some(99)),
    "npm": ("npmjsaccesstoken", lambda: "npm_" + some(36)),
    "PyPI": ("pypi-upload-token", lambda: "pypi-AgEIcHlwaS5vcmc" + some(150, _WIDE)),
    "Hugging Face": ("huggingface-access-token", lambda: "hf_" + some(34, string.ascii_letters)),
    "JWT": ("jwt", _jwt),
    "PKCS 8": ("private-key", lambda: _pem(serialization.PrivateFormat.PKCS8)),
    "PKCS 1": ("private-key", lambda: _pem(serialization.PrivateFormat.TraditionalOpenSSL)),
    "OpenSSH": ("private-key", lambda: _pem(serialization.PrivateFormat.OpenSSH)),
}
"""A kind, and how to make one up."""
