"""Until when a page is right by itself: the next moment at which the clock alone changes what it says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Min, Q
from django.utils import timezone

from courant.readers.keys import DOCUMENTS
from courant.stories.keys import WALL
from courant.stories.models import StoryPage
from courant.stories.queries import NEWS_SITEMAP_DAYS, news_for_sitemap
from courant.wall.decision import next_turn
from courant.wall.visits import paper_zone

LONGEST = timedelta(days=1)
SPREAD = timedelta(hours=2)  # so that what was pressed together does not end together
NEWS = "/sitemaps/news.xml"


def fresh_until(address: str, keys: Iterable[str], now: datetime) -> datetime:
    """A day at most; before that a free period's begin or end, the turn of the meter, a document's first day."""
    noted = set(keys)
    moments = [now + LONGEST - SPREAD * spread(address), *free_periods(noted, now)]
    if WALL in noted:
        moments.append(next_turn(now, paper_zone()))
    if any(key == DOCUMENTS or key.startswith("document/") for key in noted):
        moments.append(next_midnight(now))
    if address == NEWS:
        moments += leaving_the_news(now)
    return min(moments)


def spread(address: str) -> float:
    return sha256(address.encode()).digest()[0] / 255


def free_periods(noted: set[str], now: datetime) -> list[datetime]:
    """The next begin or end of a free period of a story that the page shows something of."""
    ids = [int(key.removeprefix("story/")) for key in noted if key.startswith("story/")]
    next_ones = StoryPage.objects.filter(pk__in=ids).aggregate(
        begin=Min("free_from", filter=Q(free_from__gt=now)), end=Min("free_until", filter=Q(free_until__gt=now))
    )
    return [moment for moment in next_ones.values() if moment is not None]


def next_midnight(now: datetime) -> datetime:
    local = timezone.localtime(now, timezone.get_default_timezone())
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def leaving_the_news(now: datetime) -> list[datetime]:
    """When the first story grows too old for the news sitemap."""
    first = news_for_sitemap(now).aggregate(first=Min("printed_at"))["first"]
    return [first + timedelta(days=NEWS_SITEMAP_DAYS)] if first else []
