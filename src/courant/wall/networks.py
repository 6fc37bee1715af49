"""Networks and addresses as text: what institutions write, what connections say."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# A shorter prefix is a slip of the pen: it would open the paper to a good part of the world.
SHORTEST_PREFIX = {4: 8, 6: 16}
# What stands for "the same network" where strangers' samples are counted.
SAMPLE_PREFIX = {4: 24, 6: 48}


class NetworkError(ValueError):
    """A line that is no network to be opened; the message says what would be right."""


def read_networks(text: str) -> list[Network]:
    """The networks of a text, one a line, blank lines left out. Raises NetworkError."""
    return [read_network(line.strip()) for line in text.splitlines() if line.strip()]


def read_network(line: str) -> Network:
    """One network, or one address as a network of its own. Raises NetworkError."""
    try:
        network = ip_network(line, strict=False)
    except ValueError as error:
        raise NetworkError(f"“{line}” is no network: write 192.0.2.0/24 or 2001:db8::/32.") from error
    if "%" in line or (isinstance(network, IPv6Network) and network.network_address.ipv4_mapped):
        raise NetworkError(f"“{line}” cannot be used: write IPv4 as such, and no interface names.")
    shortest = SHORTEST_PREFIX[network.version]
    if network.prefixlen < shortest:
        raise NetworkError(f"“{line}” is too wide: the shortest prefix is /{shortest}.")
    if not is_first_address(line):
        raise NetworkError(f"“{line}” does not begin where a network begins: did you mean {network}?")
    return network


def is_first_address(line: str) -> bool:
    """Whether no bit is set behind the prefix."""
    try:
        ip_network(line)
    except ValueError:
        return False
    return True


def readable_networks(text: str) -> list[Network]:
    """The networks of a text that nobody has checked: a line that is no network opens nothing."""
    networks = []
    for line in text.splitlines():
        with suppress(NetworkError):
            networks.append(read_network(line.strip()))
    return networks


def read_address(text: str) -> Address | None:
    """The address in a header's entry, perhaps with a port; IPv4 inside IPv6 becomes IPv4. None if none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.scope_id:
            return None
        return address.ipv4_mapped or address
    return address


def client_address(peer: str, forwarded: str, proxies: int) -> Address | None:
    """Who connects. Behind `proxies` proxies of our own, the entry that the outermost of them wrote.

    Each proxy appends one entry to X-Forwarded-For, so a client can only write further left. With too few
    entries the address is unknown: the peer is a proxy of ours, and may stand in anybody's network.
    """
    if proxies <= 0:
        return read_address(peer)
    entries = forwarded.split(",") if forwarded else []
    return read_address(entries[-proxies]) if len(entries) >= proxies else None


def is_within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def network_around(address: Address) -> Network:
    """The network that samples are counted for."""
    return ip_network((address, SAMPLE_PREFIX[address.version]), strict=False)
