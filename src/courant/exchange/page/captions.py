"""Captions and credits: found among the lines of a page, each turned into a picture once.

Signs of a caption in plain text: left-over tags around it; the same line printed twice in a row; a label such as
"Image caption"; a credit at its end; a credit on the line below it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from html import unescape

from courant.exchange.article import Paragraph, Picture
from courant.exchange.page.bylines import read_byline
from courant.exchange.page.credits import CAPTION_LABEL, credit_of, is_agency, split_credit
from courant.exchange.page.lines import Line, ends_sentence, fold, tidy, word_count

LONGEST_CAPTION = 120
"""Words: a longer line is a paragraph, whatever its signs."""

MOST_REPEATS = 4
"""A line that a page has more often is no caption printed twice."""

_NO_LETTER = re.compile(r"[\W_]+")
_LABEL_ALONE = re.compile(r"(?:image|photo|picture)(?: caption)?\s*[:,]|(?:image|photo) caption", re.I)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_OPEN = re.compile(r"^\s*<(p|figcaption|span|div|em|i|small)\b[^<>]{0,200}>", re.I)


def untag(lines: Sequence[Line]) -> list[Line]:
    """The lines without left-over tags. Lines wholly inside a tag are marked, unless most of the page is."""
    joined = _join_tagged(lines)
    whole = [_is_tagged(line.text) for line in joined]
    is_rare = sum(whole) <= max(2, 0.3 * len(joined))
    found: list[Line] = []
    for line, inside in zip(joined, whole, strict=True):
        text = tidy(unescape(_TAG.sub("", line.text))) if "<" in line.text or "&" in line.text else line.text
        if text:
            is_same = text == line.text and not inside
            found.append(line if is_same else replace(line, text=text, tagged=inside and is_rare))
    return found


def _is_tagged(text: str) -> bool:
    return "<" in text[:20] + text[-20:] and (bool(_OPEN.match(text)) or text[-4:].lower() == "</p>")


def _join_tagged(lines: Sequence[Line]) -> list[Line]:
    """Lines with a tag that opens on one and closes up to three lines below made one."""
    joined: list[Line] = []
    for line in lines:
        before = joined[-1] if joined else None
        if before and _is_open(before.text) and not _OPEN.match(line.text) and before.text.count("\n") < 3:
            joined[-1] = replace(before, text=f"{before.text}\n{line.text}")
        else:
            joined.append(line)
    return [part for line in joined for part in _closed_or_apart(line)]


def _is_open(text: str) -> bool:
    opened = _OPEN.match(text) if len(text) < 2000 and "<" in text[:20] else None
    return opened is not None and f"</{opened[1].lower()}" not in text.lower()


def _closed_or_apart(line: Line) -> list[Line]:
    if "\n" not in line.text:
        return [line]
    if _is_open(line.text):
        return [replace(line, text=part) for part in line.text.split("\n")]
    return [replace(line, text=line.text.replace("\n", " "))]


def take_captions(lines: Sequence[Line]) -> list[Line]:
    """The lines with each caption, its repetition and its credit made one line that carries a picture."""
    lines = _with_labels_joined(lines)
    counts = Counter(line.text for line in lines)
    frequent = {text for text, count in counts.items() if count > MOST_REPEATS}
    found: list[Line] = []
    index = 0
    while index < len(lines):
        size = 0 if lines[index].text in frequent else _caption_size(lines, index)
        if size:
            found.append(_picture_line(lines[index : index + size]))
            index += size
        else:
            found.append(lines[index])
            index += 1
    return _without_repeats(found)


def _with_labels_joined(lines: Sequence[Line]) -> list[Line]:
    """The lines with a label alone ("Image:") joined to the short line below it."""
    joined: list[Line] = []
    for line in lines:
        above = joined[-1] if joined else None
        if (
            above
            and above.block is None
            and len(above.text) <= 20
            and _LABEL_ALONE.fullmatch(above.text)
            and word_count(line.text) <= 60
        ):
            joined[-1] = replace(line, text=f"Image caption: {line.text}", gap=above.gap)
        else:
            joined.append(line)
    return joined


def _caption_size(lines: Sequence[Line], at: int) -> int:
    """How many lines from here are one caption; 0 if this line is none."""
    line = lines[at]
    if line.picture is not None:
        if not line.picture.caption and at + 1 < len(lines) and lines[at + 1].tagged:
            return 2 + _follow(lines, at + 2, split_credit(lines[at + 1].text)[0])
        return 1 + _follow(lines, at + 1, line.picture.caption or line.picture.alt)
    if line.block is not None or len(line.text) > 1500 or word_count(line.text) > LONGEST_CAPTION:
        return 0
    if _is_plain_sentence(line) and not _repeats(lines, at):
        return 0
    if credit_of(line.text):
        return 1
    if read_byline(line.text):
        return 0
    caption, credit = split_credit(line.text)
    more = _follow(lines, at + 1, caption)
    repeated = any(_is_same(caption, each.text) for each in lines[at + 1 : at + 1 + more])
    below = more > 0 and not repeated
    if line.tagged or repeated or CAPTION_LABEL.match(line.text):
        return 1 + more
    if credit and not ends_sentence(line.text) and word_count(caption) >= 3:
        return 1 + more
    return 1 + more if below and not ends_sentence(line.text) and word_count(line.text) >= 5 else 0


def _is_plain_sentence(line: Line) -> bool:
    """True for a line that only its repetition could make a caption: a sentence without tags, label or bracket."""
    text = line.text
    return not line.tagged and ends_sentence(text) and text[0] not in "([" and not CAPTION_LABEL.match(text)


def _repeats(lines: Sequence[Line], at: int) -> bool:
    """A quick look at whether one of the next two lines may say the same."""
    start = _start(lines[at].text)
    return any(start == _start(CAPTION_LABEL.sub("", line.text)) for line in lines[at + 1 : at + 3])


def _follow(lines: Sequence[Line], at: int, caption: str) -> int:
    """How many lines from here repeat the caption or credit it."""
    count = 0
    while at + count < len(lines) and count < 4:
        line = lines[at + count]
        if line.picture is not None or not isinstance(line.block, Paragraph | None):
            break
        if not (
            _is_same(caption, line.text) or credit_of(line.text) or _is_lone_agency(line.text, count, lines[at - 1])
        ):
            break
        count += 1
    return count


def _is_lone_agency(text: str, count: int, before: Line) -> bool:
    """True for "AP" or "Reuters" alone, which is a credit only right below a line that is a caption for sure."""
    sure = before.tagged or before.picture is not None or count > 0
    return sure and bool(is_agency(text))


def _is_same(caption: str, text: str) -> bool:
    if len(text) > len(caption) + 200 or _start(caption) != _start(CAPTION_LABEL.sub("", text)):
        return False
    one, two = fold(caption), fold(split_credit(text)[0])
    if len(one.split()) < 4:
        return False
    return one == two or (
        len(two.split()) >= 4 and two.startswith(one + " ") and len(two) < len(one) + 60 and bool(split_credit(text)[1])
    )


def _start(text: str) -> str:
    """The first letters of a line, whatever quotation marks stand before them."""
    return _NO_LETTER.sub("", text[:24])[:8].casefold()


def _picture_line(lines: Sequence[Line]) -> Line:
    """One line for the caption, with the longest text and the first credit that its lines state."""
    first = lines[0]
    picture = first.picture or Picture()
    caption, credit = picture.caption, picture.credit
    for line in lines:
        if line.picture is not None:
            continue
        alone = credit_of(line.text) or (line.text.strip("()[]. ") if _is_lone_agency(line.text, 1, line) else "")
        text, behind = ("", alone) if alone else split_credit(line.text)
        caption = caption or text
        credit = credit or behind
    if not credit:
        caption, credit = split_credit(caption)
    picture = replace(picture, caption=caption, credit=credit)
    return replace(first, text=caption or picture.alt, picture=picture)


def _without_repeats(lines: Sequence[Line]) -> list[Line]:
    """The lines without those that say a picture's caption again elsewhere, and without empty twins of pictures."""
    captions = {fold(line.picture.caption) for line in lines if line.picture} - {""}
    found: list[Line] = []
    for line in lines:
        if line.picture is None and captions and len(line.text) < 800 and word_count(line.text) >= 4:
            if fold(split_credit(line.text)[0]) in captions and isinstance(line.block, Paragraph | None):
                continue
        elif line.picture and found and _is_twin(found[-1], line):
            found[-1] = replace(found[-1], picture=_merged(found[-1].picture, line.picture))
            continue
        found.append(line)
    return found


def _is_twin(one: Line, two: Line) -> bool:
    """True if two pictures in a row are one: the same caption, or the second is but a credit."""
    if one.picture is None or two.picture is None:
        return False
    same = fold(one.picture.caption) == fold(two.picture.caption) and one.picture.url in ("", two.picture.url)
    lone_credit = not two.picture.caption and not two.picture.url and not one.picture.credit
    credit_above = not one.picture.caption and not one.picture.url and not two.picture.credit
    return bool(same and one.picture.caption) or lone_credit or credit_above


def _merged(one: Picture | None, two: Picture) -> Picture:
    if one is None:
        return two
    return Picture(one.caption or two.caption, one.credit or two.credit, one.alt or two.alt, one.url or two.url)
