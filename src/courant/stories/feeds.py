"""Feeds of the paper, its sections, authors and topics, each as RSS, Atom and JSON Feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import http_date
from django.views.decorators.http import require_safe
from wagtail.models import Page

from courant.lib.keys import note
from courant.stories import keys
from courant.stories.addresses import address_of, full_address
from courant.stories.feed_formats import FORMATS, Channel
from courant.stories.keeping import asked_each_time, shown_anywhere
from courant.stories.models import AuthorPage, SectionPage, StoryPage, TopicPage
from courant.stories.queries import (
    authors_with_counts,
    paper_of,
    published_stories,
    sections_in_order,
    stories_about,
    stories_by,
    stories_in_section,
    topics_with_counts,
)
from courant.stories.syndicated import FeedItem, feed_items


@dataclass(frozen=True)
class FeedLink:
    """A line of the page that lists all feeds."""

    title: str
    rss: str
    atom: str
    json: str


@require_safe
def show_feeds(request: HttpRequest) -> HttpResponse:
    """The page for people: every feed there is."""
    groups = {
        "The paper": [link_to("All stories", "/feeds/")],
        "Sections": [link_to(section.title, f"/feeds/{section.slug}/") for section in sections_in_order()],
        "Topics": [link_to(page.title, f"/feeds/topics/{page.slug}/") for page, _, _ in topics_with_counts()],
        "Authors": [
            link_to(page.title, f"/feeds/authors/{page.slug}/") for page, _, count in authors_with_counts() if count
        ],
    }
    context = {
        "page_title": "Feeds",
        "page_url": "/feeds/",
        "groups": [(title, links) for title, links in groups.items() if links],
    }
    return render(request, "stories/feeds.html", context)


def link_to(title: str, folder: str) -> FeedLink:
    return FeedLink(title, *(f"{folder}{file}" for file in FORMATS))


@require_safe
def show_paper_feed(request: HttpRequest, file: str) -> HttpResponse:
    note(keys.STORIES)
    paper = paper_of(request)
    return answer(request, file, published_stories(), title=paper.name, description=paper.tagline, home="/")


@require_safe
def show_section_feed(request: HttpRequest, slug: str, file: str) -> HttpResponse:
    section = page_at(SectionPage, slug)
    note(keys.section(section.pk), keys.stories_in(section.pk))
    return answer_for(request, file, section, stories_in_section(section), section.strapline)


@require_safe
def show_author_feed(request: HttpRequest, slug: str, file: str) -> HttpResponse:
    author = page_at(AuthorPage, slug)
    note(keys.author(author.pk), keys.stories_by(author.pk))
    return answer_for(request, file, author, stories_by(author), author.role)


@require_safe
def show_topic_feed(request: HttpRequest, slug: str, file: str) -> HttpResponse:
    topic = page_at(TopicPage, slug)
    note(keys.topic(topic.pk), keys.stories_about(topic.pk))
    return answer_for(request, file, topic, stories_about(topic), topic.introduction)


def page_at(kind: type[Any], slug: str) -> Any:
    """The public page of this kind and slug; else Http404."""
    page = kind.objects.live().public().filter(slug=slug).first()
    if page is None:
        raise Http404("There is no such feed.")
    return page


def answer_for(
    request: HttpRequest, file: str, page: Page, stories: QuerySet[StoryPage], description: str
) -> HttpResponse:
    title = f"{paper_of(request).name}: {page.title}"
    return answer(request, file, stories, title=title, description=description, home=address_of(page))


def answer(
    request: HttpRequest, file: str, stories: QuerySet[StoryPage], *, title: str, description: str, home: str
) -> HttpResponse:
    """The feed in the format that the file's name says; 404 for a name that is none."""
    feed_format = FORMATS.get(file)
    if feed_format is None:
        raise Http404("A feed is rss.xml, atom.xml or feed.json.")
    items = feed_items(stories, request, now=timezone.now())
    channel = Channel(
        title=title,
        description=description or title,
        home_url=full_address(home, request),
        feed_url=full_address(request.path, request),
        root_url=full_address("/", request),
        paper_name=paper_of(request).name,
        language=settings.LANGUAGE_CODE,
        changed_at=last_change(items),
    )
    return as_feed(feed_format.write(channel, items), feed_format.content_type, channel.changed_at)


def last_change(items: list[FeedItem]) -> datetime | None:
    return max((item.changed_at for item in items if item.changed_at), default=None)


def as_feed(body: str, content_type: str, changed_at: datetime | None) -> HttpResponse:
    response = shown_anywhere(asked_each_time(HttpResponse(body, content_type=content_type)))
    if changed_at:
        response["Last-Modified"] = http_date(changed_at.timestamp())
    return response
