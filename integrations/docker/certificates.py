"""The certificates that an image build must trust beyond the public ones."""

import base64
import re
from pathlib import Path

import certifi

from worker.domain.errors import ConfigurationError

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_ARGUMENT_BYTES = 120_000
"""A build argument becomes an environment variable, which Linux limits to 128 KiB."""


def extra_certificates(bundle: Path | None) -> str:
    """The PEM certificates of ``bundle`` that are not public anyway; empty where there are none.

    Raises ConfigurationError.
    """
    if bundle is None:
        return ""
    try:
        given = _PEM.findall(bundle.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigurationError(f"EXTRA_CA_BUNDLE {bundle} cannot be read: {fault}") from fault
    public = {_squeezed(c) for c in _PEM.findall(Path(certifi.where()).read_text(encoding="utf-8"))}
    extra = [c for c in dict.fromkeys(given) if _squeezed(c) not in public]
    return "".join(f"{certificate}\n" for certificate in extra)


def as_build_argument(certificates: str) -> dict[str, str]:
    """For a Dockerfile that asks for ``ARG EXTRA_CA_B64``. Raises ConfigurationError."""
    if not certificates:
        return {}
    encoded = base64.b64encode(certificates.encode()).decode()
    if len(encoded) > _ARGUMENT_BYTES:
        raise ConfigurationError(
            "EXTRA_CA_BUNDLE has too many certificates for an image build: give only those that"
            " are not public."
        )
    return {"EXTRA_CA_B64": encoded}


def _squeezed(certificate: str) -> str:
    return "".join(certificate.split())
