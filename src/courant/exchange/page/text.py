"""Plain text as a browser or a crawl leaves it: one line after the other, the headline first."""

import re
from collections.abc import Sequence

from courant.exchange.article import Article
from courant.exchange.page.bylines import read_byline
from courant.exchange.page.captions import untag
from courant.exchange.page.dates import DateRules
from courant.exchange.page.errors import PageError
from courant.exchange.page.furniture import Furniture
from courant.exchange.page.lines import Line, ends_sentence, fold, split_lines, without_title_mark, word_count
from courant.exchange.page.signs import is_date_line
from courant.exchange.page.story import Facts, make_article
from courant.exchange.page.titles import LONGEST_HEADLINE, first_words, site_names, without_site

FURTHEST_HEADLINE = 60
"""Lines: a menu above the headline is looked through this far."""
MOST_LINES = 200_000

_URL_LINE = re.compile(
    r"(?:(?:url|link|source|canonical|address|permalink)\s*[:=]\s*)?<?(https?://\S{3,2000}?)>?", re.I
)
_TITLE_LABEL = re.compile(r"^(?:title|headline|heading)\s*[:=]\s*(?=\S)", re.I)
_TAGS = re.compile(r"(?:tags|topics|filed under|keywords|categories)\s*:\s*(\S.*)$", re.I)
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)[\s©]*(?:\d{4})?,?\s*(?:by )?([^\W\d_][^.,|©\d]{2,40})", re.I)


def read_text(text: str, rules: DateRules, furniture: Furniture) -> Article:
    """Read plain text; raises PageError if there is no line in it, or nothing but a headline."""
    lines = untag(split_lines(text))
    facts = Facts()
    lines = _take_address(lines, facts)
    if not lines:
        raise PageError("There is no text in this file.")
    if len(lines) > MOST_LINES:
        raise PageError(f"The file has {len(lines):,} lines; a page has no more than {MOST_LINES:,}.")
    place = _place_of_headline(lines, rules, furniture)
    above = [line for line in lines[:place] if _belongs_to_header(line, rules)]
    facts.dropped = place - len(above)
    facts.section_hint = _section_above(lines[:place], furniture)
    facts.topics = _topics(lines)
    below = _take_headline(lines, place, facts)
    return make_article(facts, [*above, *below], rules, furniture)


def _take_address(lines: Sequence[Line], facts: Facts) -> list[Line]:
    """The lines without an address alone in the first or last three, which is the page's own."""
    kept: list[Line] = []
    for index, line in enumerate(lines):
        near_edge = index < 3 or index >= len(lines) - 3
        found = _URL_LINE.fullmatch(line.text) if near_edge and len(line.text) < 2100 else None
        if found and not facts.url:
            facts.url = found[1]
        else:
            kept.append(line)
    return kept


def _place_of_headline(lines: Sequence[Line], rules: DateRules, furniture: Furniture) -> int:
    """The first line that is neither furniture nor a date nor a byline."""
    for index, line in enumerate(lines[:FURTHEST_HEADLINE]):
        text = line.text
        if _belongs_to_header(line, rules) or line.tagged:
            continue
        below = lines[index + 1] if index + 1 < len(lines) else None
        if below and word_count(text) >= 3 and _belongs_to_header(below, rules) and not furniture.is_edge(text):
            return index
        if not _is_menu(lines, index, rules, furniture):
            return index
    return 0


def _is_menu(lines: Sequence[Line], index: int, rules: DateRules, furniture: Furniture) -> bool:
    """True for a line above the headline: furniture, a breadcrumb, or a short label with other labels around it."""
    text = lines[index].text
    if furniture.class_of(text) or furniture.is_edge(text):
        return True
    if word_count(text) <= 3 and furniture.opens_links(text):
        return True
    parts = re.split(r"\s*[|>›»/]\s*", text)
    if len(parts) > 1 and all(word_count(part) <= 2 for part in parts):
        return True
    if word_count(text) > 3 or (" " in text and ends_sentence(text)) or index + 1 >= len(lines):
        return False
    below = lines[index + 1]
    if _is_above_header(lines[index + 1 : index + 6], rules, furniture):
        return False
    if _belongs_to_header(below, rules) or below.tagged or read_byline(below.text, bare=True):
        return False
    is_label_below = furniture.is_edge(below.text) or bool(furniture.class_of(below.text))
    return is_label_below or word_count(below.text) <= 3 or (index > 0 and word_count(text) <= 2)


def _is_above_header(lines: Sequence[Line], rules: DateRules, furniture: Furniture) -> bool:
    """True if the first of these lines that is no furniture is a date or a byline."""
    for line in lines:
        if not (furniture.is_edge(line.text) or furniture.class_of(line.text)):
            return _belongs_to_header(line, rules) or bool(read_byline(line.text, bare=True))
    return False


def _belongs_to_header(line: Line, rules: DateRules) -> bool:
    return is_date_line(line.text, rules) is not None or bool(read_byline(line.text))


def _section_above(lines: Sequence[Line], furniture: Furniture) -> str:
    """The section that a page prints right above its headline; one of several labels there belongs to a menu."""
    labels = [line.text for line in lines if furniture.edge_class(line.text) == "navigation"]
    return labels[0] if len(labels) == 1 and labels[0] == lines[-1].text else ""


def _topics(lines: Sequence[Line]) -> list[str]:
    """The words of a line "Tags: one, two" in the lower half of the page."""
    found = (_TAGS.match(line.text) for line in lines[max(3, len(lines) // 2) :] if len(line.text) < 300)
    words = (word.strip(" .#") for each in found if each for word in re.split(r"[,;|]", each[1]))
    return list(dict.fromkeys(word for word in words if word))[:20]


def _take_headline(lines: Sequence[Line], place: int, facts: Facts) -> Sequence[Line]:
    """Set the headline; return the lines below it. A first line far too long for one stays part of the story."""
    text = without_title_mark(_TITLE_LABEL.sub("", lines[place].text, count=1))
    if len(text) > LONGEST_HEADLINE:
        facts.headline = first_words(text)
        facts.warnings.append("The page has no headline; the first words of its text were taken.")
        return lines[place:]
    again = _headline_again(lines, place)
    if again is not None:
        facts.headline = lines[again].text
        return [line for line in lines[place + 1 : again] if line.picture or line.tagged] + list(lines[again + 1 :])
    facts.headline = without_site(text, _sites(lines, facts.url))
    return lines[place + 1 :]


def _headline_again(lines: Sequence[Line], place: int) -> int | None:
    """Where the headline stands again below the page's title: the same words without the site's name."""
    title = fold(lines[place].text)
    for index in range(place + 1, min(place + 12, len(lines))):
        again = fold(lines[index].text[:LONGEST_HEADLINE])
        if word_count(again) >= 3 and title.startswith(again) and len(title) - len(again) < 80:
            return index
    return None


def _sites(lines: Sequence[Line], url: str) -> set[str]:
    """What the site may be called: by its address and by the copyright lines at the foot."""
    notices = (_COPYRIGHT.search(line.text[:300]) for line in lines[-40:])
    return site_names(url, *(found[1] for found in notices if found))
