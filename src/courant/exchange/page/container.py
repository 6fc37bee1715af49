"""Where on an HTML page the story stands: trafilatura says what its text is, the page's own tree says where."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace

import trafilatura
from lxml import etree

from courant.exchange.article import ItemList
from courant.exchange.page.inline import plain
from courant.exchange.page.lines import fold, is_prose
from courant.exchange.page.markup import Element
from courant.exchange.page.walk import Item

MOST_FOR_TRAFILATURA = 25_000
"""Elements: on larger pages the story is found by the density of its prose alone, which takes linear time."""
KEY = 60
"""Characters of a folded line by which it is recognised."""

logging.getLogger("trafilatura").addHandler(logging.NullHandler())


def main_keys(root: Element) -> set[str]:
    """Keys of the lines that trafilatura takes for the story; empty if it finds none or fails."""
    if sum(1 for _ in root.iter()) > MOST_FOR_TRAFILATURA:
        return set()
    try:
        document = trafilatura.bare_extraction(deepcopy(root), include_comments=False, include_tables=True)
    except Exception:  # Whatever ails the library on a strange page, the story can still be found by density.
        return set()
    body = getattr(document, "body", None)
    if body is None:
        return set()
    texts = (
        " ".join(part for part in each.itertext()) for each in body.iter("p", "head", "item", "quote", "cell", "row")
    )
    return {key_of(text) for text in texts} - {""}


def key_of(text: str) -> str:
    """What a line is recognised by in another reading of the page."""
    return fold(text[: 3 * KEY])[:KEY]


def find_story(items: list[Item], root: Element) -> tuple[Element, set[int], list[Item]]:
    """The element that holds the story, the places of what is prose of it for sure, and the items without needless
    doubts: a form or a "sidebar-layout" around the whole story says nothing."""
    keys = main_keys(root)
    known = {place for place, item in enumerate(items) if _is_known(item, keys)}
    items = _without_wide_doubts(items, known or {i for i, item in enumerate(items) if is_prose(item.line.text)})
    sure = {place for place in known if not items[place].is_aside}
    if sum(len(items[place].line.text) for place in sure) < 200:
        sure = _by_density(items)
    return _best_element(items, sure, root), sure, items


def _without_wide_doubts(items: list[Item], known: set[int]) -> list[Item]:
    """The items without doubts about elements that hold two fifths or more of what seems to be the story."""
    shares: defaultdict[Element, int] = defaultdict(int)
    for place in known:
        for doubt in items[place].doubts:
            shares[doubt.element] += len(items[place].line.text)
    total = sum(len(items[place].line.text) for place in known)
    wide = {element for element, share in shares.items() if share >= 0.4 * total}
    if not wide:
        return items
    return [replace(item, doubts=tuple(each for each in item.doubts if each.element not in wide)) for item in items]


def _is_known(item: Item, keys: set[str]) -> bool:
    block = item.line.block
    texts = [plain(each) for each in block.items] if isinstance(block, ItemList) else [item.line.text]
    return any(key_of(text) in keys for text in texts)


def _by_density(items: Sequence[Item]) -> set[int]:
    """Prose that is not links: outside of menus and of elements with suspicious names, if there is any such."""
    prose = {
        i for i, item in enumerate(items) if is_prose(item.line.text) and not item.line.links and not item.is_aside
    }
    trusted = {place for place in prose if not items[place].is_suspect}
    return trusted if len(trusted) >= 0.3 * len(prose) else prose


def _best_element(items: Sequence[Item], sure: set[int], root: Element) -> Element:
    """The innermost element with the most prose of the story and the least of anything else."""
    scores: defaultdict[Element, float] = defaultdict(float)
    for place, item in enumerate(items):
        if place in sure:
            scores[item.element] += len(item.line.text)
        elif not item.is_suspect or not item.line.links:
            scores[item.element] -= 0.5 * min(len(item.line.text), 2000)
    best, most = root, float("-inf")
    for element in reversed(list(root.iter(etree.Element))):
        score = scores.get(element, 0.0)
        parent = element.getparent()
        if parent is not None and score:
            scores[parent] += score
        if score > most and element.tag not in ("p", "html"):
            best, most = element, score
    return best
