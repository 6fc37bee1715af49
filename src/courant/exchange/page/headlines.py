"""The headline of an HTML page: the title that is printed, chosen by what the page states of itself."""

from collections.abc import Sequence

from courant.exchange.page.lines import fold, word_count
from courant.exchange.page.markup import Element
from courant.exchange.page.metadata import Stated, stated_headlines
from courant.exchange.page.titles import without_site
from courant.exchange.page.walk import Item


def find_headline(
    items: Sequence[Item], inside: Sequence[int], stated: Stated, root: Element
) -> tuple[str, int | None]:
    """The headline as printed, and its place: the title most like what the metadata say, else near the story."""
    texts = stated_headlines(stated, root)
    best, likeness = _likeliest_title(items, inside, texts, stated.sites)
    if best is not None and (likeness >= 0.4 or not texts):
        return items[best].line.text, best
    if texts:
        printed = _printed_place(items, texts, stated.sites)
        part = _printed_part(items, inside, texts[0]) if printed is None else None
        return (texts[0], printed) if part is None else (items[part].line.text, part)
    return _first_heading(items, inside)


def _likeliest_title(
    items: Sequence[Item], inside: Sequence[int], texts: Sequence[str], sites: set[str]
) -> tuple[int | None, float]:
    shown = [i for i, item in enumerate(items) if item.is_title and not item.is_aside]
    titles = [i for i in shown if fold(items[i].line.text) not in sites]
    first = inside[0] if inside else 0
    ranked = sorted(titles, key=lambda i: (-_likeness(items[i].line.text, texts), abs(i - first)))
    return (ranked[0], _likeness(items[ranked[0]].line.text, texts)) if ranked else (None, 0.0)


def _likeness(text: str, others: Sequence[str]) -> float:
    """The largest share of words that a text has in common with one of the others."""
    words = set(fold(text[:400]).split())
    folded = [set(fold(other).split()) for other in others]
    return max((len(words & other) / max(1, min(len(words), len(other))) for other in folded), default=0.0)


def _printed_place(items: Sequence[Item], texts: Sequence[str], sites: set[str]) -> int | None:
    same = {fold(text) for text in texts}
    short = (i for i, item in enumerate(items) if len(item.line.text) < 400)
    return next((i for i in short if fold(without_site(items[i].line.text, sites)) in same), None)


def _printed_part(items: Sequence[Item], inside: Sequence[int], title: str) -> int | None:
    """Where a line stands that is the title but for the name of the site before or behind it."""
    whole = f" {fold(title)} "
    for place in inside[:10]:
        text = items[place].line.text
        part = f" {fold(text)} " if len(text) < 300 and word_count(text) >= 3 else "."
        if (whole.startswith(part) or whole.endswith(part)) and len(whole) - len(part) < 60:
            return place
    return None


def _first_heading(items: Sequence[Item], inside: Sequence[int]) -> tuple[str, int | None]:
    """For a page without title and h1: the first line of the story, if it is short enough."""
    for place in inside[:10]:
        text = items[place].line.text
        if len(text) <= 200 and word_count(text) >= 2 and items[place].line.picture is None:
            return text, place
    return "", None
