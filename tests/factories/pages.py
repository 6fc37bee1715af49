"""The paper and its pages."""

import html
import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.utils.text import slugify
from wagtail.models import Locale, Page, Site

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
from courant.wall.models import WallSettings

PUBLISHED_AT = datetime(2022, 1, 21, 16, 22, tzinfo=UTC)
numbers = itertools.count(1)
SomePage = TypeVar("SomePage", bound=Page)


def make_paper(*, name: str = "The Courant", preview_paragraphs: int = 3, **settings: Any) -> FrontPage:
    """The front page, as the root of the default site, with the paper's and the wall's settings saved.

    Called again it answers with the same front page and the settings given.
    """
    front = make_front()
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    site.hostname, site.port, site.site_name, site.root_page = "testserver", 80, name, front
    site.save()
    PaperSettings.objects.update_or_create(site=site, defaults={"name": name, **settings})
    WallSettings.objects.update_or_create(site=site, defaults={"preview_paragraphs": preview_paragraphs})
    Page.objects.filter(depth=2).exclude(pk=front.pk).delete()
    return front


def make_front() -> FrontPage:
    """The front page alone; tests of whole pages want `make_paper`."""
    front = FrontPage.objects.first()
    if front is None:
        front = put_below(root(), FrontPage(title="Front page", slug="front"))
    return front


def root() -> Page:
    """The root of the page tree; a test that commits finds an emptied database afterwards."""
    Locale.objects.get_or_create(language_code="en-gb")
    return Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))


def make_section(
    title: str = "World", *, default_access: str = "free", front: FrontPage | None = None, **fields: Any
) -> SectionPage:
    fields.setdefault("slug", slugify(title))
    page = SectionPage(title=title, default_access=default_access, **fields)
    return put_below(front or FrontPage.objects.first() or make_paper(), page)


def make_author(name: str = "Ada Moreau", *, front: FrontPage | None = None, **fields: Any) -> AuthorPage:
    """An author, below the list of authors, which is made when it is missing."""
    fields.setdefault("slug", slugify(name))
    authors = AuthorsPage.objects.first() or put_below(
        front or FrontPage.objects.first() or make_paper(), AuthorsPage(title="Authors", slug="authors")
    )
    return put_below(authors, AuthorPage(title=name, **fields))


def make_topic(title: str = "Geneva talks", *, front: FrontPage | None = None, **fields: Any) -> TopicPage:
    """A topic, below the list of topics, which is made when it is missing."""
    fields.setdefault("slug", slugify(title))
    topics = TopicsPage.objects.first() or put_below(
        front or FrontPage.objects.first() or make_paper(), TopicsPage(title="Topics", slug="topics")
    )
    return put_below(topics, TopicPage(title=title, **fields))


def make_story(
    section: SectionPage,
    *,
    headline: str = "",
    access: str = "",
    paragraphs: Iterable[str] = (),
    body: Sequence[tuple[str, Any]] | Sequence[dict[str, Any]] | None = None,
    published_at: datetime | None = PUBLISHED_AT,
    bylines: Iterable[AuthorPage | str] = (),
    topics: Iterable[TopicPage] = (),
    corrections: Iterable[tuple[Any, str]] = (),
    **fields: Any,
) -> StoryPage:
    """A published story (`live=False`: a draft that never was). Without `paragraphs` it has six.

    `body` replaces the paragraphs: a list made of `paragraph(…)`, `wall()` and `block(kind, value)`.
    """
    number = next(numbers)
    headline = headline or f"Headline {number}"
    live = fields.setdefault("live", True)
    fields.setdefault("slug", slugify(headline))
    fields.setdefault("standfirst", f"Standfirst of {headline}.")
    for field in ("first_published_at", "last_published_at"):
        fields.setdefault(field, published_at if live else None)
    if body is None:
        texts = list(paragraphs) or [f"Paragraph {place} of story {number}." for place in range(1, 7)]
        body = [paragraph(text) for text in texts]
    story = StoryPage(title=headline, access=access, published_at=published_at, **fields)
    story.body = body
    for byline in bylines:
        story.bylines.add(Byline(name=byline) if isinstance(byline, str) else Byline(author=byline))
    for topic in topics:
        story.topic_links.add(StoryTopic(topic=topic))
    for corrected_on, text in corrections:
        story.corrections.add(Correction(corrected_on=corrected_on, text=text))
    return put_below(section, story)


def paragraph(text: str) -> tuple[str, Any]:
    """A block of body text; the words are escaped, so that they come out as they went in."""
    return block("paragraph", f"<p>{html.escape(text, quote=False)}</p>")


def wall() -> tuple[str, Any]:
    """The wall marker: what follows is withheld from those who get the preview."""
    return block("wall", None)


def block(kind: str, value: Any) -> tuple[str, Any]:
    """A block of any kind, its value as StreamField stores it: {"quotation": …, "attribution": …}."""
    return kind, StoryPage.body.field.stream_block.child_blocks[kind].to_python(value)


def put_below(parent: Page, page: SomePage) -> SomePage:
    """Add a page to the tree and keep the parent's copy in step with the database."""
    parent.refresh_from_db(fields=["path", "depth", "numchild", "url_path"])
    page.locale = parent.locale
    added: SomePage = parent.add_child(instance=page)
    return added
