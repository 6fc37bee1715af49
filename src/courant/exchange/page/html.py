"""Saved HTML: the story's lines from the page's tree, what the page states from its metadata, both put together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from courant.exchange.article import Article, ItemList, Paragraph
from courant.exchange.page.container import find_story
from courant.exchange.page.dates import DateRules, date_rules
from courant.exchange.page.errors import PageError
from courant.exchange.page.furniture import Furniture
from courant.exchange.page.headlines import find_headline
from courant.exchange.page.lines import Line, is_prose, split_lines
from courant.exchange.page.markup import Element, parse_html
from courant.exchange.page.metadata import (
    Stated,
    read_stated,
    stated_facts,
)
from courant.exchange.page.pagehead import described, take_names, take_standfirst, take_times
from courant.exchange.page.story import Facts, make_article
from courant.exchange.page.titles import LONGEST_HEADLINE, first_words
from courant.exchange.page.walk import Item, Walker

LONGEST_LEAD = 15
"""Lines: so many at most stand between the headline and the element that holds the story."""
SHORTEST_STORY = 200
"""Characters: a page that shows less is read again with its hidden parts, or from its metadata."""


@dataclass(slots=True)
class _Page:
    """The items of a page, and which of them are the story's.

    `lead` stand above the story's element, `body` in it; in `head`, names and times are looked for.
    """

    items: list[Item]
    headline: str
    lead: list[int]
    body: list[int]
    head: list[int]


def read_html(text: str, zone: str, furniture: Furniture) -> Article:
    """Read saved HTML; raises PageError if it is no HTML, a bomb, or holds no story."""
    root = parse_html(text)
    stated = read_stated(root)
    language = _language(root, stated)
    rules = date_rules(zone, language)
    page = _read_page(root, stated, hidden=False)
    if _size(page) < SHORTEST_STORY:
        whole = _read_page(root, stated, hidden=True)
        page = whole if _size(whole) > _size(page) else page
    facts = stated_facts(stated, rules)
    facts.language = language
    facts.headline = page.headline
    if not facts.headline:
        raise PageError("No headline was found in this page.")
    if len(facts.headline) > LONGEST_HEADLINE:
        facts.headline = first_words(facts.headline)
        facts.warnings.append("The headline is too long for one; its first words were taken.")
    lines = _story_lines(page, stated, facts, rules, furniture)
    facts.dropped = _count_left_out(page, furniture)
    return make_article(facts, lines, rules, furniture)


def _language(root: Element, stated: Stated) -> str:
    named = root.get("lang") or root.get("xml:lang") or ""
    listed = stated.story.get("inLanguage")
    named = named or (listed if isinstance(listed, str) else "") or stated.first("og:locale", "language")
    parts = named.strip().replace("_", "-").split("-")
    if not (parts[0].isalpha() and len(parts[0]) in (2, 3)):
        return ""
    region = parts[-1].upper() if len(parts) > 1 and len(parts[-1]) == 2 else ""
    return parts[0].lower() + (f"-{region}" if region else "")


def _read_page(root: Element, stated: Stated, *, hidden: bool) -> _Page:
    body = next(root.iter("body"), root)
    items = list(Walker(stated.base, hidden=hidden).items(body))
    story, sure, items = find_story(items, root)
    inside = _places_inside(items, story)
    headline, place = find_headline(items, inside, stated, root)
    first = inside[0] if inside else len(items)
    own = [i for i, item in enumerate(items) if not item.is_aside and not _is_foreign(item, i, sure)]
    if place is None:
        return _Page(items, headline, lead=[], body=_both(own, inside), head=inside[:6])
    lead = [i for i in own if place < i < first][:LONGEST_LEAD]
    body_places = [i for i in _both(own, inside) if i > place]
    head = [*range(place + 1, first)][: 2 * LONGEST_LEAD] + body_places[:6]
    return _Page(items, headline, lead=[*_pictures_above(items, place), *lead], body=body_places, head=head)


def _both(one: Sequence[int], two: Sequence[int]) -> list[int]:
    other = set(two)
    return [each for each in one if each in other]


def _pictures_above(items: Sequence[Item], place: int) -> list[int]:
    """The picture right above the headline, with its caption, where a page puts it there."""
    found: list[int] = []
    for index in range(place - 1, max(place - 6, -1), -1):
        item = items[index]
        if item.is_aside or item.is_suspect or (is_prose(item.line.text) and not item.line.tagged):
            break
        if item.line.picture is not None or item.line.tagged:
            found.insert(0, index)
    return found if any(items[index].line.picture for index in found) else []


def _places_inside(items: Sequence[Item], story: Element) -> list[int]:
    elements = set(story.iter())
    return [place for place, item in enumerate(items) if item.element in elements]


def _is_foreign(item: Item, place: int, sure: set[int]) -> bool:
    """True for an item in something named like furniture that is no certain prose of the story."""
    is_link_list = item.line.links and isinstance(item.line.block, ItemList)
    return item.is_title or ((item.is_suspect or is_link_list) and place not in sure)


def _size(page: _Page) -> int:
    return sum(len(page.items[place].line.text) for place in page.body)


def _story_lines(page: _Page, stated: Stated, facts: Facts, rules: DateRules, furniture: Furniture) -> list[Line]:
    """The lines of lead and body; printed standfirst, names and machine-readable times go to the facts."""
    places = [*page.lead, *page.body]
    take_times(facts, [page.items[i] for i in page.head], rules)
    taken = take_names(facts, page.items, page.head) | take_standfirst(facts, page.items, page.head)
    lines = [replace(page.items[i].line, lead=n < len(page.lead)) for n, i in enumerate(places) if i not in taken]
    lines = _from_article_body(lines, stated, facts, furniture)
    if not facts.standfirst:
        facts.standfirst = described(stated, facts, lines)
    return lines


def _from_article_body(lines: list[Line], stated: Stated, facts: Facts, furniture: Furniture) -> list[Line]:
    """The text that the page repeats for machines, if the page itself shows much less of the story."""
    if not stated.article_body:
        return lines
    shown = sum(
        len(line.text) for line in lines if isinstance(line.block, Paragraph) and not furniture.class_of(line.text)
    )
    repeated = [replace(line, gap=True) for line in split_lines(stated.article_body[:2_000_000])]
    if shown >= 0.5 * sum(len(line.text) for line in repeated) or not any(is_prose(line.text) for line in repeated):
        return lines
    facts.warnings.append("The page shows only part of its story; the text was taken from its metadata.")
    return [line for line in lines if line.lead or line.picture is not None] + repeated


def _count_left_out(page: _Page, furniture: Furniture) -> int:
    """How many lines of furniture the page has outside of its story."""
    story = {*page.lead, *page.body}
    return sum(bool(furniture.class_of(item.line.text)) for i, item in enumerate(page.items) if i not in story)
