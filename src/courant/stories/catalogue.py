"""Every public address of the paper, in stretches of time that each fit a file."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, F, Max, QuerySet
from django.db.models.functions import Coalesce, TruncDay, TruncMonth
from django.utils import timezone
from wagtail.models import Page

from courant.stories.models import (
    AuthorPage,
    AuthorsPage,
    FrontPage,
    SectionPage,
    StoryPage,
    TopicPage,
    TopicsPage,
)
from courant.stories.queries import published_stories

FIRST_YEAR, LAST_YEAR = 1605, 9998  # the first newspaper; the last year whose end can be computed
STANDING_PAGES = (FrontPage, SectionPage, AuthorsPage, AuthorPage, TopicsPage, TopicPage)


@dataclass(frozen=True)
class Stretch:
    """A month (2022-01), or a day (2022-01-21) of a month with too many stories for one file."""

    name: str
    changed_at: datetime | None


def stretches(*, limit: int) -> list[Stretch]:
    """The stretches that have stories, the newest first, none of a month with more than `limit` stories."""
    found: list[Stretch] = []
    for month in counts_by(TruncMonth("printed_at"), published_stories()):
        if month["count"] <= limit:
            found.append(Stretch(f"{month['start']:%Y-%m}", month["changed_at"]))
            continue
        days = counts_by(TruncDay("printed_at"), within(f"{month['start']:%Y-%m}"))
        found.extend(Stretch(f"{day['start']:%Y-%m-%d}", day["changed_at"]) for day in days)
    return found


def counts_by(start: Any, stories: QuerySet[StoryPage]) -> Any:
    """Rows of start, count and changed_at, in one query; stories without a printed time are in none."""
    return (
        stories.filter(printed_at__isnull=False)
        .order_by()
        .values(start=start)
        .annotate(count=Count("pk"), changed_at=Max("last_published_at"))
        .order_by("-start")
    )


def within(stretch: str) -> QuerySet[StoryPage]:
    """Stories printed in a month or on a day of the paper's time zone; ValueError if it is neither."""
    first, last = bounds(stretch)
    return published_stories().filter(printed_at__gte=first, printed_at__lt=last)


def bounds(stretch: str) -> tuple[datetime, datetime]:
    """The first instant of a stretch and the first after it."""
    if len(stretch) == len("2022-01"):
        first = date.fromisoformat(f"{stretch}-01")
        days = calendar.monthrange(first.year, first.month)[1]
    else:
        first, days = date.fromisoformat(stretch), 1
    if not FIRST_YEAR <= first.year <= LAST_YEAR:
        raise ValueError(f"nothing was printed in {first.year}")
    zone = timezone.get_default_timezone()
    end = first + timedelta(days=days)
    return datetime.combine(first, time(), zone), datetime.combine(end, time(), zone)


def addresses_within(stretch: str, *, limit: int) -> Any:
    """Rows of url_path and changed_at, without the stories' texts; ValueError if it is no stretch."""
    changed_at = Coalesce(F("last_published_at"), F("printed_at"), output_field=DateTimeField())
    rows = within(stretch).annotate(changed_at=changed_at).values_list("url_path", "changed_at", named=True)
    return rows.order_by("printed_at", "pk")[:limit]


def standing_pages(*, limit: int) -> Any:
    """Rows of url_path: the front page, sections, authors, topics and their lists, in the tree's order."""
    pages = Page.objects.live().public().type(STANDING_PAGES)
    return pages.order_by("path").values_list("url_path", named=True)[:limit]
