"""Takes articles from elsewhere into the paper: each once, whole or not at all."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from courant.exchange.article import (
    Article,
    Block,
    Embed,
    ItemList,
    Paragraph,
    PicturePlace,
    Quote,
    Subheading,
    Table,
)
from courant.stories.actions import StoryText, save_story
from courant.stories.models import AuthorPage, SectionPage, StoryPage, TopicPage
from courant.stories.models.story import SHORT_HEADLINE_LENGTH
from courant.wall.enums import Access

IMPORT_LOCK = 0x696D706F7274  # "import"; a number is all that PostgreSQL's locks have for a name
TAG = re.compile(r"<[^>]+>")
FROM_INLINE = (("<em>", "<i>"), ("</em>", "</i>"), ("<strong>", "<b>"), ("</strong>", "</b>"))


class ArticleRefused(ValueError):
    """An article that the paper cannot take; the message says why."""


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Imported:
    """What became of one article."""

    story: StoryPage
    outcome: Outcome
    warnings: tuple[str, ...] = ()


@transaction.atomic
def import_article(
    *, article: Article, section: SectionPage, access: Access | None, is_draft: bool, by: Any, now: datetime
) -> Imported:
    """Make a story of an article, or revise the one it made before; the same article changes nothing.

    An article is known again by its canonical address, else by its content. A story that was edited here since
    its import is never overwritten: the new text is kept as a draft, with a warning. Raises ArticleRefused.
    """
    wait_for_other_imports()
    digest = digest_of(article)
    known = known_story(article, digest)
    if known is not None and known.source_digest == digest:
        return Imported(known, Outcome.UNCHANGED)
    warnings: list[str] = []
    is_published = not is_draft
    if known is not None and was_edited_here(known):
        is_published = False
        warnings.append("the story was edited here since its import: the new text is kept as a draft")
    try:
        story = save_story(
            section=section,
            text=text_of(article, access=access, digest=digest),
            story=known,
            is_published=is_published,
            by=by,
            now=now,
        )
    except ValidationError as error:
        raise ArticleRefused(" ".join(explain(error))) from error
    return Imported(story, Outcome.UPDATED if known else Outcome.CREATED, tuple(warnings))


def wait_for_other_imports() -> None:
    """Imports at the same time take turns, story by story: none may miss a story that another is making."""
    if connection.vendor == "postgresql":  # SQLite's transactions wait for one another from their start
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])


def explain(error: ValidationError) -> list[str]:
    if hasattr(error, "error_dict"):
        return [f"{field}: {message}" for field, messages in error.message_dict.items() for message in messages]
    return list(error.messages)


def digest_of(article: Article) -> str:
    """The fingerprint of what the article says; how it was found (dropped lines, warnings) is no part of it."""
    said = (
        article.headline,
        article.standfirst,
        article.bylines,
        article.published_at,
        article.modified_at,
        article.blocks,
        article.pictures,
        article.url,
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()


def known_story(article: Article, digest: str) -> StoryPage | None:
    """The story that this article made before, published or not."""
    by_content = StoryPage.objects.filter(source_digest=digest).first()
    if by_content is not None or not article.url:
        return by_content
    return StoryPage.objects.filter(canonical_link=article.url).exclude(source_digest="").first()


def was_edited_here(story: StoryPage) -> bool:
    """Whether a later revision than the import's exists."""
    return bool(story.revisions.count() > 1 and story.latest_revision.user_id is not None)


def text_of(article: Article, *, access: Access | None, digest: str) -> StoryText:
    lead = next((picture for picture in article.pictures), None)
    has_place = any(isinstance(block, PicturePlace) and block.index == 0 for block in article.blocks)
    fields: dict[str, Any] = {
        "title": article.headline,
        "short_headline": article.headline if len(article.headline) <= SHORT_HEADLINE_LENGTH else "",
        "standfirst": article.standfirst,
        "published_at": article.published_at,
        "updated_at": article.modified_at,
        "canonical_link": article.url,
        "language": article.language.lower() if article.direction == "rtl" else "",
        "lead_caption": lead.caption if lead and not has_place else "",
        "lead_credit": lead.credit if lead and not has_place else "",
        "source_digest": digest,
    }
    if access is not None:
        fields["access"] = access.value
    topics = [topic for title in article.topics if (topic := TopicPage.objects.filter(title__iexact=title).first())]
    return StoryText(
        slug=article.headline,
        fields=fields,
        body=[raw for block in article.blocks if (raw := raw_block(block, article)) is not None],
        bylines=[
            (author_named(byline.name), "" if author_named(byline.name) else byline.name, byline.role)
            for byline in article.bylines
        ],
        topics=topics,
    )


def author_named(name: str) -> AuthorPage | None:
    return AuthorPage.objects.filter(title__iexact=name).first()


def raw_block(block: Block, article: Article) -> tuple[str, Any] | None:
    """A block as the newsroom keeps it; None for what has no place there without its file."""
    match block:
        case Paragraph():
            return "paragraph", f"<p>{rich(block.text)}</p>"
        case Subheading():
            return "subheading", block.text[:150]
        case Quote():
            return "block_quote", {"quotation": plain(block.text), "attribution": block.attribution}
        case ItemList():
            return "list", {"is_numbered": block.ordered, "items": [f"<p>{rich(item)}</p>" for item in block.items]}
        case Table():
            return "table", raw_table(block, article)
        case Embed():
            return "link_card", {"url": block.url, "title": block.title or block.url, "publisher": "", "summary": ""}
        case PicturePlace():
            return None
    return None


def raw_table(table: Table, article: Article) -> dict[str, Any]:
    head, *rows = table.rows
    width = max(len(row) for row in table.rows)
    columns = [{"type": "text", "heading": heading} for heading in pad(head, width)]
    return {
        "caption": table.caption or article.headline[:200],
        "table": {"columns": columns, "rows": [{"values": pad(row, width)} for row in rows], "caption": ""},
    }


def pad(cells: tuple[str, ...], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def rich(inline: str) -> str:
    """An article's inline HTML in the words of the newsroom's editor, which writes i and b."""
    for article_tag, newsroom_tag in FROM_INLINE:
        inline = inline.replace(article_tag, newsroom_tag)
    return inline


def plain(inline: str) -> str:
    return html.unescape(TAG.sub("", inline))
