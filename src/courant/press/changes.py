"""Which change withdraws what. The names of keys stand beside the models; this is the whole list of who emits them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Site

from courant.pictures.keys import picture
from courant.pictures.models import Picture
from courant.press.keys import INSTITUTIONS
from courant.readers.keys import DOCUMENTS, document
from courant.readers.models import LegalDocument
from courant.stories import keys
from courant.stories.models import (
    AuthorPage,
    AuthorsPage,
    Byline,
    Correction,
    FrontPage,
    PaperSettings,
    SectionPage,
    StoryPage,
    StoryTopic,
    TopicPage,
    TopicsPage,
)
from courant.wall.models import Institution, WallSettings

# What Wagtail writes on a page when only its drafts change.
OF_DRAFTS = frozenset(
    {
        "approved_schedule",
        "draft_title",
        "has_unpublished_changes",
        "latest_revision",
        "latest_revision_created_at",
        "locked",
        "locked_at",
        "locked_by",
    }
)
# By what it is called and found elsewhere; of a section also what its stories inherit, and the menu's colours.
OF_NAMES = ("title", "slug", "live")
OF_SECTIONS = (*OF_NAMES, "default_access")
OF_MENU = (*OF_NAMES, "colour", "colour_dark")
Keys = set[str]


def keys_of(changed: Model) -> Keys:
    """What is withdrawn when this row is written."""
    if isinstance(changed, Page):
        return keys_of_page(changed)
    rule = RULES.get(type(changed))
    return rule(changed) if rule else set()


def keys_of_name(changed: Model) -> Keys:
    """What else is withdrawn when a row comes, goes, moves, or is called otherwise: wherever it is named.

    A section is named in the menu of every page.
    """
    if isinstance(changed, SectionPage):
        return {keys.section(changed.pk), keys.PAPER}
    if isinstance(changed, AuthorPage):
        return {keys.author(changed.pk)}
    return {keys.topic(changed.pk)} if isinstance(changed, TopicPage) else set()


def keys_of_page(page: Page) -> Keys:
    """Of a page whose kind nobody knows here: everything, since it may be the root of the tree.

    Wagtail saves a page as a bare `Page` when it has moved it, and only then: a section changes its place.
    """
    if type(page) is Page:
        specific = page.specific_deferred
        return (keys_of_page(specific) if type(specific) is not Page else {keys.ALL}) | keys_of_name(specific)
    rule = PAGE_RULES.get(type(page))
    return {keys.page(page.pk)} | (rule(page) if rule else {keys.ALL})


def keys_of_story(story: StoryPage) -> Keys:
    """The story and its cards; of one that readers know or knew also the lists it may stand in."""
    own = {keys.story(story.pk)}
    if not story.live and story.first_published_at is None:
        return own
    own |= {keys.STORIES, keys.FURNITURE, *keys_of_lists(story)}
    printed_at = story.published_at or story.first_published_at
    return own | keys_of_month(printed_at)


def keys_of_lists(story: StoryPage) -> Keys:
    """The lists by section, author and topic; what stood in them before is said by the rows that are gone."""
    section = story.get_parent()
    lists = {keys.stories_in(section.pk), keys.furniture_in(section.pk)} if section else set()
    for byline in story.bylines.all():
        if byline.author_id:
            lists.add(keys.stories_by(byline.author_id))
    for link in story.topic_links.all():
        lists |= {keys.stories_about(link.topic_id), keys.furniture_about(link.topic_id)}
    return lists


def keys_of_month(printed_at: datetime | None) -> Keys:
    if printed_at is None:
        return set()
    return {keys.stories_of(f"{timezone.localtime(printed_at, timezone.get_default_timezone()):%Y-%m}")}


def keys_of_byline(byline: Byline) -> Keys:
    by = {keys.stories_by(byline.author_id)} if byline.author_id else set()
    return {keys.story(byline.story_id)} | by


def keys_of_topic_link(link: StoryTopic) -> Keys:
    about = {keys.stories_about(link.topic_id), keys.furniture_about(link.topic_id)}
    return {keys.story(link.story_id)} | about


def keys_of_restriction(restriction: PageViewRestriction) -> Keys:
    """Who may see a page, and all below it: lists, menus and sitemaps know of it or do not."""
    page = restriction.page.specific_deferred
    own = keys_of_page(page) | keys_of_name(page)
    return own if isinstance(page, StoryPage) else {*own, keys.PAPER, keys.STORIES}


PAGE_RULES: dict[type[Page], Any] = {
    StoryPage: keys_of_story,
    SectionPage: lambda page: {keys.stories_in(page.pk)},
    AuthorPage: lambda page: {keys.stories_by(page.pk), keys.AUTHORS},
    TopicPage: lambda page: {keys.stories_about(page.pk), keys.TOPICS},
    FrontPage: lambda page: set(),
    AuthorsPage: lambda page: {keys.AUTHORS},
    TopicsPage: lambda page: {keys.TOPICS},
}
RULES: dict[type[Model], Any] = {
    Byline: keys_of_byline,
    StoryTopic: keys_of_topic_link,
    Correction: lambda row: {keys.story(row.story_id)},
    Picture: lambda row: {picture(row.pk)},
    PaperSettings: lambda row: {keys.PAPER},
    WallSettings: lambda row: {keys.WALL},
    Institution: lambda row: {INSTITUTIONS},
    LegalDocument: lambda row: {document(row.kind), DOCUMENTS},
    PageViewRestriction: keys_of_restriction,
    Site: lambda row: {keys.ALL},
}


def keys_before(changed: Model) -> Keys:
    """What the row as it still stands in the database has to say beyond what its new values say."""
    before = BEFORE.get(type(changed))
    if before is None or changed.pk is None:
        return set()
    fields, rule = before
    old = type(changed)._default_manager.filter(pk=changed.pk).values(*fields).first()
    return rule(changed, old) if old else set()


def keys_of_earlier_story(story: StoryPage, old: dict[str, Any]) -> Keys:
    return keys_of_month(old["published_at"] or old["first_published_at"])


def keys_of_earlier_section(section: SectionPage, old: dict[str, Any]) -> Keys:
    """Stories and cards have its name and its default access, every page its name and its colours."""
    own = {keys.section(section.pk)} if is_changed(section, old, OF_SECTIONS) else set()
    return own | ({keys.PAPER} if is_changed(section, old, OF_MENU) else set())


def is_changed(page: Page, old: dict[str, Any], fields: tuple[str, ...]) -> bool:
    return any(getattr(page, field) != old[field] for field in fields)


BEFORE: dict[type[Model], Any] = {
    StoryPage: (("published_at", "first_published_at"), keys_of_earlier_story),
    SectionPage: ((*OF_SECTIONS, "colour", "colour_dark"), keys_of_earlier_section),
    AuthorPage: (OF_NAMES, lambda page, old: keys_of_name(page) if is_changed(page, old, OF_NAMES) else set()),
    TopicPage: (OF_NAMES, lambda page, old: keys_of_name(page) if is_changed(page, old, OF_NAMES) else set()),
    Byline: (("author_id", "story_id"), lambda row, old: keys_of_byline(Byline(**old))),
    StoryTopic: (("topic_id", "story_id"), lambda row, old: keys_of_topic_link(StoryTopic(**old))),
    LegalDocument: (("kind",), lambda row, old: {document(old["kind"])}),
}
