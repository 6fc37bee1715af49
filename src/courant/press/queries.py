"""Reads of this room: what was withdrawn since, what the newsroom set, every public address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.db import connection
from django.db.models import Max
from wagtail.models import Page

from courant.edge.pages import EdgeSettings
from courant.press.models import Withdrawal
from courant.readers.models import LegalDocument
from courant.stories.addresses import address_of
from courant.stories.catalogue import stretches
from courant.stories.feed_formats import FORMATS
from courant.stories.models import AuthorPage, PaperSettings, SectionPage, TopicPage
from courant.stories.queries import (
    authors_with_counts,
    published_stories,
    sections_in_order,
    stories_by,
    stories_in_section,
    topics_with_counts,
)
from courant.stories.sitemaps import STORIES_PER_FILE
from courant.stories.views import PAGE_LENGTH
from courant.wall.models import Institution
from courant.wall.networks import readable_networks
from courant.wall.queries import default_wall_settings

OF_PAGES, MOST_PAGES = "page/", 100
FILES = (
    "/-/theme.css",
    "/robots.txt",
    "/-/speculation-rules.json",
    "/manifest.webmanifest",
    "/sitemap.xml",
    "/sitemaps/pages.xml",
    "/sitemaps/news.xml",
)
# A paper with an icon of its own leads on to that picture.
MARKS = ("/favicon.ico", "/favicon.svg", "/apple-touch-icon.png", "/icon-192.png", "/icon-512.png")
SECURITY = "/.well-known/security.txt"
# Exactly what was committed since somebody looked: a transaction that began long ago is in no snapshot before its end.
SINCE = """
SELECT pg_current_snapshot()::text, pg_snapshot_xmin(%s::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot()),
       w.id, w.key, w.made_at
FROM (SELECT 1) AS one LEFT JOIN press_withdrawal AS w
  ON w.transaction >= pg_snapshot_xmin(%s::pg_snapshot)::text::bigint
 AND NOT pg_visible_in_snapshot(w.transaction::text::xid8, %s::pg_snapshot)
 AND (%s::text[] IS NULL OR w.key = ANY(%s::text[]))
ORDER BY w.id
"""


@dataclass(frozen=True)
class Change:
    """A withdrawal: its row, its key, when it was made."""

    row: int
    key: str
    made_at: datetime


class PositionLost(Exception):
    """The database is not the one that the position was taken from, or was put back to an earlier state."""


def changes_since(position: str, keys: Iterable[str] | None = None) -> tuple[str, list[Change]]:
    """What was committed after a position (of these keys alone), and the position now.

    Raises PositionLost and the database's errors.
    """
    wanted = None if keys is None else sorted(keys)
    if connection.vendor == "postgresql":
        return since_snapshot(position, wanted)
    last = Withdrawal.objects.aggregate(last=Max("pk"))["last"] or 0
    if 0 < last < int(position):
        raise PositionLost
    # Rows are discarded, but numbers are never given twice (AUTOINCREMENT), and SQLite's writers wait for each other.
    rows = Withdrawal.objects.filter(pk__gt=int(position)).order_by("pk")
    changes = [Change(row.pk, row.key, row.made_at) for row in rows]
    newest = max(int(position), last, *(change.row for change in changes))
    return str(newest), [change for change in changes if wanted is None or change.key in wanted]


def since_snapshot(position: str, keys: list[str] | None) -> tuple[str, list[Change]]:
    with connection.cursor() as cursor:
        cursor.execute(SINCE, [position, position, position, keys, keys])
        rows = cursor.fetchall()
    if rows[0][1]:
        raise PositionLost
    return rows[0][0], [Change(*row[2:]) for row in rows if row[2] is not None]


def newest_position() -> str:
    """The position of who knows nothing and needs nothing: all that comes is news."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_snapshot()::text")
            return str(cursor.fetchone()[0])
    return str(Withdrawal.objects.aggregate(last=Max("pk"))["last"] or 0)


def addresses_of(keys: Iterable[str]) -> list[str]:
    """Where the public pages stand that were changed themselves: one that is new was in no store yet."""
    ids = [int(key.removeprefix(OF_PAGES)) for key in keys if key.startswith(OF_PAGES)]
    pages = Page.objects.live().filter(pk__in=ids[:MOST_PAGES]).only("url_path") if ids else ()
    return [address_of(page) for page in pages]


def edge_settings(edition: str) -> EdgeSettings:
    """What the newsroom set, as the page server must know it."""
    rules = default_wall_settings()
    open_ones = Institution.objects.filter(is_active=True).order_by("pk").values_list("name", "networks")
    return EdgeSettings(
        premium_per_month=rules.premium_per_month,
        samples_per_month=rules.samples_per_month,
        networks=[(name, [str(network) for network in readable_networks(text)]) for name, text in open_ones],
        edition=edition,
    )


# -- Every public address -------------------------------------------------------------------------------
def public_addresses() -> Iterator[str]:
    """Every address that is stored, the ones most asked for first; the deep pages of lists come last."""
    yield from standing_addresses()
    yield from story_addresses()
    yield from deep_addresses()


def standing_addresses() -> Iterator[str]:
    """What is not a story: front page, sections, files, lists, feeds, legal documents, sitemaps, authors, topics."""
    sections = sections_in_order()
    authors = [(author, count) for author, _, count in authors_with_counts()]
    topics = [(topic, count) for topic, _, count in topics_with_counts()]
    yield "/"
    yield from (address_of(section) for section in sections)
    yield from file_addresses()
    yield from ("/authors/", "/topics/", "/feeds/")
    yield from feed_addresses(sections, [topic for topic, _ in topics], [author for author, count in authors if count])
    yield from legal_addresses()
    yield from (f"/sitemaps/stories-{stretch.name}.xml" for stretch in stretches(limit=STORIES_PER_FILE))
    yield from (address_of(topic) for topic, _ in topics)
    yield from (address_of(author) for author, _ in authors)


def file_addresses() -> Iterator[str]:
    """Files for machines, as far as the paper's settings bring them about."""
    paper = PaperSettings.objects.filter(site__is_default_site=True).first() or PaperSettings()
    yield from FILES
    if paper.icon_id is None:
        yield from MARKS
    if paper.contact_email:
        yield SECURITY


def feed_addresses(sections: list[SectionPage], topics: list[TopicPage], authors: list[AuthorPage]) -> Iterator[str]:
    folders = ["/feeds/", *(f"/feeds/{page.slug}/" for page in sections)]
    folders += [f"/feeds/topics/{page.slug}/" for page in topics]
    folders += [f"/feeds/authors/{page.slug}/" for page in authors]
    yield from (f"{folder}{file}" for folder in folders for file in FORMATS)


def legal_addresses() -> Iterator[str]:
    yield "/legal/"
    versions = LegalDocument.objects.order_by("kind", "version").values_list("kind", "version")
    for kind in sorted({kind for kind, _ in versions}):
        yield f"/legal/{kind}/"
    yield from (f"/legal/{kind}/{version}/" for kind, version in versions)


def story_addresses() -> Iterator[str]:
    """Stories, the newest first, without their texts."""
    for row in published_stories().only("url_path").iterator(chunk_size=2_000):
        yield address_of(row)


def deep_addresses() -> Iterator[str]:
    """The second and later pages of sections, topics and authors."""
    lists = [(address_of(section), stories_in_section(section).count()) for section in sections_in_order()]
    lists += [(address, count) for _, address, count in topics_with_counts()]
    lists += [(address, stories_by(author).count()) for author, address, _ in authors_with_counts()]
    for address, count in lists:
        yield from (f"{address}?page={number}" for number in range(2, ceil(count / PAGE_LENGTH) + 1))
