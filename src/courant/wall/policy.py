"""Who may give a story away, and take the gift back."""

from typing import Any

from courant.wall.enums import ReaderState
from courant.wall.models import Gift

GIVERS = (ReaderState.SUBSCRIBER, ReaderState.STAFF)


def can_give(reader: Any) -> bool:
    """Subscribers and staff with an open account; how many a month is the settings' affair."""
    return bool(reader.is_authenticated and reader.is_active and reader.state in GIVERS)


def can_revoke(by: Any, gift: Gift) -> bool:
    """The giver alone."""
    return bool(by.pk == gift.giver_id)
