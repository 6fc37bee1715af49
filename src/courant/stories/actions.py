"""Every write of the paper that is not Wagtail's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from modelsearch.tasks import insert_or_update_object_task
from wagtail.models import Page, Site
from wagtail.search.index import insert_or_update_object, remove_object

from courant.stories.blocks import StoryBody
from courant.stories.blocks.placement import FrontPlacement
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
from courant.stories.newsroom.setup import ensure_newsroom


def settle_publication(*, story: StoryPage) -> None:
    """Give a story its printed time at first publication, and let search know at once what is public.

    Search is not left to the task worker: a story whose access was tightened must not be found by a withheld
    word in the meantime (docs/rules/access.md).
    """
    if story.published_at is None and story.first_published_at is not None:
        story.published_at = story.first_published_at
        StoryPage.objects.filter(pk=story.pk).update(published_at=story.published_at)
    insert_or_update_object(story)


def settle_move(*, story: StoryPage) -> None:
    """A story that moved has the default access of its new section: search knows at once what is public now."""
    insert_or_update_object(story)


@transaction.atomic
def withdraw_from_search(*, stories: Iterable[StoryPage]) -> None:
    """After a rule changed that withholds text of many stories: no search finds their words any more, at once.

    The task worker puts them back as strangers may read them now; to print them all takes too long to wait for.
    """
    withdrawn = list(stories)
    for story in withdrawn:
        remove_object(story)
    transaction.on_commit(lambda: put_back_into_search([story.pk for story in withdrawn]))


@transaction.atomic
def put_back_into_search(story_ids: Iterable[int]) -> None:
    for pk in story_ids:
        insert_or_update_object_task.enqueue("stories", "storypage", str(pk))


@transaction.atomic
def set_up_paper(*, name: str, section_names: Sequence[str], tagline: str = "") -> FrontPage | None:
    """Make the site with its front page, sections and lists; None, and nothing changed, where one exists."""
    if FrontPage.objects.exists():
        return None
    root = Page.get_first_root_node()
    Page.objects.filter(depth=2).delete()  # Wagtail's welcome page
    root = Page.objects.get(pk=root.pk)
    front = root.add_child(instance=FrontPage(title=name, slug="home", locale=root.locale))
    site, _ = Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "port": 80, "root_page": front, "site_name": name}
    )
    PaperSettings.objects.update_or_create(site=site, defaults={"name": name, "tagline": tagline})
    for title in section_names:
        add_section(front=front, title=title)
    front.add_child(instance=AuthorsPage(title="Authors", slug="authors"))
    front.add_child(instance=TopicsPage(title="Topics", slug="topics"))
    ensure_newsroom(front=front)
    return front


def add_section(*, front: FrontPage, title: str, **values: str) -> SectionPage:
    """A new section at the end; refuses a name whose slug is an address of the paper itself."""
    section = SectionPage(title=title, slug=slugify(title), locale=front.locale, **values)
    section.full_clean(exclude=["path", "depth"])
    front.add_child(instance=section)
    return section


@dataclass(frozen=True)
class StoryText:
    """A story on its way into the paper: plain fields of the page, and what hangs on it.

    `body` is a list of (block type, raw value) as StoryBody keeps them.
    """

    slug: str
    fields: dict[str, Any]
    body: Sequence[tuple[str, Any]]
    bylines: Sequence[tuple[AuthorPage | None, str, str]] = ()
    topics: Sequence[TopicPage] = ()
    corrections: Sequence[tuple[date, str]] = field(default_factory=tuple)


@transaction.atomic
def save_story(
    *,
    section: SectionPage,
    text: StoryText,
    story: StoryPage | None = None,
    is_published: bool,
    by: Any,
    now: datetime,
) -> StoryPage:
    """Make a story in a section, or revise one; publishes it or leaves a draft. ValidationError changes nothing."""
    is_new = story is None
    if story is None:
        story = StoryPage(slug=free_slug(section, text.slug), locale=section.locale, live=False, owner=by)
    for name, value in text.fields.items():
        setattr(story, name, value)
    story.body = StoryBody().to_python([{"type": kind, "value": value} for kind, value in text.body])
    attach(story, text)
    story.full_clean(exclude=["path", "depth", "url_path"])
    if is_new:
        section.add_child(instance=story)
    revision = story.save_revision(user=by)
    if is_published:
        # Who may publish is asked at the door; commands of the publisher come without a person.
        story.publish(revision, user=by, skip_permission_checks=True)
    story.refresh_from_db()
    return story


def attach(story: StoryPage, text: StoryText) -> None:
    story.bylines = [
        Byline(author=author, name=name, role=role, sort_order=order)
        for order, (author, name, role) in enumerate(text.bylines)
    ]
    story.topic_links = [StoryTopic(topic=topic, sort_order=order) for order, topic in enumerate(text.topics)]
    story.corrections = [
        Correction(corrected_on=day, text=words, sort_order=order)
        for order, (day, words) in enumerate(text.corrections)
    ]


def free_slug(section: SectionPage, wanted: str) -> str:
    """The slug, or with a number where the section already has it."""
    base = slugify(wanted)[:200] or "story"
    taken = set(section.get_children().filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{base}-{number}") not in taken)


@transaction.atomic
def ensure_author(*, name: str, slug: str = "", **values: Any) -> AuthorPage:
    """The author of this name, made if there is none."""
    known = AuthorPage.objects.filter(title__iexact=name).first()
    if known is not None:
        return known
    parent = AuthorsPage.objects.get()
    author: AuthorPage = parent.add_child(
        instance=AuthorPage(title=name, slug=slug or slugify(name), locale=parent.locale, **values)
    )
    return author


@transaction.atomic
def ensure_topic(*, title: str, introduction: str = "") -> TopicPage:
    """The topic of this title, made if there is none."""
    known = TopicPage.objects.filter(title__iexact=title).first()
    if known is not None:
        return known
    parent = TopicsPage.objects.get()
    topic: TopicPage = parent.add_child(
        instance=TopicPage(title=title, slug=slugify(title), introduction=introduction, locale=parent.locale)
    )
    return topic


@transaction.atomic
def place_stories(
    *,
    front: FrontPage,
    lead: StoryPage,
    secondary: Sequence[StoryPage],
    strips: Sequence[tuple[SectionPage, Sequence[StoryPage]]],
    by: Any,
) -> None:
    """Place stories on the front page and publish it; strips keep their order and fill up with newest."""
    placed: list[dict[str, Any]] = [
        {"type": "lead", "value": {"story": lead.pk, "secondary": [story.pk for story in secondary]}}
    ]
    for section, chosen in strips:
        value = {"section": section.pk, "chosen": [story.pk for story in chosen], "count": 4}
        placed.append({"type": "strip", "value": value})
    front.placement = FrontPlacement().to_python(placed)
    front.publish(front.save_revision(user=by), user=by, skip_permission_checks=True)
