"""HTML parsed defensively, and the small questions one asks an element."""

import re
from typing import Any, TypeAlias
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from courant.exchange.page.errors import PageError
from courant.exchange.page.lines import tidy

Element: TypeAlias = Any
"""An lxml element; lxml ships no types."""

DEEPEST = 1500
"""Levels: a page whose tags nest deeper is refused. Pages of newspapers stay below 60, broken ones below 300."""
MOST_ELEMENTS = 200_000
MOST_ATTRIBUTES = 5_000
"""In one tag: the parser compares each with all the others, so that many more would take it minutes."""
LONGEST_URL = 2000

_TOKEN = re.compile(r"[a-z]+|[A-Z][a-z]*|\d+")
_TAG_TOKEN = re.compile(r"<[a-zA-Z]|>|=\s*[\"']|[\"']|\s+|/")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f]")


def parse_html(text: str) -> Element:
    """The root of the page. Entities are never expanded from declarations, nothing is fetched.

    Raises PageError for a page without elements, nested absurdly deep, or of absurdly many elements.
    """
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    _refuse_crowded_tags(text)
    data = _CONTROL.sub("", text).encode("utf-8", errors="replace")
    try:
        root = html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise PageError("The page holds no readable HTML.") from error
    _refuse_bombs(root)
    return root


def _refuse_crowded_tags(text: str) -> None:
    """Refuse a tag with absurdly many attributes; pages without any very long stretch between `>` are not searched."""
    if max(map(len, text.split(">"))) < 4 * MOST_ATTRIBUTES:
        return
    count, quote = -1, ""
    for token in _TAG_TOKEN.finditer(text):
        sign = token.group()[-1]
        if quote:
            quote = "" if sign == quote else quote
        elif count < 0:
            count = 0 if token.group()[0] == "<" else -1
        elif sign == ">":
            count = -1
        elif sign in "\"'" and len(token.group()) > 1:
            quote = sign
        elif sign.isspace() or sign == "/":
            count += 1
            if count > MOST_ATTRIBUTES:
                raise PageError(f"The page has a tag with more than {MOST_ATTRIBUTES} attributes and cannot be read.")


def _refuse_bombs(root: Element) -> None:
    depth = 0
    for count, (event, _) in enumerate(etree.iterwalk(root, events=("start", "end"))):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise PageError(f"The page nests its tags more than {DEEPEST} deep and cannot be read.")
        if count > 2 * MOST_ELEMENTS:
            raise PageError(f"The page has more than {MOST_ELEMENTS} elements and cannot be read.")


def is_element(node: Element) -> bool:
    """True for an element proper, not a comment or an entity."""
    return isinstance(node.tag, str)


def name_tokens(element: Element) -> set[str]:
    """The words of an element's class, id, role and test names, in small letters."""
    names = " ".join(element.get(key) or "" for key in ("class", "id", "role", "data-testid", "data-component"))
    return {token.lower() for token in _TOKEN.findall(names[:600])}


def text_of(element: Element) -> str:
    """All the text in an element as one tidy line."""
    return tidy(" ".join(part for part in element.itertext() if isinstance(part, str)))


def link_text_length(element: Element) -> int:
    """Characters of an element's text that are links."""
    if element.tag == "a":
        return len(text_of(element))
    return sum(len(text_of(link)) for link in element.iter("a"))


def is_hidden(element: Element) -> bool:
    """True for an element that the page does not show."""
    style = (element.get("style") or "").replace(" ", "").lower()[:300]
    return element.get("hidden") is not None or "display:none" in style or element.get("aria-hidden") == "true"


def web_address(value: str | None, base: str) -> str:
    """An absolute http or https address, resolved against the page's own; empty for anything else."""
    value = (value or "").strip()
    if not value or len(value) > LONGEST_URL:
        return ""
    try:
        address = urljoin(base, value)
        parts = urlsplit(address)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return address if is_web and not re.search(r"[\s<>\"]", address) else ""
