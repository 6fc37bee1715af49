"""An HTML page walked once, in order, into items: its lines, each with the element it stands in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from courant.exchange.article import Paragraph, Subheading
from courant.exchange.page.elements import (
    embed_of,
    figure_line,
    image_line,
    list_line,
    quote_lines,
    table_line,
)
from courant.exchange.page.inline import InlineWriter, plain
from courant.exchange.page.lines import Line, split_lines, tidy, word_set
from courant.exchange.page.markup import Element, is_hidden, name_tokens, text_of

_SILENT = word_set("""
    head script style noscript template svg math canvas button input select option textarea object map
    progress meter dialog amp-social-share amp-ad amp-analytics amp-consent amp-sidebar amp-auto-ads
    """)
_ASIDE = word_set("nav footer aside form menu")
_WHOLE = word_set("html body main article")
MOST_DOUBTS = 8
"""Doubtful elements, one in the other, that are remembered of an item."""

_INLINE = word_set("""
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb rp rt
    ruby s samp small span strike strong sub sup time tt u var wbr br img amp-img picture source
    """)
_HEADINGS = word_set("h1 h2 h3 h4 h5 h6")
_SUSPECT = word_set("""
    related recommended recommendations newsletter newsletters promo promos promotion share sharing
    social sharebar comments comment disqus advert advertisement ad ads adslot sponsor sponsored signup
    subscribe subscription regwall registration cookie cookies consent gdpr breadcrumb breadcrumbs nav
    navigation navbar menu footer sidebar toolbar popup modal outbrain taboola trending mostread popular
    readmore teaser teasers banner tags taglist bio skip login signin widget carousel sticky donate
    donation appeal paginator pagination
    """)
_SUSPECT_PAIRS = ({"rich", "link"}, {"read", "more"}, {"most", "read"}, {"sign", "up"}, {"log", "in"}, {"see", "also"})
_CAPTIONS = word_set("caption figcaption imagecaption imgcaption")


@dataclass(frozen=True, slots=True)
class Doubt:
    """An element whose content may be no part of the story: by its tag (an aside), or by its name."""

    element: Element
    is_aside: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A line, the element it stands in, and the doubtful elements around that. `when`: a time in machine form."""

    line: Line
    element: Element
    doubts: tuple[Doubt, ...] = ()
    is_title: bool = False
    when: str = ""
    when_kind: str = ""

    @property
    def is_aside(self) -> bool:
        """True in a menu, a foot, a form or an aside."""
        return any(each.is_aside for each in self.doubts)

    @property
    def is_suspect(self) -> bool:
        """True in an element that is named like furniture."""
        return any(not each.is_aside for each in self.doubts)


def is_suspect(names: set[str]) -> bool:
    """True for the words of a name that furniture has, such as "newsletter-box" or "rich-link"."""
    return bool(_SUSPECT & names) or any(pair <= names for pair in _SUSPECT_PAIRS)


class Walker:
    """Walks a page; `hidden` says whether parts that the page hides are walked too."""

    def __init__(self, base: str, *, hidden: bool) -> None:
        self.base = base
        self.hidden = hidden
        self.writer = InlineWriter(base)
        self.blocks: list[Element] = []
        self.doubts: list[Doubt] = []
        self.after_break = False
        self.when = self.when_kind = ""

    def items(self, root: Element) -> Iterator[Item]:
        """Every line of the page below `root`."""
        self.blocks = [root]
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, node in walk:
            if not isinstance(node.tag, str):
                continue
            if event == "end":
                yield from self._end(node, root)
            elif self._is_left_out(node):
                walk.skip_subtree()
            else:
                own = self._own_items(node)
                if own is None:
                    yield from self._start(node)
                    continue
                yield from self._flush()
                yield from own
                walk.skip_subtree()
        yield from self._flush()

    def _is_left_out(self, node: Element) -> bool:
        return node.tag in _SILENT or (not self.hidden and node.tag != "body" and is_hidden(node))

    def _enter(self, node: Element) -> None:
        is_aside = node.tag in _ASIDE
        if is_aside or (node.tag not in _WHOLE and is_suspect(name_tokens(node))):
            self.doubts.append(Doubt(node, is_aside))

    def _leave(self, node: Element) -> None:
        if self.doubts and self.doubts[-1].element is node:
            self.doubts.pop()

    def _start(self, node: Element) -> Iterator[Item]:
        if node.tag == "br":
            if self.after_break:
                yield from self._flush()
            self.after_break = True
            self._text(" ")
        elif node.tag not in _INLINE:
            yield from self._flush()
            self.blocks.append(node)
        if node.tag == "time" and node.get("datetime"):
            self.when, self.when_kind = node.get("datetime"), self._kind_of_time(node)
        self._enter(node)
        self.writer.start(node)
        self._text(node.text)

    def _end(self, node: Element, root: Element) -> Iterator[Item]:
        if self.blocks and node is self.blocks[-1]:
            yield from self._flush()
            self.blocks.pop()
        self.writer.end(node)
        self._leave(node)
        if node is not root:
            self._text(node.tail)

    def _text(self, text: str | None) -> None:
        if text and not text.isspace():
            self.after_break = False
        self.writer.text(text)

    @staticmethod
    def _kind_of_time(node: Element) -> str:
        names = f"{node.get('itemprop') or ''} {node.get('class') or ''}".casefold()
        return "modified" if "modif" in names or "updat" in names else "published"

    def _flush(self) -> Iterator[Item]:
        """The line collected so far, as the innermost block element says it is."""
        inline, links = self.writer.take()
        text = tidy(plain(inline))
        self.after_break = False
        if text:
            yield self._item(self._line(text, inline, links))
        self.when = self.when_kind = ""

    def _line(self, text: str, inline: str, links: bool) -> Line:
        block = self.blocks[-1]
        heading = next((each for each in self.blocks[-3:] if each.tag in _HEADINGS), None)
        if heading is not None:
            return Line(text=text, block=Subheading(text), links=links)
        names = name_tokens(block)
        if _CAPTIONS & names or block.tag == "figcaption" or {"image", "credit"} <= names:
            return Line(text=text, tagged=True)
        return Line(text=text, block=Paragraph(inline), links=links)

    def _item(self, line: Line) -> Item:
        return Item(
            line=line,
            element=self.blocks[-1],
            doubts=tuple(self.doubts[:MOST_DOUBTS]),
            is_title=any(each.tag == "h1" for each in self.blocks[-3:]),
            when=self.when,
            when_kind=self.when_kind,
        )

    def _own_items(self, node: Element) -> list[Item] | None:
        """The items of an element that is read as a whole; None for one whose content is walked."""
        lines = self._own_lines(node)
        if lines is None:
            return None
        self._enter(node)
        doubts = tuple(self.doubts[:MOST_DOUBTS])
        self._leave(node)
        kept = [line for line in lines if line.text or line.picture or line.block]
        return [Item(line=line, element=node, doubts=doubts) for line in kept]

    def _own_lines(self, node: Element) -> list[Line] | None:
        tag = node.tag
        if tag == "figure":
            return figure_line(node, self.base)
        if tag in ("img", "amp-img"):
            return image_line(node, self.base)
        if tag in ("ul", "ol"):
            return list_line(node, self.base)
        if tag == "table":
            return table_line(node)
        if tag == "blockquote":
            return quote_lines(node, self.base)
        if tag in ("iframe", "video", "audio", "embed", "amp-iframe", "amp-youtube", "amp-video"):
            return embed_of(node, self.base)
        if tag == "pre":
            return [replace(line, block=None) for line in split_lines(text_with_breaks(node))]
        return None


def text_with_breaks(node: Element) -> str:
    """The text of a `pre` element, its line breaks kept."""
    return "".join(part for part in node.itertext() if isinstance(part, str)) or text_of(node)
