"""From the lines below a headline to the article: furniture out, captions made pictures, header read, blocks made."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from courant.exchange.article import Article, Byline, Paragraph, Picture
from courant.exchange.page.blocks import make_blocks
from courant.exchange.page.captions import take_captions
from courant.exchange.page.dates import DateRules
from courant.exchange.page.furniture import Furniture
from courant.exchange.page.header import Header, read_header
from courant.exchange.page.language import direction_of, language_of
from courant.exchange.page.lines import Line, fold
from courant.exchange.page.placing import sort_lines
from courant.exchange.page.signs import is_date_line


@dataclass(slots=True)
class Facts:
    """What a page states of its story outside the lines: all of it may be missing."""

    url: str = ""
    headline: str = ""
    standfirst: str = ""
    bylines: list[Byline] = field(default_factory=list)
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str = ""
    section_hint: str = ""
    topics: list[str] = field(default_factory=list)
    picture: Picture | None = None
    warnings: list[str] = field(default_factory=list)
    dropped: int = 0


def make_article(facts: Facts, lines: Sequence[Line], rules: DateRules, furniture: Furniture) -> Article:
    """The article of a page whose headline is known; `lines` are all the lines below it.

    Facts that the page states go before what its lines show. The article may turn out to have no blocks.
    """
    marks = sort_lines(lines, furniture)
    kept = [line for line, mark in zip(lines, marks, strict=True) if not mark]
    captioned = take_captions(_without_headline(kept, facts.headline))
    header = read_header(captioned, rules)
    body = _without_standfirst(header.body, facts.standfirst or header.standfirst)
    bylines = _bylines(facts.bylines, header.bylines)
    story = _without_author_notes([line for line in body if not _is_time_label(line, rules)], bylines)
    blocks, pictures = make_blocks(story, _with_stated_picture(header.lead, story, facts.picture))
    language = facts.language or language_of(
        " ".join([facts.headline, header.standfirst, *(line.text for line in story[:60])])
    )
    published_at, modified_at, warnings = _times(facts, header)
    return Article(
        headline=facts.headline,
        blocks=blocks,
        url=facts.url,
        standfirst=facts.standfirst or header.standfirst,
        bylines=bylines,
        published_at=published_at,
        modified_at=modified_at,
        language=language,
        direction=direction_of(language),
        section_hint=facts.section_hint,
        pictures=pictures,
        topics=tuple(facts.topics),
        dropped=facts.dropped + len(lines) - len(kept) + len(body) - len(story),
        warnings=warnings,
    )


def _times(facts: Facts, header: Header) -> tuple[datetime | None, datetime | None, tuple[str, ...]]:
    """Both times and all warnings; those about the header's times count only where these are used."""
    published = facts.published_at or header.published_at
    modified = facts.modified_at or header.modified_at
    warnings = [*facts.warnings, *([] if facts.published_at else header.warnings)]
    if published is None and modified is not None:
        warnings.append("The page says when it was updated but not when it was published.")
    if published is not None and modified is not None and modified <= published:
        modified = None
    return published, modified, tuple(dict.fromkeys(warnings))


def _bylines(stated: Sequence[Byline], printed: Sequence[Byline]) -> tuple[Byline, ...]:
    """The stated names, with the roles that are printed beside the same names; else the printed ones."""
    roles = {fold(each.name): each.role for each in printed}
    named = [replace(each, role=each.role or roles.get(fold(each.name), "")) for each in stated]
    return tuple(named or printed)


def _without_headline(lines: Sequence[Line], headline: str) -> list[Line]:
    """The lines without repetitions of the headline near the top."""
    same = fold(headline)
    return [line for place, line in enumerate(lines) if not (place < 8 and fold(line.text[:400]) == same)]


def _without_standfirst(lines: Sequence[Line], standfirst: str) -> list[Line]:
    """The lines without a repetition of the standfirst at the top of the story."""
    same = fold(standfirst)
    if not same or sum(line.picture is None for line in lines) < 2:
        return list(lines)
    return [line for place, line in enumerate(lines) if not (place < 4 and fold(line.text[:1200]) == same)]


def _is_time_label(line: Line, rules: DateRules) -> bool:
    """True for "Updated at 16.30" or "2 hours ago" among the paragraphs; a plain date there heads what follows."""
    if line.picture is not None or len(line.text) > 80 or not isinstance(line.block, Paragraph | None):
        return False
    stamp = is_date_line(line.text, rules)
    return stamp is not None and (stamp.is_labelled or stamp.is_relative)


def _without_author_notes(lines: Sequence[Line], bylines: Sequence[Byline]) -> list[Line]:
    """The lines without those at the end that introduce the author: "X is our correspondent in Y"."""
    names = "|".join(re.escape(each.name) for each in bylines if len(each.name.split()) > 1)
    if not names:
        return list(lines)
    note = re.compile(rf"(?:{names}),? (?:is|has been|covers|reports|writes|joined|was previously)\b.{{5,600}}")
    last = len(lines) - 4
    return [line for place, line in enumerate(lines) if place < max(last, 1) or not note.fullmatch(line.text[:700])]


def _with_stated_picture(lead: Sequence[Line], story: Sequence[Line], stated: Picture | None) -> list[Line]:
    """The pictures above the story; the one that the page states in its metadata if it shows none at all."""
    if stated is None or lead or any(line.picture for line in story):
        return list(lead)
    return [Line(text=stated.caption, picture=stated)]
