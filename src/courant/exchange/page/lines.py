"""A page as a run of lines: the form in which plain text and HTML meet, and the few questions one asks a line."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from courant.exchange.article import Block, Picture

LONGEST_LABEL = 200
"""Characters: a line longer than this is neither a headline's neighbour, nor a byline, nor a date line."""

_HAS_WORD = re.compile(r"[^\W_]")
_SPACE = re.compile(r"[^\S\u00a0\u202f]+|[\u00a0\u202f]{2,}")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\x00-\x08\x0e-\x1f\x7f-\x9f]")
_NOT_WORD = re.compile(r"[^\w]+|_+")
_SENTENCE_END = re.compile(r"[.!?…。؟۔:;]['\"’”»›)\]]*$")
_LIST_MARK = re.compile(r"(?:[•*▪‣◦·●○■–-]|\(?\d{1,3}[.)])\s+(?=\S)")
_TITLE_MARK = re.compile(r"#{1,6}\s+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page.

    `gap`: an empty line stood above it. `tagged`: it stood inside left-over tags. `lead`: it stood in the page's
    head, above the story proper. `links`: it is nothing but links. `block` and `picture`: what HTML says it is.
    """

    text: str
    gap: bool = True
    tagged: bool = False
    lead: bool = False
    links: bool = False
    block: Block | None = None
    picture: Picture | None = None


def word_set(text: str) -> frozenset[str]:
    """The words of a text as a set: for tables of words in the source."""
    return frozenset(text.split())


def tidy(text: str) -> str:
    """One line without invisible signs and with single spaces; a lone no-break space is typography and stays."""
    return _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()


def fold(text: str) -> str:
    """The words alone, lower case, single spaces: for comparing lines that differ in signs only."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("'", "")
    plain = plain.replace("©", " copyright ")
    return _NOT_WORD.sub(" ", plain).strip()


def split_lines(text: str) -> list[Line]:
    """The lines of a text that hold a word; those that a mail program or terminal wrapped are joined again."""
    lines: list[Line] = []
    gap = True
    for raw in re.split(r"\r\n|[\n\r\v\f\u0085\u2028\u2029]", text):
        line = tidy(raw)
        has_word = bool(_HAS_WORD.search(line))
        if has_word:
            lines.append(Line(text=line, gap=gap))
        gap = not has_word
    return _unwrap(lines)


def _unwrap(lines: Sequence[Line]) -> list[Line]:
    """Join wrapped lines: those broken because the next word would not have fitted, if most lines end so."""
    width = max((len(line.text) for line in lines), default=0)
    pairs = [(a, b) for a, b in pairwise(lines) if not b.gap]
    wrapped = [_is_wrap(a.text, b.text, width) for a, b in pairs]
    full = sum(wrapped)
    if not 40 <= width <= 120 or full < 4 or full < 0.5 * len(pairs) or not _runs_on(pairs, wrapped):
        return list(lines)
    joined: list[Line] = []
    for index, line in enumerate(lines):
        if index and not line.gap and _is_wrap(lines[index - 1].text, line.text, width):
            before = joined.pop()
            joined.append(Line(text=f"{before.text} {line.text}", gap=before.gap))
        else:
            joined.append(line)
    return joined


def _is_wrap(line: str, following: str, width: int) -> bool:
    return len(line) + 1 + len(following.split(" ", 1)[0]) > width - 3


def _runs_on(pairs: Sequence[tuple[Line, Line]], wrapped: Sequence[bool]) -> bool:
    """True if most wrapped lines stop in the middle of a sentence and the next goes on with a small letter.

    Neither is true of a header (headline, byline, time) or of whole paragraphs that happen to be of one length.
    German begins many words with a capital, so fewer than half need go on small.
    """
    broken = [(a.text, b.text) for (a, b), wrap in zip(pairs, wrapped, strict=True) if wrap]
    open_ended = sum(not ends_sentence(text) for text, _ in broken)
    going_on = sum(not following[0].isupper() for _, following in broken)
    return open_ended > 0.5 * len(broken) and going_on > 0.4 * len(broken)


def ends_sentence(text: str) -> bool:
    """True if the line closes like a sentence: a stop, perhaps inside a closing quotation mark."""
    return bool(_SENTENCE_END.search(text[-8:]))


def word_count(text: str) -> int:
    """Number of words, by spaces."""
    return len(text.split())


def is_prose(text: str) -> bool:
    """True for a line that reads as part of a story: a sentence of some words, or a long line."""
    count = word_count(text[:4000])
    return count >= 20 or (count >= 4 and ends_sentence(text)) or len(text) > 400


def is_cased(text: str) -> bool:
    """True if the script has capital letters, so that names can be told by them."""
    return any(sign.isupper() or sign.islower() for sign in text)


def list_mark(text: str) -> str:
    """The bullet or number that opens the line, with its space; empty if there is none."""
    found = _LIST_MARK.match(text)
    return found.group() if found else ""


def without_title_mark(text: str) -> str:
    """The line without Markdown's signs for a heading."""
    return _TITLE_MARK.sub("", text, count=1) if text.startswith("#") else text
