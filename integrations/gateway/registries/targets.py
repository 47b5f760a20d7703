"""The host and port that a request names: one spelling of each, and every other one refused."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from integrations.gateway.registries.refusals import Refused

Address = IPv4Address | IPv6Address

_AUTHORITY = re.compile(r"(?P<host>\[[^\[\]]*\]|[^:\[\]]*)(?::(?P<port>[0-9]{1,5}))?")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST_NAME = 253
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request wants to go."""

    host: str
    """Lower case, no dot at the end; an address in its canonical form, without brackets."""
    port: int
    address: Address | None = None
    """Where the host is no name, but an address itself."""

    def __str__(self) -> str:
        return f"{self.host_in_url}:{self.port}"

    @property
    def host_in_url(self) -> str:
        return f"[{self.host}]" if isinstance(self.address, IPv6Address) else self.host


def read_target(authority: str, default_port: int | None) -> Target:
    """Read ``host`` or ``host:port``; without a default, the port must be there.

    Only the canonical form of an address is taken: what else a resolver would read as one (decimal,
    octal, hexadecimal, shortened; RFC 6943, section 3.1.1) is refused. Raises Refused.
    """
    if "@" in authority:
        raise Refused(authority.rpartition("@")[2], "a user name or password in it is refused")
    parts = _AUTHORITY.fullmatch(authority)
    port = default_port if parts is None or not parts["port"] else int(parts["port"])
    if parts is None or port is None or not 0 < port <= _LAST_PORT:
        raise Refused(authority, "is not a host name with a port")
    host = parts["host"].lower()
    host = host.removesuffix(".")
    asked = f"{host}:{port}"
    if host.startswith("["):
        return _address(host[1:-1], port, asked)
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _address(host, port, asked)
    if len(host) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise Refused(asked, "is not a host name")
    return Target(host, port)


def _address(text: str, port: int, asked: str) -> Target:
    try:
        address = ip_address(text)
    except ValueError:
        raise Refused(asked, "is neither a host name nor the usual form of an address") from None
    if "%" in text:
        raise Refused(asked, "an address with a zone is refused")
    return Target(str(address), port, address)
