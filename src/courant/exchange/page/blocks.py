"""Blocks from the lines of a story: what HTML says a line is, and in plain text lists, subheadings, paragraphs."""

import re
from collections.abc import Sequence
from html import escape

from courant.exchange.article import Block, ItemList, Paragraph, Picture, PicturePlace, Subheading
from courant.exchange.page.lines import Line, ends_sentence, is_prose, list_mark, word_count

_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}(?:\s?[ap]\.?m\.?)?(?:\s[A-Z]{2,4})?|\d{1,2}\s?[ap]m", re.I)


def make_blocks(story: Sequence[Line], lead: Sequence[Line]) -> tuple[tuple[Block, ...], tuple[Picture, ...]]:
    """The blocks and all pictures. The first picture has no place if it stands above the first paragraph."""
    pictures = [line.picture for line in lead if line.picture is not None]
    blocks: list[Block] = [PicturePlace(place) for place in range(1, len(pictures))]
    index = 0
    while index < len(story):
        line = story[index]
        items = _list_run(story, index)
        if line.picture is not None:
            if pictures or _has_text(story[:index]):
                blocks.append(PicturePlace(len(pictures)))
            pictures.append(line.picture)
        elif len(items) > 1:
            blocks.append(ItemList(tuple(items), ordered=_number(line) is not None))
            index += len(items) - 1
        else:
            blocks.append(_text_block(story, index))
        index += 1
    return tuple(blocks), tuple(pictures)


def _has_text(lines: Sequence[Line]) -> bool:
    return any(line.picture is None for line in lines)


def _list_run(story: Sequence[Line], at: int) -> list[str]:
    """The items of a list that begins here: lines with the same bullet, or with numbers in order."""
    first = story[at]
    mark, number = list_mark(first.text), _number(first)
    if not mark or first.block is not None or first.picture is not None or mark[0] == "–":
        return []
    items: list[str] = []
    for line in story[at:]:
        own = list_mark(line.text)
        goes_on = own == mark if number is None else _number(line) == number + len(items)
        if not own or not goes_on or line.block is not None or line.picture is not None:
            break
        items.append(escape(line.text[len(own) :], quote=False))
    return items


def _number(line: Line) -> int | None:
    digits = re.sub(r"\D", "", list_mark(line.text))
    return int(digits) if digits else None


def _text_block(story: Sequence[Line], at: int) -> Block:
    line = story[at]
    if line.block is not None and not (isinstance(line.block, Paragraph) and _is_clock(line.text)):
        return line.block
    if _is_clock(line.text) or _is_subheading(story, at):
        return Subheading(line.text.lstrip("#").strip())
    return Paragraph(escape(line.text, quote=False))


def _is_clock(text: str) -> bool:
    """True for a time of day alone, which heads an entry of a live report."""
    return len(text) <= 14 and bool(_CLOCK.fullmatch(text))


def _is_subheading(story: Sequence[Line], at: int) -> bool:
    """True for a short line without a stop between two texts. Several such lines in a row are paragraphs."""
    text = story[at].text
    if text.startswith("#") and text.lstrip("#").startswith(" "):
        return True
    if len(text) > 90 or word_count(text) > 12 or ends_sentence(text) or text.endswith(",") or text[0].islower():
        return False
    if at + 1 >= len(story):
        return False
    above = story[at - 1] if at else None
    is_below = above is None or _is_text(above) or _is_clock(above.text) or bool(list_mark(above.text))
    return is_below and (_is_text(story[at + 1]) or bool(list_mark(story[at + 1].text)))


def _is_text(line: Line) -> bool:
    return line.picture is not None or is_prose(line.text) or ends_sentence(line.text)
