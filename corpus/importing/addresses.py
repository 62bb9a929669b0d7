"""Which addresses of the network are public: a server that fetches for staff must not be led into its own house."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread

from corpus.importing.values import NotImportable

Address = IPv4Address | IPv6Address

PORTS = frozenset({80, 443, 8080, 8443})
"""Where websites listen; anything else is another kind of server."""

_NEVER = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15",
        "240.0.0.0/4", "::/96", "100::/64", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/23", "2001:db8::/32", "2002::/16",
        "5f00::/16", "fc00::/7", "fec0::/10",
    )
)  # fmt: skip
"""Not public whatever this Python's own lists say: shared, reserved, or IPv4 addresses wrapped in IPv6."""


def resolve(host: str, port: int) -> Sequence[str]:
    """Every address that the name service gives for a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet: not private, loopback, link-local, reserved or multicast."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    if mapped is not None:
        return is_public(mapped)
    special = address.is_private or address.is_loopback or address.is_link_local or address.is_reserved
    if special or address.is_multicast or address.is_unspecified or not address.is_global:
        return False
    return not any(address in network for network in _NEVER if network.version == address.version)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a fetch reaches. Only a test gives another resolver, other ports or addresses of its own server."""

    resolve: Callable[[str, int], Sequence[str]] = resolve
    allowed: Callable[[Address], bool] = is_public
    ports: frozenset[int] = field(default=PORTS)
    seconds: float = 10.0
    largest: int = 5 * 1024 * 1024


def checked_addresses(reach: Reach, host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a host, every one of them public. Raises NotImportable.

    One that is not public refuses the host: a name with two faces is a trap.
    """
    addresses: list[str] = []
    for each in _resolved(reach, host, port, seconds):
        try:
            address = ip_address(each)
        except ValueError:
            raise _private(host) from None
        if not reach.allowed(address):
            raise _private(host)
        addresses.append(each)
    if not addresses:
        raise NotImportable(f"There is no website called {host}. Check the address for a typing mistake.")
    return addresses


def _resolved(reach: Reach, host: str, port: int, seconds: float) -> Sequence[str]:
    """The name service's answer, waited for no longer than this; it has no time limit of its own."""
    answer: SimpleQueue[Sequence[str] | None] = SimpleQueue()

    def ask() -> None:
        try:
            answer.put(reach.resolve(host, port))
        except (OSError, UnicodeError):
            answer.put(None)

    Thread(target=ask, daemon=True).start()
    try:
        found = answer.get(timeout=max(0.0, seconds))
    except Empty:
        raise NotImportable(f"The name {host} cannot be looked up now. Try again in a minute.") from None
    if found is None:
        raise NotImportable(f"There is no website called {host}. Check the address for a typing mistake.")
    return found


def _private(host: str) -> NotImportable:
    return NotImportable(
        f"{host} is not on the public internet and is not fetched from here. Save the page as a file and import that."
    )
