"""Which registries a repository's settings allow, and whether a request is for one of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import idna

from integrations.gateway.registries.refusals import Refused
from integrations.gateway.registries.targets import Target, read_target
from worker.domain.errors import ConfigurationError

HTTP_PORT, HTTPS_PORT = 80, 443
_ANY_BELOW = "*."
_REMEDY = (
    "It must be a host name such as pypi.org, optionally with `*.` before at least two labels and"
    " with `:port` after it."
)


@dataclass(frozen=True, slots=True)
class _Entry:
    host: str
    below: bool
    """Whether names below ``host`` are meant, at any depth, and not ``host`` itself."""
    port: int | None
    """None: HTTPS and HTTP at their own ports."""

    def names(self, target: Target) -> bool:
        if self.below:
            return target.host.endswith(f".{self.host}")
        return target.host == self.host


class Allowlist:
    """An empty one allows nothing."""

    def __init__(self, entries: Sequence[str]) -> None:
        """``entries``: see ``Access.registries``. Raises ConfigurationError."""
        self._entries = tuple(_entry(text) for text in entries)

    def check(self, target: Target, default_port: int) -> None:
        """``default_port``: the one that an entry without a port stands for. Raises Refused."""
        ports = {e.port or default_port for e in self._entries if e.names(target)}
        if target.port in ports:
            return
        if ports:
            allowed = " or ".join(str(port) for port in sorted(ports))
            raise Refused(
                str(target), f"is allowed on port {allowed} only for this kind of request"
            )
        if target.address is not None:
            raise Refused(str(target), "an address in place of a host name is not allowed")
        raise Refused(str(target), "is not among the registries that the settings allow")


def _entry(text: str) -> _Entry:
    below = text.startswith(_ANY_BELOW)
    try:
        target, port = _named(_as_ascii(text.removeprefix(_ANY_BELOW)))
    except (Refused, idna.IDNAError) as fault:
        raise ConfigurationError(f"The registry {text!r} cannot be allowed. {_REMEDY}") from fault
    if below and ("." not in target.host or target.address is not None):
        raise ConfigurationError(f"The registry {text!r} would allow too much. {_REMEDY}")
    return _Entry(target.host, below, port)


def _as_ascii(text: str) -> str:
    if text.isascii():
        return text
    name, colon, port = text.partition(":")
    return f"{idna.encode(name, uts46=True).decode()}{colon}{port}"


def _named(authority: str) -> tuple[Target, int | None]:
    try:
        target = read_target(authority, None)
    except Refused:
        return read_target(authority, HTTPS_PORT), None
    return target, target.port
