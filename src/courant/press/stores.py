"""The store of this host, and where it lies."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from courant.edge.store import Store
from courant.press.ledger import Ledger, ledger_of

SERVED_AT = "served_at"


def local_store() -> Store:
    return store_in(Path(settings.PRESS_FOLDER))


@lru_cache(maxsize=8)
def store_in(folder: Path) -> Store:
    return Store(folder)


def local_ledger() -> Ledger:
    return ledger_of(Path(settings.PRESS_FOLDER))


def note_served_at(address: str) -> None:
    """Where this host's server is to be reached; without a site_url stored pages name themselves by it."""
    local_ledger().note_fact(SERVED_AT, address)


def paper_address() -> str:
    """Scheme and host that absolute addresses in stored pages begin with."""
    return str(settings.SITE_URL or local_ledger().fact(SERVED_AT) or settings.WAGTAILADMIN_BASE_URL)


def rendering_host() -> str:
    """The host that pages are rendered as asked at: the paper's own, if Django answers to it."""
    from django.http.request import split_domain_port, validate_host

    host = urlsplit(paper_address()).netloc
    domain, _ = split_domain_port(host)
    return host if validate_host(domain, settings.ALLOWED_HOSTS) else settings.ALLOWED_HOSTS[0].lstrip(".")
