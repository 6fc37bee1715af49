"""A story as a card: what a list, a feed or a search result may say of it, whoever reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from courant.lib.keys import note
from courant.stories import keys
from courant.stories.addresses import address_of
from courant.stories.models import Byline, SectionPage, StoryPage
from courant.wall.enums import Access


@dataclass(frozen=True)
class Card:
    """The public face of a story; nothing of its body."""

    id: int
    url: str
    headline: str
    full_headline: str
    standfirst: str
    kicker: str
    picture: Any
    access: Access
    published_at: datetime | None
    updated_at: datetime | None
    section: SectionPage | None
    section_url: str
    bylines: tuple[str, ...]
    language: str

    @property
    def is_gated(self) -> bool:
        return self.access != Access.FREE

    @property
    def changed_at(self) -> datetime | None:
        return self.updated_at or self.published_at


def for_cards(stories: QuerySet[StoryPage]) -> QuerySet[StoryPage]:
    """Fetch what cards need, in a constant number of queries, and leave the bodies in the database."""
    return (
        stories.select_related("lead_picture", "locale")
        .prefetch_related(Prefetch("bylines", Byline.objects.select_related("author").order_by("sort_order")))
        .defer("body")
    )


def make_cards(stories: Iterable[StoryPage]) -> list[Card]:
    """Cards of stories that `for_cards` fetched; one query more for their sections."""
    stories = list(stories)
    parents = {story.path[: -StoryPage.steplen] for story in stories}
    sections = {section.path: section for section in SectionPage.objects.filter(path__in=parents)}
    return [make_card(story, sections.get(story.path[: -StoryPage.steplen])) for story in stories]


def make_card(story: StoryPage, section: SectionPage | None) -> Card:
    note_card(story, section)
    access = story.access or (section.default_access if section else Access.SUBSCRIBERS)
    return Card(
        id=story.pk,
        url=address_of(story),
        headline=story.card_headline,
        full_headline=story.headline,
        standfirst=story.standfirst,
        kicker=story.kicker,
        picture=story.lead_picture,
        access=Access(access),
        published_at=story.published_at or story.first_published_at,
        updated_at=story.updated_at,
        section=section,
        section_url=address_of(section) if section else "",
        bylines=tuple(byline.printed_name for byline in story.bylines.all()),
        language=story.language or story.locale.language_code,
    )


def note_card(story: StoryPage, section: SectionPage | None) -> None:
    """Whoever shows this card shows the words of these."""
    note(keys.story(story.pk), *(keys.author(byline.author_id) for byline in story.bylines.all() if byline.author_id))
    if section is not None:
        note(keys.section(section.pk))
