"""The door of this drawer: the bytes of a saved page in, an article out."""

import re
from dataclasses import replace
from zoneinfo import ZoneInfoNotFoundError

from courant.exchange.article import Article, ItemList, Paragraph, Quote, Table
from courant.exchange.page.archive import html_of_archive
from courant.exchange.page.dates import DateRules, date_rules
from courant.exchange.page.decode import decode_page
from courant.exchange.page.errors import PageError
from courant.exchange.page.furniture import Furniture
from courant.exchange.page.html import read_html
from courant.exchange.page.text import read_text

LARGEST_PAGE = 20_000_000
"""Bytes: the largest page that is read."""

_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.I | re.S,
)
_BLOCK_TAG = re.compile(
    r"<(html|head|body|meta|title|div|article|section|main|header|footer|h[1-6]|p|ul|ol|table|figure)\b[^<>]{0,500}>",
    re.I,
)


def read_page(data: bytes, *, name: str, zone: str, furniture: Furniture) -> Article:
    """Read a saved page, HTML (also in one file with its pictures, as MHTML) or plain text, into an article.

    `name` is the file's name (its ending helps to tell HTML from text), `zone` the paper's time zone by its IANA
    name. Raises PageError, with a sentence that says what is wrong, for anything that holds no story: an empty or
    binary file, one over LARGEST_PAGE bytes, a page without text, a bomb.
    """
    if len(data) > LARGEST_PAGE:
        raise PageError(f"The file has {len(data):,} bytes; pages of up to {LARGEST_PAGE:,} bytes are read.")
    if not data.strip():
        raise PageError("The file is empty.")
    rules = _rules(zone)
    archived = html_of_archive(data)
    text, warnings = decode_page(data if archived is None else archived)
    if not text.strip():
        raise PageError("The file is empty but for a byte order mark.")
    if archived is not None or is_html(text, name):
        article = read_html(text, zone, furniture)
    else:
        article = read_text(text, rules, furniture)
    return _checked(article, warnings)


def is_html(text: str, name: str) -> bool:
    """True for HTML: by its first tag, by its name if it has any tags, or by several different tags."""
    if _HTML_START.match(text[:10_000]):
        return True
    tags = {found.lower() for found in _BLOCK_TAG.findall(text[:200_000])}
    if name.lower().endswith((".html", ".htm", ".xhtml")):
        return bool(tags)
    begins = text.lstrip()[:1] == "<" and len(tags) >= 2
    return begins or len(tags - {"p"}) >= 3


def _rules(zone: str) -> DateRules:
    try:
        return date_rules(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PageError(f"There is no time zone called {zone!r}.") from error


def _checked(article: Article, warnings: list[str]) -> Article:
    """The article with the warnings about its characters first; refused if it has no text."""
    if not any(isinstance(block, Paragraph | Quote | ItemList | Table) for block in article.blocks):
        raise PageError("No story was found in this page: it has a headline but no paragraph.")
    return replace(article, warnings=tuple(dict.fromkeys([*warnings, *article.warnings])))
