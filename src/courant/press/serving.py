"""The page server of a process, built from the installation's settings; what must be done before its first answer."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error, connections

from courant.edge.server import EdgeConfig, PageServer
from courant.press.actions import refresh_settings
from courant.press.edition import settle_edition
from courant.press.following import Follower, catch_up
from courant.press.stores import local_store, paper_address
from courant.wall.counting import Counter
from courant.wall.passes import cookie_names
from courant.wall.rings import key_ring
from courant.wall.visits import paper_zone

log = logging.getLogger("courant.press")


def edge_config() -> EdgeConfig:
    """What the page server is told of this installation."""
    return EdgeConfig(
        folder=Path(settings.PRESS_FOLDER),
        ring=key_ring(),
        hosts=answered_hosts(),
        zone=paper_zone(),
        cookies=cookie_names(settings.SESSION_COOKIE_SECURE),
        is_secure=settings.SESSION_COOKIE_SECURE,
        trusted_proxies=settings.TRUSTED_PROXIES,
        shared_seconds=settings.SHARED_SECONDS,
    )


def answered_hosts() -> tuple[str, ...]:
    """All that Django answers to; without a site_url only the one by which stored pages name themselves."""
    if settings.SITE_URL:
        return tuple(settings.ALLOWED_HOSTS)
    host = urlsplit(paper_address()).hostname or "127.0.0.1"
    return (f"[{host}]" if ":" in host else host,)


def start_page_server() -> PageServer:
    """Store of this edition, withdrawals of the time nobody was here applied, follower started."""
    # Servers load their application inside their event loop, where Django refuses its database.
    preparing = Thread(target=prepare_store, name="prepare store")
    preparing.start()
    preparing.join()
    Follower().start()
    return PageServer(edge_config(), Counter(settings.DATABASES["default"]))


def prepare_store() -> None:
    """What must be true of the store before the first answer. While the database is away it stays as it is."""
    try:
        settle_edition()
        catch_up()
        refresh_settings(local_store())
    except Error as error:
        log.warning("The store of pages cannot be compared with the database yet: %s", error)
    finally:
        connections.close_all()
