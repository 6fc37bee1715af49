"""The neutral article: what every format is read into, and what the newsroom's import takes from there.

Two kinds of text occur. *Plain* text is what it looks like: headline, standfirst, names, subheadings, captions,
table cells. *Inline HTML* is escaped text with no elements but `em`, `strong` and `a` with an `http` or `https`
`href`: paragraphs, quotes and list items. Nothing else ever stands in it, so it may be printed as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Byline:
    """One name under the headline; `role` is what the page prints with it: "Diplomatic Editor", "in Geneva"."""

    name: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as the page describes it. `url` is empty when the page was plain text."""

    caption: str = ""
    credit: str = ""
    alt: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the story, as inline HTML."""

    text: str
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True, slots=True)
class Subheading:
    """A line, in plain text, that heads the paragraphs below it."""

    text: str
    kind: ClassVar[str] = "subheading"


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation set apart: inline HTML, and in plain text who is quoted (may be empty)."""

    text: str
    attribution: str = ""
    kind: ClassVar[str] = "quote"


@dataclass(frozen=True, slots=True)
class ItemList:
    """A list; each item is inline HTML."""

    items: tuple[str, ...]
    ordered: bool = False
    kind: ClassVar[str] = "list"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain-text cells, the heading row first when there is one."""

    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    kind: ClassVar[str] = "table"


@dataclass(frozen=True, slots=True)
class PicturePlace:
    """Where a picture stands in the story: an index into `Article.pictures`."""

    index: int
    kind: ClassVar[str] = "picture"


@dataclass(frozen=True, slots=True)
class Embed:
    """Something of another site that the page shows in a frame; we keep its address (http or https) and title."""

    url: str
    title: str = ""
    kind: ClassVar[str] = "embed"


Block = Paragraph | Subheading | Quote | ItemList | Table | PicturePlace | Embed


@dataclass(frozen=True, slots=True)
class Article:
    """One story from elsewhere, whole and in order.

    A picture that stood above the first paragraph is the lead: it is in `pictures` (first) and has no place among
    the blocks. Both times carry an offset. `dropped` counts the lines of page furniture that were left out.
    """

    headline: str
    blocks: tuple[Block, ...]
    url: str = ""
    standfirst: str = ""
    bylines: tuple[Byline, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str = ""
    direction: Direction = "ltr"
    section_hint: str = ""
    pictures: tuple[Picture, ...] = ()
    topics: tuple[str, ...] = ()
    dropped: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def paragraphs(self) -> int:
        """How many paragraphs the story has, quotations set apart included."""
        return sum(isinstance(block, Paragraph | Quote) for block in self.blocks)


def article_summary(article: Article, *, file: str) -> dict[str, object]:
    """The JSON object that `courant import` prints for one file; `modified_at` is there only when known."""
    summary: dict[str, object] = {
        "file": file,
        "url": article.url,
        "headline": article.headline,
        "standfirst": article.standfirst,
        "bylines": [byline.name for byline in article.bylines],
        "published_at": _iso(article.published_at),
    }
    if article.modified_at is not None:
        summary["modified_at"] = _iso(article.modified_at)
    rest: Mapping[str, object] = {
        "paragraphs": article.paragraphs,
        "pictures": [{"caption": each.caption, "credit": each.credit} for each in article.pictures],
        "dropped": article.dropped,
        "warnings": list(article.warnings),
    }
    return summary | dict(rest)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
