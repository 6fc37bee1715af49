"""Elements that are read as a whole: figures, images, lists, tables, quotations, embedded frames.

Each reader returns the lines that the element is, or None if it is but a wrapper whose content should be walked.
"""

import re

from courant.exchange.article import Embed, ItemList, Picture, Quote, Table
from courant.exchange.page.credits import clean_credit, credit_of, split_credit
from courant.exchange.page.inline import inline_of, plain, text_without, without_tags
from courant.exchange.page.lines import Line, tidy, word_set
from courant.exchange.page.markup import Element, link_text_length, name_tokens, text_of, web_address

_CREDITS = word_set("""
    credit credits copyright photographer attribution imagecredit photocredit
    """)
_NO_PICTURE = word_set("""
    icon icons logo avatar pixel emoji ad ads spinner badge tracking thumb-placeholder
    """)
_NO_EMBED = re.compile(
    r"doubleclick|googlesyndication|googletagmanager|recaptcha|/ads?/|adservice|facebook\.com/plugins", re.I
)
_POSTS = word_set("twitter instagram tiktok bluesky mastodon fb")
_BLOCKS_IN_ITEM = ("figure", "h1", "h2", "h3", "h4", "table", "blockquote", "iframe", "pre")
_LISTS = frozenset({"ul", "ol"})
MOST_ROWS = 1000
LONGEST_CELL = 400


def figure_line(node: Element, base: str) -> list[Line] | None:
    """A figure with an image, its caption and credit."""
    if next(node.iterdescendants("figure", "table", "blockquote", "pre", "iframe", "audio"), None) is not None:
        return None
    url, alt = _image(node, base)
    caption, credit = _caption(node)
    if not url and not caption:
        return None
    picture = Picture(caption=caption, credit=credit, alt=alt, url=url)
    return [Line(text=caption or alt, picture=picture)]


def image_line(node: Element, base: str) -> list[Line]:
    """An image on its own; small ones, icons and pictures of nothing give no line."""
    url, alt = _address_of_image(node, base), _alternative(node)
    small = any(0 < _number(node.get(side)) < 100 for side in ("width", "height"))
    if not url or small or _NO_PICTURE & (name_tokens(node) | set(re.split(r"[^a-z]+", url.casefold()))):
        return []
    return [Line(text=alt, picture=Picture(alt=alt, url=url))]


def _image(node: Element, base: str) -> tuple[str, str]:
    """Address and alternative text of the first real image in an element."""
    for image in (*node.iter("img", "amp-img"), *node.iter("source")):
        url = _address_of_image(image, base)
        if url:
            alts = (_alternative(each) for each in node.iter("img", "amp-img"))
            return url, next((alt for alt in alts if alt), "")
    poster = next((web_address(each.get("poster"), base) for each in node.iter("video")), "")
    return poster, next((_alternative(each) for each in node.iter("img", "amp-img")), "")


def _alternative(image: Element) -> str:
    return tidy(without_tags(image.get("alt") or ""))


def _address_of_image(image: Element, base: str) -> str:
    keys = ("src", "data-src", "data-original", "data-lazy-src", "data-url")
    plain_addresses = (
        web_address(image.get(key), base) for key in keys if not (image.get(key) or "").startswith("data:")
    )
    found = next((each for each in plain_addresses if each), "")
    return found or _largest(image.get("srcset") or image.get("data-srcset") or "", base)


def _largest(srcset: str, base: str) -> str:
    """The widest address of a srcset."""
    best, width = "", -1
    for part in srcset[:20_000].split(", "):
        address, _, size = part.strip().strip(",").partition(" ")
        if _number(size) > width and web_address(address, base):
            best, width = web_address(address, base), _number(size)
    return best


def _number(text: str | None) -> int:
    found = re.match(r"\s*(\d{1,6})", text or "")
    return int(found[1]) if found else 0


def _caption(node: Element) -> tuple[str, str]:
    """Caption and credit of a figure; a credit in an element of its own is taken from there."""
    box = next(node.iter("figcaption"), None)
    if box is None:
        box = next((each for each in node.iterdescendants() if "caption" in name_tokens(each)), None)
    credit = next((text_of(each) for each in node.iterdescendants() if _is_credit(each)), "")
    text = text_without(box, _is_credit) if box is not None else ""
    caption, behind = split_credit(without_tags(text))
    return caption, clean_credit(credit) or behind or _loose_credit(node, box)


def _loose_credit(node: Element, box: Element | None) -> str:
    """A credit that stands beside the caption, told by its words: "Image source, Getty Images"."""
    inside = set(box.iter()) if box is not None else set()
    texts = (text_of(each) for each in node.iterdescendants("span", "p", "small", "div") if each not in inside)
    return next((found for found in (credit_of(text) for text in texts if len(text) < 120) if found), "")


def _is_credit(node: Element) -> bool:
    declared = node.get("itemprop") in ("creditText", "copyrightHolder", "copyrightHolder creator")
    return isinstance(node.tag, str) and (declared or bool(_CREDITS & name_tokens(node)))


def list_line(node: Element, base: str) -> list[Line] | None:
    """A list of short items. One whose items hold headings, pictures, times or several paragraphs is walked."""
    items = [each for each in node.iter("li") if each is not node]
    if next(node.iterdescendants("time"), None) is not None or any(_is_complex(each) for each in items):
        return None
    texts = [text for text in (inline_of(each, base, without=_LISTS) for each in items) if text]
    if not texts:
        return []
    length = len(text_of(node))
    is_linked = length > 0 and link_text_length(node) >= 0.8 * length
    block = ItemList(tuple(texts), ordered=node.tag == "ol")
    return [Line(text=" ".join(map(plain, texts)), block=block, links=is_linked)]


def _is_complex(item: Element) -> bool:
    if next(item.iterdescendants(*_BLOCKS_IN_ITEM), None) is not None:
        return True
    return sum(1 for each in item.iterchildren("p", "div") if text_of(each)) > 1


def table_line(node: Element) -> list[Line] | None:
    """A table of data. One that lays out the page, with long or few cells, is walked."""
    if (
        node.get("role") in ("presentation", "none")
        or next(node.iterdescendants("table", "h1", "form"), None) is not None
    ):
        return None
    rows = [[text_of(cell) for cell in row.iterchildren("td", "th")] for row in node.iter("tr")][: MOST_ROWS + 1]
    rows = [row for row in rows if any(row)]
    width = max(map(len, rows), default=0)
    if (
        len(rows) < 2
        or width < 2
        or len(rows) > MOST_ROWS
        or any(len(cell) > LONGEST_CELL for row in rows for cell in row)
    ):
        return None
    full = tuple(tuple(row + [""] * (width - len(row))) for row in rows)
    caption = next((text_of(each) for each in node.iterchildren("caption")), "")
    text = tidy(" ".join([caption, *(cell for row in rows for cell in row)]))
    return [Line(text=text, block=Table(full, caption))]


def quote_lines(node: Element, base: str) -> list[Line] | None:
    """A quotation set apart, one line for each paragraph; a post of another site becomes a link to it."""
    if next(node.iterdescendants("figure", "h1", "h2", "h3", "table", "ul", "ol"), None) is not None:
        return None
    addresses = [web_address(each.get("href"), base) for each in node.iter("a")]
    if _POSTS & name_tokens(node) and any(addresses):
        text = text_of(node)
        return [Line(text=text, block=Embed(next(each for each in reversed(addresses) if each), text[:300]))]
    source = next(node.iterdescendants("footer", "cite"), None)
    attribution = re.sub(r"^[\s—–-]+", "", text_of(source)) if source is not None else ""
    parts = [each for each in node.iterchildren("p", "div") if each is not source and text_of(each)] or [node]
    inlines = [inline_of(each, base, without=frozenset({"footer", "cite"})) for each in parts]
    inlines = [each for each in inlines if each]
    if len(inlines) > 1 and not attribution and re.match(r"[—–]|- ", plain(inlines[-1])) and len(inlines[-1]) < 120:
        attribution = re.sub(r"^[\s—–-]+", "", plain(inlines.pop()))
    last = len(inlines) - 1
    return [
        Line(text=plain(each), block=Quote(each, attribution if i == last else "")) for i, each in enumerate(inlines)
    ]


def embed_of(node: Element, base: str) -> list[Line]:
    """A frame or player of another site, kept as an address; advertising and tracking frames give no line."""
    sources = [
        node.get("src"),
        node.get("data-src"),
        *(each.get("src") for each in node.iterdescendants("source")),
    ]
    video = node.get("data-videoid")
    if node.tag == "amp-youtube" and video and re.fullmatch(r"[\w-]{5,20}", video):
        sources = [f"https://www.youtube.com/watch?v={video}"]
    url = next((found for found in (web_address(each, base) for each in sources) if found), "")
    small = any(0 < _number(node.get(side)) < 60 for side in ("width", "height")) or node.get("width") == "0"
    if not url or small or _NO_EMBED.search(url):
        return []
    title = tidy(node.get("title") or node.get("aria-label") or "")
    return [Line(text=title or url, block=Embed(url, title))]
