"""What an HTML page prints in its head and marks as such: names, times, standfirst; joined to what it states."""

from collections.abc import Sequence
from dataclasses import replace

from courant.exchange.article import Byline
from courant.exchange.page.bylines import is_role, read_byline
from courant.exchange.page.dates import DateRules, read_moment
from courant.exchange.page.lines import Line, fold, is_prose, word_count, word_set
from courant.exchange.page.markup import Element, name_tokens
from courant.exchange.page.metadata import Stated, stated_standfirst
from courant.exchange.page.story import Facts
from courant.exchange.page.walk import Item

LONGEST_DESCRIPTION = 600
_STANDFIRSTS = word_set("standfirst dek deck subtitle subheadline strapline")
_STANDFIRST_PAIRS = ({"article", "summary"}, {"story", "summary"}, {"sub", "title"}, {"sub", "headline"})
_BYLINES = word_set("byline bylines author authors")


def take_times(facts: Facts, items: Sequence[Item], rules: DateRules) -> None:
    """The machine-readable times near the headline, where the metadata state none."""
    for item in items:
        moment = read_moment(item.when, rules)[0] if item.when and len(item.when) < 60 else None
        if moment and item.when_kind == "modified":
            facts.modified_at = facts.modified_at or moment
        elif moment:
            facts.published_at = facts.published_at or moment


def take_names(facts: Facts, items: Sequence[Item], head: Sequence[int]) -> set[int]:
    """The places of lines that the page marks as its byline. Their names are used if none, or fewer, are stated."""
    found: dict[str, Byline] = {}
    places = set()
    for place in head:
        text = items[place].line.text
        if not _is_byline(items[place].element):
            continue
        names = read_byline(text, bare=True)
        for each in names:
            found.setdefault(fold(each.name), each)
        if found and not names and is_role(text) and word_count(text) <= 6:
            last = list(found)[-1]
            found[last] = replace(found[last], role=", ".join(filter(None, (found[last].role, text))))
        if names or (found and word_count(text) <= 6 and not is_prose(text)):
            places.add(place)
    facts.bylines = _joined(facts.bylines, found)
    return places


def _joined(stated: list[Byline], printed: dict[str, Byline]) -> list[Byline]:
    """The printed names if they hold all the stated ones, else the stated ones, with the roles that are printed."""
    if printed.keys() >= {fold(each.name) for each in stated}:
        return list(printed.values())
    roles = {name: each.role for name, each in printed.items()}
    return [replace(each, role=each.role or roles.get(fold(each.name), "")) for each in stated]


def take_standfirst(facts: Facts, items: Sequence[Item], head: Sequence[int]) -> set[int]:
    """The places of lines that the page marks as its standfirst."""
    places = [i for i in head if _is_standfirst(items[i].element) and items[i].line.picture is None]
    facts.standfirst = " ".join(items[i].line.text for i in places)[:1500]
    return set(places)


def _around(element: Element) -> list[Element]:
    """The element and up to two around it, below those that hold the whole story."""
    found: list[Element] = []
    while element is not None and len(found) < 3 and element.tag not in ("article", "main", "body", "html"):
        found.append(element)
        element = element.getparent()
    return found


def _is_byline(element: Element) -> bool:
    return any(_BYLINES & name_tokens(each) or "author" in _properties(each) for each in _around(element))


def _is_standfirst(element: Element) -> bool:
    return any(
        _STANDFIRSTS & name_tokens(each)
        or {"alternativeheadline", "description"} & _properties(each)
        or any(pair <= name_tokens(each) for pair in _STANDFIRST_PAIRS)
        for each in _around(element)
    )


def _properties(element: Element) -> set[str]:
    return set((element.get("itemprop") or "").casefold().split())


def described(stated: Stated, facts: Facts, lines: Sequence[Line]) -> str:
    """The description from the metadata, unless it is the story's own beginning, the headline or the site."""
    text = stated_standfirst(stated)
    same = fold(text)
    is_short = word_count(text) < 4 or len(text) > LONGEST_DESCRIPTION
    if is_short or same == fold(facts.headline) or same in stated.sites:
        return ""
    for line in [line for line in lines if line.picture is None][:6]:
        start = fold(line.text[:1200])
        if start.startswith(same) or (len(start.split()) >= 8 and same.startswith(start)):
            return ""
    return text
