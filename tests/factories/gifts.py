"""Gifts."""

from datetime import datetime, timedelta
from typing import Any

from courant.readers.models import Reader
from courant.wall.decision import month_of
from courant.wall.models import Gift
from courant.wall.visits import paper_zone
from tests.factories.accounts import make_reader


def make_gift(
    *, story_id: int, made_at: datetime, giver: Reader | None = None, ends_at: datetime | None = None, **values: Any
) -> Gift:
    """A gift of a subscriber, made at a time given by the test; it lasts 30 days unless told otherwise."""
    made_at = made_at.replace(microsecond=0)
    return Gift.objects.create(
        giver=giver or make_reader(state="subscriber"),
        story_id=story_id,
        month=month_of(made_at, paper_zone()),
        made_at=made_at,
        ends_at=ends_at or made_at + timedelta(days=30),
        **values,
    )
