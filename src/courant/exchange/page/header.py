"""What stands between the headline and the story: standfirst, bylines, times, in whatever order the page has them.

The lines between are told by the signs of dates and names alone. Where nothing of that kind stands, there is no
standfirst: the first paragraph is never taken for one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from courant.exchange.article import Byline, Picture
from courant.exchange.page.bylines import read_byline, without_handles
from courant.exchange.page.credits import split_credit
from courant.exchange.page.dates import DateRules, Stamp
from courant.exchange.page.lines import Line, ends_sentence, fold, list_mark, word_count
from courant.exchange.page.signs import LONGEST_HEADER, Sign, is_date_line, join_labels, settle_names, sign_of

LONGEST_STANDFIRST = 900
"""Characters of all the lines of a standfirst."""


@dataclass(slots=True)
class Header:
    """The header's parts and the lines below it."""

    standfirst: str = ""
    bylines: list[Byline] = field(default_factory=list)
    published_at: datetime | None = None
    modified_at: datetime | None = None
    lead: list[Line] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    is_labelled: bool = False

    def take_stamp(self, stamp: Stamp) -> None:
        """Take over a line's times. One that is called "published" replaces one that is called nothing."""
        if stamp.published_at and stamp.is_labelled and not self.is_labelled:
            self.modified_at = self.modified_at or self.published_at
            self.published_at, self.is_labelled = stamp.published_at, True
        self.published_at = self.published_at or stamp.published_at
        self.modified_at = self.modified_at or stamp.modified_at
        self.warnings += [each for each in stamp.warnings if each not in self.warnings]


def read_header(lines: Sequence[Line], rules: DateRules) -> Header:
    """Read the lines below the headline, without furniture, up to the story's first paragraph."""
    lines = join_labels(lines)
    signs = [sign_of(line, rules) for line in lines[:LONGEST_HEADER]]
    settle_names(lines, signs)
    end = _end_of_header(lines, signs)
    header = Header(body=list(lines[end:]))
    standfirst = _gather(header, lines[:end], signs)
    if standfirst and not any(line.picture is None for line in header.body):
        header.body = [*standfirst, *header.body]
    else:
        header.standfirst = _joined([_without_mark(line.text) for line in _without_scraps(standfirst)])
    _settle_lead(header)
    _settle_open_line(header, has_signs=end > 0)
    _read_foot(header, rules)
    return header


def _settle_open_line(header: Header, *, has_signs: bool) -> None:
    """In plain text, a first line without a stop above the first sentence is no paragraph.

    Below a date it is a caption that the page prints once; directly below the headline it is the standfirst.
    """
    if len(header.body) < 2 or not _is_open_line(header.body[0]) or not ends_sentence(header.body[1].text):
        return
    line = header.body[0]
    if has_signs:
        caption, credit = split_credit(line.text)
        header.lead.append(replace(line, picture=Picture(caption=caption, credit=credit)))
    else:
        header.standfirst = line.text
    del header.body[0]


def _is_open_line(line: Line) -> bool:
    text = line.text
    is_bare = line.block is None and line.picture is None and not list_mark(text)
    return is_bare and 6 <= word_count(text[:600]) <= 60 and not ends_sentence(text) and text[-1] not in ",-–—"


def _settle_lead(header: Header) -> None:
    """Lines that stood in the page's head and were not understood are no part of the story, but may head it."""
    pictures = [line for line in header.body if line.lead and line.picture is not None]
    texts = [line for line in header.body if line.lead and line.picture is None]
    rest = [line for line in header.body if not line.lead]
    if (not texts and not pictures) or not any(line.picture is None for line in rest):
        return
    beginning = fold(" ".join(line.text for line in rest[:3])[:2000])
    news = [line for line in texts if word_count(line.text) >= 5 and not line.links]
    first = next((line for line in news if not beginning.startswith(fold(line.text))), None)
    if first is not None and not header.standfirst:
        header.standfirst = first.text
    header.lead += pictures
    header.body = rest


def _end_of_header(lines: Sequence[Line], signs: Sequence[Sign]) -> int:
    """The place below the header's last line; 0 if there is no sign of a header."""
    end, size, texts, seen = 0, 0, 0, set[str]()
    for index, sign in enumerate(signs):
        if sign.kind == "stop":
            break
        if sign.kind == "picture":
            continue
        if sign.kind == "text":
            texts, size = texts + 1, size + len(lines[index].text)
            allowed = 1 if seen else 4
            if texts > allowed or size > LONGEST_STANDFIRST or {"date", "byline"} <= seen:
                break
            continue
        end, texts, size = index + 1, 0, 0
        seen.add("byline" if sign.kind == "name" or sign.bylines else sign.kind)
        if sign.stamp is not None:
            seen.add("date")
    return end


def _gather(header: Header, lines: Sequence[Line], signs: Sequence[Sign]) -> list[Line]:
    """Fill the header from its lines; what is neither date nor name is its standfirst."""
    standfirst: list[Line] = []
    for line, sign in zip(lines, signs, strict=False):
        if sign.stamp is not None:
            header.take_stamp(sign.stamp)
        header.bylines += [each for each in sign.bylines if each.name not in {b.name for b in header.bylines}]
        if sign.kind == "role" and header.bylines:
            last = header.bylines[-1]
            header.bylines[-1] = replace(last, role=", ".join(filter(None, (last.role, without_handles(line.text)))))
        elif sign.kind == "picture":
            header.lead.append(line)
        elif sign.kind == "text":
            standfirst.append(line)
    return standfirst


def _read_foot(header: Header, rules: DateRules) -> None:
    """Times and a byline printed below the story, if the header had none; the lines leave the story."""
    for place in range(len(header.body) - 1, max(len(header.body) - 13, 0), -1):
        text = header.body[place].text
        if header.body[place].picture is not None or len(text) > 200:
            continue
        stamp = is_date_line(text, rules)
        if stamp and (stamp.is_labelled or (header.published_at is None and place >= len(header.body) - 2)):
            header.take_stamp(stamp)
            names = read_byline(stamp.rest, bare=True) if stamp.rest else ()
            header.bylines = header.bylines or list(names)
            del header.body[place]
        elif place >= len(header.body) - 2 and _is_signature(text, header):
            header.bylines = header.bylines or list(read_byline(text))
            del header.body[place]


def _is_signature(text: str, header: Header) -> bool:
    """True for the byline again below the story, or there alone."""
    if not header.bylines:
        return bool(read_byline(text))
    names = {each.name for each in read_byline(text, bare=True)}
    return bool(names) and names <= {each.name for each in header.bylines}


def _joined(texts: Sequence[str]) -> str:
    """Several lines of a standfirst as one; those without a stop get one, so that they do not run together."""
    closed = [text if ends_sentence(text) else f"{text}." for text in texts[:-1]]
    return " ".join([*closed, *texts[-1:]])


def _without_scraps(lines: Sequence[Line]) -> list[Line]:
    """Of several lines those that say something: a label of a word or two beside others is no standfirst."""
    telling = [line for line in lines if word_count(line.text) > 3 or ends_sentence(line.text)]
    return telling if len(lines) > 1 and telling else list(lines)


def _without_mark(text: str) -> str:
    return text[len(list_mark(text)) :]
