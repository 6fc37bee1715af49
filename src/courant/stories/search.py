"""Search in the paper, on what every stranger may read (see StoryPage.search_fields)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from courant.stories.models import SectionPage, StoryPage
from courant.wall.enums import Access


def search_stories(wanted: dict[str, Any]) -> Any:
    """Published stories that match all words; filtered by section, age and freedom. Lazy, can be sliced."""
    stories = StoryPage.objects.live().public()
    if wanted["section"]:
        stories = stories.child_of(SectionPage.objects.get(slug=wanted["section"]))
    if wanted["period"]:
        stories = stories.filter(published_at__gte=timezone.now() - timedelta(days=int(wanted["period"])))
    if wanted["free"]:
        stories = stories.filter(is_free())
    if wanted["order"] == "newest":
        return stories.order_by("-published_at").search(wanted["q"], order_by_relevance=False)
    return stories.search(wanted["q"])


def is_free() -> Q:
    """Stories that state free access, or that state none in a section that is free by default."""
    free_sections: QuerySet[SectionPage] = SectionPage.objects.filter(default_access=Access.FREE)
    inherited = Q(pk__in=[])
    for path in free_sections.values_list("path", flat=True):
        inherited |= Q(access="", path__startswith=path)
    return Q(access=Access.FREE) | inherited
