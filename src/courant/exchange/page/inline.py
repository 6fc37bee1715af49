"""The minimal inline HTML that paragraphs are made of: text, `em`, `strong`, and `a` to http or https."""

import re
from collections.abc import Callable
from html import escape, unescape

from lxml import etree

from courant.exchange.page.lines import tidy, word_set
from courant.exchange.page.markup import Element, web_address

_KEPT = {"em": "em", "i": "em", "cite": "em", "strong": "strong", "b": "strong", "a": "a"}
_SILENT = word_set("""
    script style noscript template svg math button input select textarea iframe object video audio form
    """)
_EMPTY = re.compile(r"<(em|strong|a)(?: [^>]*)?>(\s*)</\1>")
_SPACE_IN = re.compile(r"(<(?:em|strong|a)(?: [^>]*)?>)(\s+)")
_SPACE_OUT = re.compile(r"(\s+)(</(?:em|strong|a)>)")
_TAG = re.compile(r"<[^>]*>")


def plain(inline: str) -> str:
    """The text of inline HTML."""
    return unescape(_TAG.sub("", inline))


def without_tags(text: str) -> str:
    """A text without tags and entities that were left in it by mistake."""
    return tidy(plain(text)) if "<" in text or "&" in text else text


class InlineWriter:
    """Collects text and inline tags in page order; each of the three elements is open at most once."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.pieces: list[str] = []
        self.open: list[tuple[str, str]] = []
        self.linked = 0
        self.length = 0

    def text(self, value: str | None) -> None:
        if value:
            self.pieces.append(escape(value, quote=False))
            self.length += len(value.strip())
            self.linked += len(value.strip()) if any(name == "a" for name, _ in self.open) else 0

    def start(self, element: Element) -> None:
        name = _KEPT.get(element.tag, "")
        href = web_address(element.get("href"), self.base) if name == "a" else ""
        if name and (name != "a" or href) and all(name != other for other, _ in self.open):
            tag = f'<a href="{escape(href)}">' if href else f"<{name}>"
            self.open.append((name, tag))
            self.pieces.append(tag)

    def end(self, element: Element) -> None:
        name = _KEPT.get(element.tag, "")
        if not any(name == other for other, _ in self.open):
            return
        place = next(i for i, (other, _) in enumerate(self.open) if other == name)
        above = self.open[place + 1 :]
        self.pieces += [f"</{other}>" for other, _ in reversed(self.open[place:])]
        self.open[place:] = above
        self.pieces += [tag for _, tag in above]

    def take(self) -> tuple[str, bool]:
        """What was collected, as clean inline HTML, and whether it is nothing but links; then begin anew."""
        closing = [f"</{name}>" for name, _ in reversed(self.open)]
        is_linked = self.length > 0 and self.linked >= 0.9 * self.length
        inline = _tidy_inline("".join([*self.pieces, *closing])) if self.length else ""
        self.pieces = [tag for _, tag in self.open]
        self.length = self.linked = 0
        return inline, is_linked


def _tidy_inline(inline: str) -> str:
    """Single spaces first, so that the patterns below never meet a long run of them."""
    inline = tidy(inline)
    for pattern, repeat in ((_SPACE_IN, r"\2\1"), (_SPACE_OUT, r"\2\1"), (_EMPTY, r"\2"), (_EMPTY, r"\2")):
        inline = pattern.sub(repeat, inline)
    return tidy(inline)


def text_without(element: Element, is_left_out: Callable[[Element], bool]) -> str:
    """The plain text of an element without the parts that are left out."""
    pieces: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        if not isinstance(node.tag, str):
            continue
        if event == "end":
            pieces.append((node.tail or "") if node is not element else "")
        elif node is not element and (node.tag in _SILENT or is_left_out(node)):
            walk.skip_subtree()
        else:
            pieces.append(node.text or "")
    return tidy(" ".join(pieces))


def inline_of(element: Element, base: str, *, without: frozenset[str] = frozenset()) -> str:
    """The inline HTML of one element, the named elements in it left out."""
    writer = InlineWriter(base)
    skipping = _SILENT | without
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        if not isinstance(node.tag, str):
            continue
        if event == "start":
            if node is not element and node.tag in skipping:
                walk.skip_subtree()
                continue
            writer.text(" " if node.tag in ("br", "p", "div", "li") else None)
            writer.start(node)
            writer.text(node.text)
        else:
            if node.tag not in skipping or node is element:
                writer.end(node)
            if node is not element:
                writer.text(node.tail)
    return writer.take()[0]
