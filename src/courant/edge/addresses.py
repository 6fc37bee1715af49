"""What a request asks for: the host it names, and the address of a page behind its target."""

from __future__ import annotations

from collections.abc import Iterable

# Said to the campaigns that put them there, not to us; nothing is ever shown for them.
TRACKING_PREFIXES = (b"utm_", b"gaa_", b"mc_", b"hsa_", b"mtm_", b"pk_")
TRACKING = frozenset(
    b"gclid gbraid wbraid dclid gclsrc fbclid msclkid twclid ttclid li_fat_id yclid igshid _ga _gl".split()
)
MOST_REMEMBERED = 1_000
LONGEST_NUMBER = 6


def address_of(target: bytes) -> bytes | None:
    """The address of a target with a query, without what only tracks; None if the query says anything else."""
    path, _, query = target.partition(b"?")
    number = None
    for part in query.split(b"&"):
        name, _, value = part.partition(b"=")
        if not part or name in TRACKING or name.startswith(TRACKING_PREFIXES):
            continue
        if name != b"page" or number is not None or not is_number(value):
            return None
        number = value
    return path if number is None else path + b"?page=" + number


def is_number(value: bytes) -> bool:
    """Whether it is written as a link writes it: digits, no nought in front."""
    return value.isdigit() and len(value) <= LONGEST_NUMBER and not value.startswith(b"0")


class Hosts:
    """The hosts that are ours, as Django's ALLOWED_HOSTS writes them; a port does not matter."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self.hosts = tuple(host.lower() for host in hosts)
        self.known: dict[bytes, bool] = {}

    def has(self, host: bytes) -> bool:
        found = self.known.get(host)
        if found is None:
            if len(self.known) >= MOST_REMEMBERED:
                self.known.clear()
            found = self.known[host] = self.is_ours(host)
        return found

    def is_ours(self, host: bytes) -> bool:
        name = bare_host(host.decode("latin-1").lower())
        return name is not None and any(matches(name, ours) for ours in self.hosts)


def bare_host(host: str) -> str | None:
    """The name or address without port and final dot; None for what is no host."""
    if host.startswith("["):
        name, bracket, port = host.partition("]")
        name, is_sound = name + bracket, bool(bracket) and (not port or port[:1] == ":")
        port = port[1:]
    else:
        name, _, port = host.partition(":")
        is_sound = bool(name) and not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789.-_")
    if not is_sound or (port and not (port.isascii() and port.isdigit())):
        return None
    return name.removesuffix(".")


def matches(name: str, ours: str) -> bool:
    if ours.startswith("."):
        return name == ours[1:] or name.endswith(ours)
    return ours in ("*", name)
