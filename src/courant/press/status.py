"""What there is to know of the press of this host, in plain values."""

from __future__ import annotations

from typing import Any

from courant.edge.listing import stored_addresses
from courant.press.edition import edition
from courant.press.following import host_name
from courant.press.models import Follower
from courant.press.stores import local_ledger, local_store


def press_status(now: float) -> dict[str, Any]:
    """Counts of the store, its edition, and every host that follows. Raises the database's errors."""
    store = local_store()
    variants = stale = 0
    for address in stored_addresses(store.folder):
        page = store.page(address)
        if page is not None:
            variants += len(page.variants)
            stale += page.fresh_until is not None and page.fresh_until <= now
    known = store.settings()
    return {
        "folder": str(store.folder),
        **store.status(),
        "variants": variants,
        "stale": stale,
        "edition": known.edition if known else "",
        "is_current": known is not None and known.edition == edition(),
        "followers": followers(now),
    }


def followers(now: float) -> list[dict[str, Any]]:
    """Each host, when it last looked, and how long its last change took to be in force there."""
    here = host_name(local_ledger())
    return [
        {
            "host": row.host,
            "is_here": row.host == here,
            "seconds_ago": round(max(0.0, now - row.followed_at.timestamp()), 1),
            "lag": round(row.lag, 3),
        }
        for row in Follower.objects.order_by("host")
    ]
