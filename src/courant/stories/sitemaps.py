"""The paper's sitemaps (https://www.sitemaps.org/protocol.html), and the one of the last days' news."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from courant.lib.keys import note
from courant.readers.keys import DOCUMENTS
from courant.readers.queries.legal import documents_in_force
from courant.stories import keys
from courant.stories.addresses import address_of, full_address
from courant.stories.cards import Card, for_cards, make_cards
from courant.stories.catalogue import addresses_within, standing_pages, stretches
from courant.stories.feed_formats import printable
from courant.stories.keeping import kept_for
from courant.stories.queries import news_for_sitemap, paper_of

STORIES_PER_FILE = 50_000
NEWS_PER_FILE = 1_000
SECONDS = 300
SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS_SCHEMA = "http://www.google.com/schemas/sitemap-news/0.9"
STRETCH = re.compile(r"\d{4}-\d{2}(-\d{2})?")


@require_safe
def show_index(request: HttpRequest) -> HttpResponse:
    note(keys.STORIES)
    entries = [entry("sitemap", full_address(f"/sitemaps/{name}.xml", request)) for name in ("news", "pages")]
    entries += [
        entry("sitemap", full_address(f"/sitemaps/stories-{stretch.name}.xml", request), stretch.changed_at)
        for stretch in stretches(limit=STORIES_PER_FILE)
    ]
    return as_xml("sitemapindex", entries)


@require_safe
def show_stories(request: HttpRequest, stretch: str) -> HttpResponse:
    """Stories of a month or a day; 404 where there are none."""
    if not STRETCH.fullmatch(stretch):
        raise Http404("There is no such sitemap.")
    try:
        rows = addresses_within(stretch, limit=STORIES_PER_FILE)
    except ValueError as error:
        raise Http404("There is no such month or day.") from error
    note(keys.stories_of(stretch[:7]), keys.PAPER)  # a section's address is part of each
    root = full_address("", request)
    entries = [entry("url", root + address_of(row), row.changed_at) for row in rows]
    if not entries:
        raise Http404("No stories were printed then.")
    return as_xml("urlset", entries)


@require_safe
def show_pages(request: HttpRequest) -> HttpResponse:
    """The front page, sections, authors, topics, and the legal documents in force."""
    note(keys.PAPER, keys.AUTHORS, keys.TOPICS, DOCUMENTS)
    paths = [address_of(row) for row in standing_pages(limit=STORIES_PER_FILE)]
    paths += [f"/legal/{document.kind}/" for document in documents_in_force(timezone.localdate())]
    return as_xml("urlset", [entry("url", full_address(path, request)) for path in paths])


@require_safe
def show_news(request: HttpRequest) -> HttpResponse:
    """Google's news sitemap: stories of the last two days, at most a thousand."""
    cards = make_cards(for_cards(news_for_sitemap(timezone.now()))[:NEWS_PER_FILE])
    name = paper_of(request).name
    entries = [entry("url", full_address(card.url, request), extra=news(name, card)) for card in cards]
    return as_xml("urlset", entries, f' xmlns:news="{NEWS_SCHEMA}"')


def news(paper: str, card: Card) -> str:
    return (
        f"<news:news><news:publication><news:name>{clean(paper)}</news:name>"
        f"<news:language>{clean(short_language(card.language))}</news:language></news:publication>"
        f"<news:publication_date>{stamp(card.published_at)}</news:publication_date>"
        f"<news:title>{clean(card.full_headline)}</news:title></news:news>"
    )


def short_language(language: str) -> str:
    """The two or three letters that Google asks for, except for Chinese, whose script it wants to know."""
    language = (language or settings.LANGUAGE_CODE).lower()
    if language.startswith("zh"):
        return "zh-tw" if language.endswith(("tw", "hant")) else "zh-cn"
    return language.split("-")[0]


def entry(tag: str, address: str, changed_at: datetime | None = None, extra: str = "") -> str:
    changed = f"<lastmod>{stamp(changed_at)}</lastmod>" if changed_at else ""
    return f"<{tag}><loc>{clean(address)}</loc>{changed}{extra}</{tag}>"


def stamp(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""


def clean(text: str) -> str:
    return escape(printable(text))


def as_xml(root: str, entries: Iterable[str], namespaces: str = "") -> HttpResponse:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{SCHEMA}"{namespaces}>'
    body = "\n".join([head, *entries, f"</{root}>\n"])
    return kept_for(SECONDS, HttpResponse(body, content_type="application/xml; charset=utf-8"))
