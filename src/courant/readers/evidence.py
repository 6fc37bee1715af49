"""Where an act of consent came from, told no more precisely than proof needs."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from courant.wall.networks import Address, client_address, network_around

REGISTRATION_WORDING = (
    "By registering you confirm that your data is correct and you agree to our Terms of use, "
    "and have read our Cookie policy and Privacy notice."
)


@dataclass(frozen=True)
class Evidence:
    """The circumstances of a consent: the sentence shown, the page it stood on, network and browser."""

    wording: str
    url: str = ""
    network: str = ""
    user_agent: str = ""


def evidence_of(request: HttpRequest, *, wording: str) -> Evidence:
    address = address_of(request)
    return Evidence(
        wording=wording,
        url=request.build_absolute_uri(request.path)[:500],
        network=str(network_around(address)) if address else "",
        user_agent=request.headers.get("User-Agent", "").replace("\x00", "")[:300],
    )


def address_of(request: HttpRequest) -> Address | None:
    """Who connects, forwarded addresses believed only as far as our own proxies reach."""
    return client_address(
        request.META.get("REMOTE_ADDR", ""),
        request.headers.get("X-Forwarded-For", ""),
        settings.TRUSTED_PROXIES,
    )
