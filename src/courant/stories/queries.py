"""What is in the paper: lists of stories for pages, feeds and search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from wagtail.models import Page

from courant.lib.keys import note
from courant.stories import keys
from courant.stories.addresses import address_of
from courant.stories.cards import Card, for_cards, make_cards
from courant.stories.models import AuthorPage, FrontPage, PaperSettings, SectionPage, StoryPage, TopicPage
from courant.wall.enums import Access

STRIP_LENGTH = 4
SECONDARY_LENGTH = 4
NEWS_SITEMAP_DAYS = 2


@dataclass(frozen=True)
class Strip:
    """A section's row on the front page."""

    section: SectionPage
    url: str
    cards: list[Card]


@dataclass(frozen=True)
class Front:
    """The front page in its order of importance."""

    lead: Card | None
    secondary: list[Card]
    strips: list[Strip]
    latest: list[Card]

    @property
    def is_empty(self) -> bool:
        return self.lead is None


def published_stories() -> QuerySet[StoryPage]:
    """Stories that anyone may know of, newest first; private pages are not among them."""
    return (
        StoryPage.objects.live()
        .public()
        .annotate(printed_at=Coalesce(F("published_at"), F("first_published_at")))
        .order_by(F("printed_at").desc(nulls_last=True), "-pk")
    )


def cards_of(stories: QuerySet[StoryPage]) -> list[Card]:
    return make_cards(for_cards(stories))


def paper_of(request: HttpRequest) -> PaperSettings:
    """Name and look of the paper that is asked."""
    note(keys.PAPER)
    paper: PaperSettings = PaperSettings.for_request(request)
    return paper


def sections_in_order() -> list[SectionPage]:
    note(keys.PAPER)
    return list(SectionPage.objects.live().public().order_by("path"))


def stories_in_section(section: SectionPage) -> QuerySet[StoryPage]:
    return published_stories().filter(**below(section))


def below(page: Page) -> dict[str, object]:
    """The filter for a page's direct children (treebeard keeps a page's ancestors in its path)."""
    return {"path__startswith": page.path, "depth": page.depth + 1}


def stories_by_default(section: SectionPage) -> QuerySet[StoryPage]:
    """Stories of every state that state no access of their own, and so have the section's."""
    return StoryPage.objects.filter(access="", **below(section))


def stories_not_free() -> QuerySet[StoryPage]:
    """Stories of every state that are not free to all, and so have a preview."""
    gated = SectionPage.objects.exclude(default_access=Access.FREE)
    inherited = [Q(access="", **below(section)) for section in gated]
    return StoryPage.objects.filter(reduce(or_, inherited, ~Q(access__in=["", Access.FREE])))


def stories_by(author: AuthorPage) -> QuerySet[StoryPage]:
    return published_stories().filter(bylines__author=author).distinct()


def stories_about(topic: TopicPage) -> QuerySet[StoryPage]:
    return published_stories().filter(topic_links__topic=topic)


def free_stories(*, apart_from: int, count: int = 3) -> list[Card]:
    """Stories that a stranger at the wall may read instead."""
    note(keys.FURNITURE)
    gated_by_default = SectionPage.objects.exclude(default_access=Access.FREE)
    free = published_stories().filter(access__in=[Access.FREE, ""]).exclude(pk=apart_from)
    cards = cards_of(free[: count * 4]) if gated_by_default.exists() else cards_of(free[:count])
    return [card for card in cards if not card.is_gated][:count]


def stories_beside(story: StoryPage, *, apart_from: Sequence[int] = (), count: int = 4) -> list[Card]:
    """Stories that belong with this one: those that share a topic, then the newest of its section."""
    known = [story.pk, *apart_from]
    topics = [link.topic_id for link in story.topic_links.all()]
    note(*map(keys.furniture_about, topics))
    sharing = published_stories().filter(topic_links__topic__in=topics).exclude(pk__in=known).distinct()
    chosen = list(for_cards(sharing)[:count])
    if len(chosen) < count:
        known += [other.pk for other in chosen]
        section = story.get_parent()
        note(keys.furniture_in(section.pk))
        rest = published_stories().filter(**below(section)).exclude(pk__in=known)
        chosen += list(for_cards(rest)[: count - len(chosen)])
    return make_cards(chosen)


def running_strip(story: StoryPage, *, count: int = 5) -> list[Card]:
    """The newest other stories of the main topic, where there are at least three: a story that runs."""
    link = story.topic_links.first()
    if link is None:
        return []
    note(keys.furniture_about(link.topic_id))
    cards = cards_of(stories_about(link.topic).exclude(pk=story.pk)[:count])
    return cards if len(cards) >= 3 else []


def front_layout(front: FrontPage) -> Front:
    """The front page as placed; what is not placed is filled with the newest, and no story stands twice."""
    note(keys.page(front.pk), keys.STORIES)
    placed_lead, placed_secondary, placed_strips = read_placement(front)
    newest = list(for_cards(published_stories())[: 1 + SECONDARY_LENGTH])
    stories = {story.pk: story for story in newest}
    wanted = {pk for pk in [placed_lead, *placed_secondary] if pk} | {pk for strip in placed_strips for pk in strip[1]}
    stories |= {story.pk: story for story in for_cards(published_stories().filter(pk__in=wanted - stories.keys()))}

    used: set[int] = set()
    lead = take([placed_lead, *(story.pk for story in newest)], stories, used, 1)
    fallback = [story.pk for story in newest] if not placed_secondary else []
    secondary = take([*placed_secondary, *fallback], stories, used, SECONDARY_LENGTH)
    strips = [
        (section, fill_strip(section, chosen, count, stories, used))
        for section, chosen, count in strips_of(placed_strips)
    ]
    cards = {card.id: card for card in make_cards([*lead, *secondary, *(s for _, row in strips for s in row)])}
    return Front(
        lead=cards[lead[0].pk] if lead else None,
        secondary=[cards[story.pk] for story in secondary],
        strips=[
            Strip(section, f"/{section.slug}/", [cards[story.pk] for story in row]) for section, row in strips if row
        ],
        latest=cards_of(published_stories()[:6]),
    )


Placement = tuple[int | None, list[int], list[tuple[int, list[int], int]]]


def read_placement(front: FrontPage) -> Placement:
    """Page ids as placed: (lead, secondary, [(section, chosen, count)]); pages since deleted are skipped."""
    lead, secondary, strips = None, [], []
    for block in front.placement.raw_data:
        value = block["value"]
        if block["type"] == "lead":
            lead, secondary = value["story"], ids_in(value["secondary"])
        elif value["section"]:
            strips.append((value["section"], ids_in(value["chosen"]), value["count"]))
    return lead, secondary, strips


def ids_in(items: Iterable[object]) -> list[int]:
    """Ids of a list of page choosers, in Wagtail's older and newer form."""
    values = [item["value"] if isinstance(item, dict) else item for item in items]
    return [value for value in values if isinstance(value, int)]


def strips_of(placed: list[tuple[int, list[int], int]]) -> list[tuple[SectionPage, list[int], int]]:
    sections = sections_in_order()
    if not placed:
        return [(section, [], STRIP_LENGTH) for section in sections]
    by_id = {section.pk: section for section in sections}
    return [(by_id[section], chosen, count) for section, chosen, count in placed if section in by_id]


def take(wanted: Iterable[int | None], stories: dict[int, StoryPage], used: set[int], count: int) -> list[StoryPage]:
    """The first `count` wanted stories that exist and stand nowhere yet; marks them used."""
    taken: list[StoryPage] = []
    for pk in wanted:
        if pk in stories and pk not in used and len(taken) < count:
            used.add(pk)
            taken.append(stories[pk])
    return taken


def fill_strip(
    section: SectionPage, chosen: list[int], count: int, stories: dict[int, StoryPage], used: set[int]
) -> list[StoryPage]:
    row = take(chosen, stories, used, count)
    return row + newest_in(section, used, count - len(row))


def newest_in(section: SectionPage, used: set[int], count: int) -> list[StoryPage]:
    if count <= 0:
        return []
    rows = list(for_cards(stories_in_section(section).exclude(pk__in=used))[:count])
    used.update(story.pk for story in rows)
    return rows


def news_for_sitemap(now: datetime) -> QuerySet[StoryPage]:
    """What Google's news sitemap may hold: the last two days."""
    note(keys.STORIES)
    return published_stories().filter(printed_at__gte=now - timedelta(days=NEWS_SITEMAP_DAYS))


def authors_with_counts() -> list[tuple[AuthorPage, str, int]]:
    """(author, address, number of published stories), by name."""
    note(keys.AUTHORS, keys.STORIES)
    published = published_stories().values("pk")
    authors = (
        AuthorPage.objects.live()
        .public()
        .select_related("portrait")
        .order_by("title")
        .annotate(count=Count("bylines__story", filter=Q(bylines__story__in=published), distinct=True))
    )
    return [(author, address_of(author), author.count) for author in authors]


def topics_with_counts() -> list[tuple[TopicPage, str, int]]:
    """(topic, address, number of published stories), by title; topics without a story are left out."""
    note(keys.TOPICS, keys.STORIES)
    published = published_stories().values("pk")
    topics = (
        TopicPage.objects.live()
        .public()
        .order_by("title")
        .annotate(count=Count("story_links", filter=Q(story_links__story__in=published)))
        .filter(count__gt=0)
    )
    return [(topic, address_of(topic), topic.count) for topic in topics]


def was_published_at(path: str) -> bool:
    """Whether a story that is now withdrawn stood at this path (/world/a-story/)."""
    slugs = path.strip("/").split("/")
    if len(slugs) != 2:
        return False
    withdrawn = StoryPage.objects.filter(live=False, first_published_at__isnull=False, slug=slugs[1])
    return any(address_of(story) == path for story in withdrawn.defer("body"))
