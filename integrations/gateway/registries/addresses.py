"""Which addresses the proxy connects to: those of the public internet, checked after resolution."""

from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from socket import SOCK_STREAM, getaddrinfo

import anyio
from anyio.abc import SocketStream

from integrations.gateway.registries.refusals import Refused
from integrations.gateway.registries.targets import Address, Target

Network = IPv4Network | IPv6Network
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port to addresses. Raises OSError where there are none."""

_AT_MOST = 6
"""Addresses that are tried."""
_PUBLIC_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_NOT_PUBLIC: tuple[Network, ...] = tuple(
    ip_network(text)
    # IANA's special-purpose registries. Not ``is_global``, which changed between Python's releases.
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24"),
        *("192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        # Azure's metadata and control address, which looks public.
        "168.63.129.16/32",
        # Teredo and other assignments, documentation, 6to4: the last and the first hide another.
        *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
)


class Unreachable(Exception):
    """An allowed registry that there is no connection to."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the worker's own resolver."""
    found = await anyio.to_thread.run_sync(
        # The look-up cannot be interrupted; nobody waits for it after a time-out.
        lambda: getaddrinfo(host, port, type=SOCK_STREAM),
        abandon_on_cancel=True,
    )
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: Address, private: Sequence[Network] = ()) -> bool:
    """Whether the proxy may connect to it; ``private``: networks that are allowed besides."""
    if any(address in network for network in private):
        return True
    if isinstance(address, IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_public(inner, private)
        if address not in _PUBLIC_V6:
            return False
    return not any(address in network for network in _NOT_PUBLIC)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a packet to this one ends up at, where it is written inside."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None


async def connect(
    target: Target, resolver: Resolver, private: Sequence[Network], timeout_seconds: float
) -> SocketStream:
    """Resolve once, check every address, and connect to one of those that were checked.

    Raises Refused, Unreachable.
    """
    addresses = await _addresses(target, resolver, timeout_seconds)
    for address in addresses:
        if not is_public(address, private):
            raise Refused(str(target), f"leads to {address}, which is not a public address")
    for address in addresses[:_AT_MOST]:
        try:
            with anyio.fail_after(timeout_seconds):
                # No name is looked up for an address.
                return await anyio.connect_tcp(str(address), target.port)
        except OSError:
            continue
    raise Unreachable(f"{target}: no connection")


async def _addresses(
    target: Target, resolver: Resolver, timeout_seconds: float
) -> Sequence[Address]:
    if target.address is not None:
        return [target.address]
    try:
        with anyio.fail_after(timeout_seconds):
            found = await resolver(target.host, target.port)
    except OSError as fault:
        raise Unreachable(f"{target}: its address is not known") from fault
    return [ip_address(text) for text in found]
