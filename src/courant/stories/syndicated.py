"""Stories as feeds carry them: what every stranger may read, in plain HTML that any reader program shows.

The text comes out of `print_story` for a stranger and from nowhere else (docs/rules/access.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import expand_db_html

from courant.lib.keys import note
from courant.pictures.addresses import Address, rendition_address
from courant.stories import keys
from courant.stories.addresses import address_of, full_address
from courant.stories.models import Byline, Correction, PaperSettings, SectionPage, StoryPage, StoryTopic
from courant.stories.printed import PrintedBlock, PrintedStory, print_story
from courant.stories.private import private_paths
from courant.stories.queries import paper_of
from courant.stories.terms import terms_of
from courant.wall.enums import Access
from courant.wall.models import WallSettings
from courant.wall.visits import decide_for_stranger

FEED_LENGTH = 30
LEAD_WIDTH = 1280
TEXT_WIDTH = 960
LOCAL_ADDRESS = re.compile(r'\b(href|src)="/(?!/)')


@dataclass(frozen=True)
class FeedItem:
    """A story in a feed. `content` is the whole text if it is open to all, else preview and way on."""

    story: PrintedStory
    content: str
    picture: Address | None
    changed_at: datetime | None

    @property
    def tags(self) -> list[str]:
        section = [self.story.section.title] if self.story.section else []
        return [*section, *(topic.title for topic in self.story.topics)]


def feed_items(stories: QuerySet[StoryPage], request: HttpRequest, *, now: datetime) -> list[FeedItem]:
    """The newest of these stories as a stranger may read them, in a constant number of queries."""
    note(keys.WALL)
    paper, wall = paper_of(request), WallSettings.for_request(request)
    private = private_paths()
    return [make_item(story, request, paper, wall, private, now) for story in fetch_whole(stories[:FEED_LENGTH])]


def make_item(
    story: StoryPage,
    request: HttpRequest,
    paper: PaperSettings,
    wall: WallSettings,
    private: tuple[str, ...],
    now: datetime,
) -> FeedItem:
    address = address_of(story)
    printed = print_story(
        story,
        decide_for_stranger(terms_of(story), now=now),
        url=address,
        full_url=full_address(address, request),
        preview_paragraphs=wall.preview_paragraphs,
        private=private,
    )
    html = text_html(printed, full_address("/", request))
    way_on = "" if printed.is_whole else way_to_read_on(printed, paper.name, wall.premium_per_month)
    picture = rendition_address(printed.lead_picture, "lead", LEAD_WIDTH) if printed.lead_picture else None
    return FeedItem(printed, f"{html}{way_on}", picture, changed_at(story, now))


def fetch_whole(stories: QuerySet[StoryPage]) -> list[StoryPage]:
    """Stories with all that `print_story` asks of them, in as many queries for thirty as for one."""
    whole = list(
        stories.select_related("lead_picture", "locale").prefetch_related(
            Prefetch("bylines", Byline.objects.select_related("author").order_by("sort_order")),
            Prefetch("topic_links", StoryTopic.objects.select_related("topic").order_by("sort_order")),
            Prefetch("corrections", Correction.objects.order_by("sort_order")),
        )
    )
    know_sections(whole)
    read_bodies_together(whole)
    return whole


def know_sections(stories: list[StoryPage]) -> None:
    """Tell each story its section; the tree would ask for it story by story."""
    paths = {story.path[: -StoryPage.steplen] for story in stories}
    sections = {section.path: section for section in SectionPage.objects.filter(path__in=paths)}
    for story in stories:
        if section := sections.get(story.path[: -StoryPage.steplen]):
            story._cached_parent_obj = section  # where treebeard's get_parent() looks first


def read_bodies_together(stories: list[StoryPage]) -> None:
    """Look up the pictures and stories in all bodies at once; a body alone would look up its own."""
    stream = StoryPage._meta.get_field("body").stream_block
    bodies = stream.bulk_to_python([list(story.body.raw_data) for story in stories])
    for story, body in zip(stories, bodies, strict=True):
        story.body = body


def changed_at(story: StoryPage, now: datetime) -> datetime | None:
    """When what a stranger may read of it last changed: publication, or a free period that began or ended."""
    section = story.get_parent()
    moments = [
        story.last_published_at,
        story.first_published_at,
        story.published_at,
        story.updated_at,
        story.free_from,
        story.free_until,
        section.last_published_at if section else None,
    ]
    return max((moment for moment in moments if moment and moment <= now), default=None)


def way_to_read_on(story: PrintedStory, paper_name: str, premium_per_month: int) -> SafeString:
    """The last line of a preview."""
    if story.access == Access.REGISTERED:
        how = "it is free with an account."
    elif story.access == Access.PREMIUM and premium_per_month:
        how = f"an account opens {premium_per_month} premium stories a month, a subscription all of them."
    else:
        how = "the whole story is for subscribers."
    return format_html('<p><a href="{}">Read on at {}</a>: {}</p>', story.full_url, paper_name, how)


def text_html(story: PrintedStory, root: str) -> str:
    """The printed blocks as HTML without classes, every address with its host; `root` ends with a slash."""
    html = "".join(BLOCKS[block.kind](block) for block in story.blocks if block.kind in BLOCKS)
    return LOCAL_ADDRESS.sub(rf'\1="{root}', html)


def paragraph(block: PrintedBlock) -> str:
    return f"<p>{block.html}</p>"


def subheading(block: PrintedBlock) -> str:
    return format_html("<h2>{}</h2>", block.value)


def block_quote(block: PrintedBlock) -> str:
    attribution = block.value["attribution"]
    cite = format_html("<footer>{}</footer>", attribution) if attribution else ""
    return format_html("<blockquote><p>{}</p>{}</blockquote>", block.value["quotation"], cite)


def fact_box(block: PrintedBlock) -> str:
    return format_html("<aside><h2>{}</h2>{}</aside>", block.value["title"], rich(block.value["text"]))


def bullets(block: PrintedBlock) -> str:
    tag = mark_safe("ol" if block.value["is_numbered"] else "ul")
    items = format_html_join("", "<li>{}</li>", ((rich(item),) for item in block.value["items"]))
    return format_html("<{}>{}</{}>", tag, items, tag)


def table(block: PrintedBlock) -> str:
    cells = block.value["table"]
    head = format_html_join("", '<th scope="col">{}</th>', ((column["heading"],) for column in cells.columns))
    rows = format_html_join("", "<tr>{}</tr>", ((table_cells(row),) for row in cells.rows))
    return format_html(
        "<table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
        block.value["caption"],
        head,
        rows,
    )


def table_cells(row: Any) -> SafeString:
    return format_html_join("", "<td>{}</td>", ((cell.value,) for cell in row))


def picture(block: PrintedBlock) -> str:
    shown = block.value["picture"]
    if shown is None:  # deleted since
        return ""
    address = rendition_address(shown, "natural", TEXT_WIDTH)
    caption = block.value["caption"] or shown.caption
    credit = block.value["credit"] or shown.credit
    return format_html(
        '<figure><img src="{}" alt="{}" width="{}" height="{}"><figcaption>{}</figcaption></figure>',
        address.url,
        block.value["alt"] or shown.alt,
        address.width,
        address.height,
        " ".join(part for part in (caption, f"({credit})" if credit else "") if part),
    )


def link_card(block: PrintedBlock) -> str:
    value = block.value
    publisher = f" ({value['publisher']})" if value["publisher"] else ""
    return format_html('<p><a href="{}">{}</a>{} {}</p>', value["url"], value["title"], publisher, value["summary"])


def rich(text: Any) -> SafeString:
    return mark_safe(expand_db_html(text.source))


# Pull quotes repeat the text and related stories are furniture: neither is part of what a feed carries.
BLOCKS: dict[str, Callable[[PrintedBlock], str]] = {
    "paragraph": paragraph,
    "subheading": subheading,
    "block_quote": block_quote,
    "fact_box": fact_box,
    "list": bullets,
    "table": table,
    "picture": picture,
    "link_card": link_card,
}
