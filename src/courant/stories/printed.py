"""A story as one reader may see it: the only way from a story's body to a page, a feed or an index.

The cut is made here, on the blocks, before anything becomes HTML: a template receives a `PrintedStory`
and never the page model, so a withheld paragraph cannot reach it by mistake (docs/rules/access.md).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wagtail.rich_text import expand_db_html, get_text_for_indexing

from courant.lib.keys import note
from courant.pictures.keys import picture as picture_key
from courant.stories import keys
from courant.stories.addresses import address_of
from courant.stories.blocks.body import WALL
from courant.stories.private import is_known, private_paths
from courant.wall.cut import cut, without_wall
from courant.wall.enums import Access, Extent

if TYPE_CHECKING:
    from courant.stories.models import StoryPage
    from courant.wall.decision import Decision

COUNTED = {"paragraph", "list", "table", "fact_box", "block_quote"}
RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
WORDS_PER_MINUTE = 230
EMPTY_PARAGRAPH = re.compile(r"<p[^>]*>(\s|<br/?>|&nbsp;)*</p>")
PARAGRAPH = re.compile(r"<p(?:\s[^>]*)?>(.*?)</p>", re.DOTALL)


@dataclass(frozen=True)
class PrintedBlock:
    """One block ready for its template: `kind` names the template, `number` is its address (#p4)."""

    kind: str
    value: Any
    number: int
    html: str = ""

    @property
    def template(self) -> str:
        return f"stories/blocks/{self.kind}.html"

    @property
    def anchor(self) -> str:
        return f"p{self.number}"

    @property
    def related(self) -> Any:
        """The story that the block names, if readers may know of it; its access may be its section's."""
        named = self.value["story"]
        if named is None:  # deleted since
            return None
        note(keys.story(named.pk))
        other = named.specific
        if not other.live or other.get_view_restrictions().exists():
            return None
        note(keys.section(other.get_parent().pk))
        return other


@dataclass(frozen=True)
class PrintedByline:
    name: str
    role: str
    url: str


@dataclass(frozen=True)
class PrintedStory:
    """What one reader may see of one story, and nothing else."""

    id: int
    url: str
    full_url: str
    language: str
    kicker: str
    headline: str
    card_headline: str
    standfirst: str
    bylines: tuple[PrintedByline, ...]
    dateline: str
    published_at: datetime | None
    updated_at: datetime | None
    what_changed: str
    corrections: tuple[Any, ...]
    lead_picture: Any
    lead_caption: str
    lead_credit: str
    sensitive_note: str
    canonical_url: str
    access: Access
    section: Any
    topics: tuple[Any, ...]
    blocks: tuple[PrintedBlock, ...]
    withheld_from: int
    is_whole: bool
    minutes: int
    word_count: int
    decision: Decision | None = None

    @property
    def open_blocks(self) -> tuple[PrintedBlock, ...]:
        """The blocks that every reader is shown."""
        return self.blocks[: self.withheld_from]

    @property
    def gated_blocks(self) -> tuple[PrintedBlock, ...]:
        """The blocks below the cut; empty where they are withheld, and in a free story."""
        return self.blocks[self.withheld_from :]

    @property
    def first_withheld(self) -> str:
        """The address of the first paragraph below the cut, where a reader who signs in reads on."""
        return f"p{self.withheld_from + 1}"

    @property
    def is_free(self) -> bool:
        return self.access == Access.FREE

    @property
    def direction(self) -> str:
        return "rtl" if self.language.split("-")[0] in RIGHT_TO_LEFT else "ltr"

    @property
    def text(self) -> str:
        """Plain text of the blocks shown."""
        return "\n\n".join(
            plain_text(block.kind, block.value) for block in self.blocks if block.kind != "related_story"
        )


def blocks_for(story: StoryPage, extent: Extent, count: int) -> Sequence[Any]:
    """The blocks of the body that a reader with this extent is sent."""
    blocks = list(story.body)
    if extent == Extent.FULL:
        return without_wall(blocks, is_wall=is_wall)
    return cut(blocks, is_wall=is_wall, is_counted=is_counted, count=count)


def is_wall(block: Any) -> bool:
    return bool(block.block_type == WALL)


def is_counted(block: Any) -> bool:
    return block.block_type in COUNTED


def print_story(
    story: StoryPage,
    decision: Decision,
    *,
    url: str,
    full_url: str,
    preview_paragraphs: int,
    private: tuple[str, ...] | None = None,
) -> PrintedStory:
    """Print a story for a decision; what the decision withholds is not in the result.

    `private` is what `private_paths` says, for whoever prints many.
    """
    blocks = tuple(number_blocks(blocks_for(story, decision.extent, preview_paragraphs)))
    access = story.effective_access
    words = word_count(story)
    section = story.get_parent()
    note_sources(story, section, access)
    private = private_paths() if private is None else private
    bylines = tuple(
        PrintedByline(
            name=byline.printed_name,
            role=byline.role,
            url=address_of(byline.author) if is_known(byline.author, private) and not byline.name else "",
        )
        for byline in story.bylines.all()
    )
    return PrintedStory(
        id=story.pk or 0,
        url=url,
        full_url=full_url,
        language=language_of(story),
        kicker=story.kicker,
        headline=story.headline,
        card_headline=story.card_headline,
        standfirst=story.standfirst,
        bylines=bylines,
        dateline=story.dateline,
        published_at=story.published_at or story.first_published_at,
        updated_at=story.updated_at,
        what_changed=story.what_changed,
        corrections=tuple(story.corrections.all()),
        lead_picture=story.lead_picture,
        lead_caption=story.lead_caption or (story.lead_picture.caption if story.lead_picture else ""),
        lead_credit=story.lead_credit or (story.lead_picture.credit if story.lead_picture else ""),
        sensitive_note=story.sensitive_note,
        canonical_url=story.canonical_link or full_url,
        access=access,
        section=section,
        topics=tuple(link.topic for link in story.topic_links.all() if is_known(link.topic, private)),
        blocks=blocks,
        withheld_from=len(blocks) if access == Access.FREE else preview_length(story, preview_paragraphs),
        is_whole=decision.extent == Extent.FULL,
        minutes=max(1, round(words / WORDS_PER_MINUTE)),
        word_count=words,
        decision=decision,
    )


def note_sources(story: StoryPage, section: Any, access: Access) -> None:
    """What the printed words come from, the body's pictures aside: those are noted with their addresses."""
    note(keys.story(story.pk or 0))
    if section is not None:
        note(keys.section(section.pk))
    if access != Access.FREE:
        note(keys.WALL)
    if story.lead_picture_id:
        note(picture_key(story.lead_picture_id))
    note(*(keys.author(byline.author_id) for byline in story.bylines.all() if byline.author_id))
    note(*(keys.topic(link.topic_id) for link in story.topic_links.all()))


def language_of(story: StoryPage) -> str:
    return str(story.language or (story.locale.language_code if story.locale_id else ""))


def preview_length(story: StoryPage, count: int) -> int:
    """How many printed blocks the preview has."""
    return sum(1 for _ in number_blocks(blocks_for(story, Extent.PREVIEW, count)))


def number_blocks(blocks: Sequence[Any]) -> Iterator[PrintedBlock]:
    """Blocks with their addresses; a rich text of several paragraphs becomes as many blocks.

    Addresses count from the start of the body, so the same paragraph has the same one in preview and in full.
    """
    number = 0
    for block in blocks:
        if block.block_type != "paragraph":
            number += 1
            yield PrintedBlock(block.block_type, block.value, number)
            continue
        for paragraph in paragraphs_of(block.value.source):
            number += 1
            yield PrintedBlock("paragraph", block.value, number, paragraph)


def paragraphs_of(source: str) -> list[str]:
    """The inner HTML of each paragraph of a rich text, links resolved, empty ones left out."""
    expanded = EMPTY_PARAGRAPH.sub("", expand_db_html(source))
    found = [inner.strip() for inner in PARAGRAPH.findall(expanded)]
    return found or ([expanded] if expanded.strip() else [])


def plain_text(kind: str, value: Any) -> str:
    """A block's words without markup."""
    if kind == "paragraph":
        return rich_to_plain(value.source)
    if kind in ("subheading", "pull_quote"):
        return str(value)
    if kind == "block_quote":
        return f"{value['quotation']} {value['attribution']}".strip()
    if kind == "fact_box":
        return f"{value['title']}\n{rich_to_plain(value['text'].source)}"
    if kind == "list":
        return "\n".join(rich_to_plain(item.source) for item in value["items"])
    if kind == "table":
        return f"{value['caption']}\n" + "\n".join(" ".join(map(str, table_row(row))) for row in value["table"].rows)
    if kind == "picture":
        return str(value["caption"])
    if kind == "link_card":
        return f"{value['title']} {value['summary']}".strip()
    return ""


def table_row(row: Any) -> list[str]:
    return [str(cell.value) for cell in row]


def rich_to_plain(source: str) -> str:
    return html.unescape(str(get_text_for_indexing(source))).strip()


def word_count(story: StoryPage) -> int:
    """Words of the whole story: its length may be known to all (access.md)."""
    return sum(len(plain_text(block.block_type, block.value).split()) for block in story.body)


def text_for_strangers(story: StoryPage, count: int) -> str:
    """Plain text that every stranger may read at any time: the whole of a free story, else the preview."""
    always_free = story.effective_access == Access.FREE
    blocks = blocks_for(story, Extent.FULL if always_free else Extent.PREVIEW, count)
    return "\n".join(plain_text(block.block_type, block.value) for block in blocks)
