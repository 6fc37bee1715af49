"""What stands in the way of publishing a story, and what an editor should look at before.

An error keeps the story from being published, by whichever way it is tried; a warning and a note never do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from courant.stories.blocks.body import WALL
from courant.stories.printed import blocks_for, is_wall, plain_text
from courant.wall.enums import Access, Extent

if TYPE_CHECKING:
    from courant.stories.models import StoryPage

HEADLINE_LENGTH = 85
CARD_LENGTH = 70
PLACEHOLDER = re.compile(r"\bTK(TK)*\b|\bXXXX+\b|(?i:lorem ipsum)")  # TK: "to come", as newsrooms write it
SPACES_AND_QUOTES = re.compile(r"[\s\"'“”‘’«»„]+")


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Check:
    """One finding. `field` names the form's field; `block` is the place in the body, from nought."""

    level: Level
    message: str
    field: str = ""
    block: int | None = None


def checks_of(story: StoryPage, *, preview_paragraphs: int = 3) -> list[Check]:
    """All findings, errors first; a story that is not in the tree yet is judged by what it says itself."""
    found = [
        *headline_checks(story),
        *furniture_checks(story),
        *lead_picture_checks(story),
        *body_checks(story),
        *wall_checks(story, preview_paragraphs),
    ]
    return sorted(found, key=lambda check: list(Level).index(check.level))


def errors_of(story: StoryPage) -> list[Check]:
    """The findings that forbid publishing."""
    return [check for check in checks_of(story) if check.level == Level.ERROR]


def headline_checks(story: StoryPage) -> Iterator[Check]:
    length = len(story.headline)
    if length > HEADLINE_LENGTH:
        text = f"The headline has {length} characters; beyond {HEADLINE_LENGTH} it is cut in search results and feeds."
        yield Check(Level.WARNING, text, "title")
    if length > CARD_LENGTH and not story.short_headline:
        yield Check(Level.WARNING, "Cards have room for a shorter headline: give the story one.", "short_headline")
    for field in ("title", "short_headline", "kicker", "standfirst"):
        if PLACEHOLDER.search(getattr(story, field)):
            yield Check(Level.WARNING, "A placeholder was left in the text.", field)


def furniture_checks(story: StoryPage) -> Iterator[Check]:
    if not story.standfirst.strip():
        yield Check(Level.WARNING, "There is no standfirst.", "standfirst")
    if not story.bylines.all():
        yield Check(Level.WARNING, "There is no byline.", "bylines")
    if not story.topic_links.all():
        yield Check(
            Level.WARNING, "There is no topic: the story stands on no topic page and runs with no other.", "topic_links"
        )
    if story.what_changed and not story.updated_at:
        text = "It is said what changed, but not when: the note is printed beside the time of the update."
        yield Check(Level.WARNING, text, "updated_at")


def lead_picture_checks(story: StoryPage) -> Iterator[Check]:
    picture = story.lead_picture
    if picture is None:
        yield Check(Level.WARNING, "There is no lead picture.", "lead_picture")
        return
    if not picture.alt.strip():
        text = "The lead picture has no alternative text: write it in the picture, for readers who cannot see it."
        yield Check(Level.ERROR, text, "lead_picture")
    if not (story.lead_credit or picture.credit).strip():
        yield Check(Level.WARNING, "The lead picture has no credit.", "lead_credit")
    if not (story.lead_caption or picture.caption).strip():
        yield Check(Level.WARNING, "The lead picture has no caption.", "lead_caption")


def body_checks(story: StoryPage) -> Iterator[Check]:
    blocks = list(story.body)
    if not any(plain_text(block.block_type, block.value).strip() for block in blocks):
        yield Check(Level.WARNING, "The story has no text.", "body")
    for place, block in enumerate(blocks):
        if block.block_type == "picture":
            yield from picture_checks(block.value, place)
        elif block.block_type == "related_story" and block.value["story"] and not block.value["story"].live:
            yield Check(Level.WARNING, "A related story is not published: readers see nothing there.", "body", place)
        elif PLACEHOLDER.search(plain_text(block.block_type, block.value)):
            yield Check(Level.WARNING, f"A placeholder was left in block {place + 1} of the text.", "body", place)


def picture_checks(value: Any, place: int) -> Iterator[Check]:
    picture, where = value["picture"], f"The picture in block {place + 1} of the text"
    if picture is None:
        yield Check(
            Level.ERROR, f"{where} is missing: it was deleted, so choose another or take the block out.", "body", place
        )
        return
    if not (value["alt"] or picture.alt).strip():
        yield Check(
            Level.ERROR, f"{where} has no alternative text: describe it for readers who cannot see it.", "body", place
        )
    if not (value["credit"] or picture.credit).strip():
        yield Check(Level.WARNING, f"{where} has no credit.", "body", place)


def wall_checks(story: StoryPage, count: int) -> Iterator[Check]:
    """Where the wall will stand, and whether it stands well."""
    access = access_of(story)
    blocks = list(story.body)
    marker = next((place for place, block in enumerate(blocks) if is_wall(block)), None)
    if access is None or not blocks:
        return
    if access == Access.FREE:
        if marker is not None:
            yield Check(Level.NOTE, "The story is free to read: its wall marker does nothing.", "body", marker)
        return
    preview = list(blocks_for(story, Extent.PREVIEW, count))
    withheld = [block for block in blocks[len(preview) :] if block.block_type != WALL]
    if marker is None:
        yield Check(Level.WARNING, f"There is no wall marker: {words_on_cut(preview, count)}.", "body")
    elif not preview:
        yield Check(
            Level.WARNING,
            "The wall marker comes first: strangers get the headline and standfirst only.",
            "body",
            marker,
        )
    elif not withheld:
        yield Check(
            Level.WARNING, "The wall marker comes last: nothing is withheld, everyone reads all of it.", "body", marker
        )
    else:
        yield Check(Level.NOTE, f"The wall marker stands well: {words_on_cut(preview, count)}.", "body", marker)
    yield from preview_checks(preview, withheld)


def preview_checks(preview: Sequence[Any], withheld: Sequence[Any]) -> Iterator[Check]:
    """What the preview gives away, or fails to give."""
    if preview and not any(block.block_type == "paragraph" for block in preview):
        yield Check(
            Level.WARNING, "The preview has no paragraph: strangers see what stands around the text only.", "body"
        )
    hidden = bare(" ".join(plain_text(block.block_type, block.value) for block in withheld))
    for place, block in enumerate(preview):
        if block.block_type == "pull_quote" and len(bare(str(block.value))) > 20 and bare(str(block.value)) in hidden:
            text = "A pull quote above the wall repeats words from below it: strangers will read them there."
            yield Check(Level.WARNING, text, "body", place)


def access_of(story: StoryPage) -> Access | None:
    """The access in force; None where the story states none and has no section yet."""
    if story.depth:
        return story.effective_access
    return Access(story.access) if story.access else None


def words_on_cut(preview: Sequence[Any], count: int) -> str:
    """Where the cut falls, said with the last words before it."""
    texts = [plain_text(block.block_type, block.value) for block in preview if block.block_type != "related_story"]
    words = " ".join(text for text in texts if text).split()
    if not words:
        return "strangers get the headline and standfirst only"
    end = " ".join(words[-6:])
    return f"the preview ends after “…{end}” ({len(words)} words)"


def bare(text: str) -> str:
    """Text for comparing: no case, spaces or quotation marks."""
    return SPACES_AND_QUOTES.sub("", text).casefold()
